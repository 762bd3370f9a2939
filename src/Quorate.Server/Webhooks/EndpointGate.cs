namespace Quorate.Server.Webhooks;

/// <summary>
/// How much one endpoint may keep one server busy. One that fails is tried once at a time, after rests that grow, so that
/// what is down costs next to nothing and is noticed soon when it comes back. Not thread-safe, and lost with the process.
/// </summary>
sealed class EndpointGate(WebhookOptions options)
{
    int failures;
    DateTimeOffset rested;

    /// <summary>Lanes of it that are being worked on.</summary>
    internal int Busy { get; set; }

    /// <summary>How many more may be, now.</summary>
    internal int Free(DateTimeOffset now) =>
        failures < options.Patience ? options.PerEndpoint - Busy : Busy == 0 && now >= rested ? 1 : 0;

    /// <summary>It has taken something, or not. Whether more may be sent to it at once.</summary>
    internal bool Note(bool isDelivered, DateTimeOffset now)
    {
        failures = isDelivered ? 0 : failures + 1;
        if (failures < options.Patience)
            return true;
        var rest = TimeSpan.FromSeconds(Math.Pow(2, Math.Min(failures - options.Patience, 20)));
        rested = now + (rest < options.LongestRest ? rest : options.LongestRest);
        return false;
    }
}
