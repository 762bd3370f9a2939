using Quorate.Node.Channel;
using Quorate.Node.Sessions;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Breaker;

/// <summary>
/// Measures one session as its host sees it: for whom it waits, how long, and how long it still will. Pure: times are given,
/// from any origin, and never go back. With a book of health the timeouts are adaptive and what is seen is entered there;
/// without one they are fixed.
/// </summary>
sealed class SessionMeter(SessionDescription description, PartyId me, SessionDeadlines deadlines, HealthBook? book, TimeSpan began)
{
    readonly record struct Wait(TimeSpan Since, TimeSpan Allowed);

    readonly SortedDictionary<PartyId, Wait> waits = [];
    readonly SortedDictionary<PartyId, PartyObservation> seen = new(description.Parties.Except(me).ToDictionary(p => p, p => new PartyObservation(p)));
    TimeSpan stepBegan = began;
    TimeSpan sessionBegan = began;
    int step;

    /// <summary>What has been seen of everybody else.</summary>
    internal IReadOnlyList<PartyObservation> Seen => [.. seen.Values];

    /// <summary>Something may have happened: takes note of whom the session waits for now.</summary>
    internal void See(TimeSpan now, int present, IReadOnlyList<PartyId> waitingFor)
    {
        // After a step everything it waited for has come, whatever it waits for next.
        foreach (var party in waits.Keys.Where(p => present != step || !waitingFor.Contains(p)).ToArray())
            Came(party, now);
        if (present != step)
        {
            stepBegan = now;
            if (step == 0)
                sessionBegan = now;
            step = present;
        }
        // Who is waited for again in one step owes an echo, a message of its own. What came before it was asked for is not timed.
        foreach (var party in waitingFor)
            if (!waits.ContainsKey(party))
                waits.Add(party, new(now, step == 0 || book is null ? Fixed : book.TimeoutOf(description[party])));
    }

    /// <summary>How long until the deadline, or until a party is given up; zero or less where that has come.</summary>
    internal TimeSpan Left(TimeSpan now)
    {
        var left = Deadline - now;
        foreach (var (party, wait) in waits)
            if (GivenUpAfter(party, wait) is { } after && wait.Since + after - now < left)
                left = wait.Since + after - now;
        return left;
    }

    /// <summary>Of whom nothing is expected any more; empty where the deadline is what counts.</summary>
    internal IReadOnlyList<PartyId> GivenUp(TimeSpan now) =>
        [.. waits.Where(w => GivenUpAfter(w.Key, w.Value) is { } after && now - w.Value.Since >= after).Select(w => w.Key)];

    /// <summary>The session has ended well: everything has come.</summary>
    internal void AllCame(TimeSpan now)
    {
        foreach (var party in waits.Keys.ToArray())
            Came(party, now);
    }

    /// <summary>The session has ended and these were waited for in vain; others that it still waited for may have been on time.</summary>
    internal void Silent(IEnumerable<PartyId> parties, TimeSpan now)
    {
        foreach (var party in parties.Where(seen.ContainsKey))
        {
            seen[party] = seen[party].Missed();
            book?.Silence(description[party], step > 0 && waits.TryGetValue(party, out var wait) ? now - wait.Since : null);
        }
    }

    /// <summary>These have sent something that was not valid.</summary>
    internal void Invalid(IEnumerable<PartyId> parties)
    {
        foreach (var party in parties.Where(seen.ContainsKey))
        {
            seen[party] = seen[party].SentInvalid();
            book?.Invalid(description[party]);
        }
    }

    TimeSpan Fixed => step == 0 ? deadlines.Ready : deadlines.Round;

    TimeSpan Deadline
    {
        get
        {
            var round = step == 0 || book is null || waits.Count == 0 ? stepBegan + Fixed : waits.Values.Max(w => w.Since + w.Allowed);
            var all = step == 0 ? round : sessionBegan + deadlines.Session;
            return round < all ? round : all;
        }
    }

    TimeSpan? GivenUpAfter(PartyId party, Wait wait) => book?[description[party]].GivenUpAfter(wait.Allowed);

    void Came(PartyId party, TimeSpan now)
    {
        waits.Remove(party, out var wait);
        // How long a node takes to be ready is the matter of its approvals, not of its health.
        if (step == 0)
            return;
        seen[party] = seen[party].Came(now - wait.Since);
        book?.Message(description[party], now - wait.Since, wait.Allowed);
    }
}
