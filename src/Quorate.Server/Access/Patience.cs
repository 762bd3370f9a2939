using System.Globalization;
using Quorate.Rpc.Server;

namespace Quorate.Server.Access;

/// <summary>How long a caller would wait for more than the first answer: <c>Prefer: wait=10</c> (RFC 7240, section 4.3).</summary>
static class Patience
{
    /// <summary>Longest wait, in seconds; who prefers a longer one gets this.</summary>
    internal const int MaxSeconds = 60;

    /// <summary>How long; null where the caller does not say, or says nothing that can be understood, which a preference may.</summary>
    internal static TimeSpan? Of(ServerCallContext context)
    {
        foreach (var preference in context.RequestHeaders.GetAll("prefer").SelectMany(h => h.Value.Split(',')))
            if (preference.Split('=', 2, StringSplitOptions.TrimEntries) is ["wait", var text] && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
                return TimeSpan.FromSeconds(Math.Min(seconds, MaxSeconds));
        return null;
    }

    /// <summary>Says that it was heeded.</summary>
    internal static void Applied(ServerCallContext context, TimeSpan patience) =>
        context.ResponseHeaders.Add("preference-applied", string.Create(CultureInfo.InvariantCulture, $"wait={patience.TotalSeconds:0}"));
}
