using System.Collections.Frozen;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Reflection;
using Quorate.Chains;
using Quorate.Rpc;

namespace Quorate.Cli.Telemetry;

/// <summary>
/// What may stand in a log line. Numbers, times, enumerations, ids of resources, nodes and chains; of texts those that the
/// program was compiled with, or has interned as a name of a part of itself. Of anything else the name of its type: whoever
/// logs a key, a payload or a document by mistake has logged that there was one.
/// </summary>
static class Redaction
{
    /// <summary>Frames of a stack that are shown.</summary>
    const int MaxFrames = 6;

    /// <summary>Exceptions within an exception that are shown.</summary>
    const int MaxInner = 4;

    /// <summary>Types of ours whose text names something and contains nothing. By name, for not all of them are public.</summary>
    static readonly FrozenSet<string> names =
        FrozenSet.Create("Quorate.Server.Ids.ResourceId", "Quorate.Policies.NodeId", "Quorate.Chains.ChainId", "Quorate.Threshold.Sessions.PartyId");

    /// <summary>What is printed of a value.</summary>
    internal static string Text(object? value) => value switch
    {
        null => "null",
        string text => IsOurs(text) ? text : nameof(String),
        bool flag => flag ? "true" : "false",
        Enum constant => constant.ToString(),
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        DateTimeOffset or DateTime or DateOnly or TimeOnly => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        _ when IsNumber(value) => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        _ when names.Contains(value.GetType().FullName ?? "") => value.ToString()!,
        _ => value.GetType().Name,
    };

    /// <summary>A number that fits into 64 bits: larger ones may be keys.</summary>
    internal static bool IsNumber(object? value) => value is sbyte or byte or short or ushort or int or uint or long or ulong or float or double;

    /// <summary>
    /// Whether a text is the program's own. The runtime interns what is written in the source, and names of methods are
    /// interned where they are bound; what came in from outside or was put together never is.
    /// </summary>
    internal static bool IsOurs(string text) => text.Length == 0 || ReferenceEquals(string.IsInterned(text), text);

    /// <summary>An exception: kinds, codes and where in the program, and nothing that it says.</summary>
    internal static IEnumerable<(string Kind, string? Code, string[] At)> Exceptions(Exception problem)
    {
        for (var (e, left) = ((Exception?)problem, MaxInner); e is not null && left > 0; e = e.InnerException, left--)
            yield return (e.GetType().Name, CodeOf(e), [.. Frames(e)]);
    }

    static string? CodeOf(Exception problem) => problem switch
    {
        ChainException e => e.Error.ToString(),
        RpcException e => e.StatusCode.ToString(),
        SocketException e => e.SocketErrorCode.ToString(),
        HttpRequestException e => e.HttpRequestError.ToString(),
        System.Data.Common.DbException { SqlState: { Length: 5 } state } when state.All(char.IsAsciiLetterOrDigit) => state,
        System.Data.Common.DbException or IOException => problem.HResult.ToString("x8", CultureInfo.InvariantCulture),
        _ => null,
    };

    static IEnumerable<string> Frames(Exception problem)
    {
        foreach (var frame in new StackTrace(problem, fNeedFileInfo: false).GetFrames().Take(MaxFrames))
            if (frame.GetMethod() is { } method)
                yield return NameOf(method);
    }

    // An asynchronous method is a type of its own, named for it.
    static string NameOf(MethodBase method)
    {
        var type = method.DeclaringType;
        if (type is { Name: ['<', ..] name, DeclaringType: { } around } && name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end)
            return $"{around.FullName}.{name[1..end]}";
        return $"{type?.FullName}.{method.Name}";
    }
}
