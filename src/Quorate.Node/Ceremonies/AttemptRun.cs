using System.Collections.Immutable;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Channel;
using Quorate.Node.Sessions;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Ceremonies;

/// <summary>How far an attempt is, for a progress bar.</summary>
/// <param name="Ceremony">The order's id.</param>
/// <param name="Attempt">Which attempt.</param>
/// <param name="Step">What has just begun.</param>
/// <param name="Done">Steps done.</param>
/// <param name="Steps">Steps in all.</param>
public sealed record CeremonyProgress(string Ceremony, int Attempt, string Step, int Done, int Steps)
{
    /// <summary>Where a lead rests: how the last attempt ended.</summary>
    public AttemptFailure? Last { get; init; }
}

/// <summary>An attempt ends here, through a peer's fault or the network's. Never leaves the ceremonies, as the kernel's own does not leave it.</summary>
sealed class CeremonyFaultException(string fault, ImmutableArray<PartyId> culprits, bool isProven) : Exception(fault)
{
    /// <summary>Who is named; nobody where it may be the network.</summary>
    internal ImmutableArray<PartyId> Culprits => culprits;

    /// <summary>Whether they have shown it themselves.</summary>
    internal bool IsProven => isProven;
}

/// <summary>One attempt at one node: runs its sessions, one after the other. Holds no secrets.</summary>
sealed class AttemptRun(
    CeremonyOrder order, CeremonyRoster roster, AttemptPlan plan, GenesisDocument genesis, PartyId me, SessionHost sessions, SessionWatch watch, IRandom random,
    Action<CeremonyProgress> report, int steps, CancellationToken cancellation)
{
    int done;

    internal PartyId Me => me;

    internal AttemptPlan Plan => plan;

    internal CeremonyRoster Roster => roster;

    internal IRandom Random => random;

    /// <summary>What the others have done in its sessions so far.</summary>
    internal ImmutableArray<ConductNote> Conduct { get; private set; } = [];

    /// <summary>Says what begins now.</summary>
    internal void Begin(string step) => report(new(order.Id, plan.Number, step, done++, steps));

    /// <summary>Runs one session among some of the nodes.</summary>
    /// <param name="step">Its name, once in an attempt.</param>
    /// <param name="parties">Who takes part, this node included.</param>
    /// <param name="protocol">Makes the protocol.</param>
    /// <exception cref="CeremonyFaultException">It ended without an output.</exception>
    internal async Task<T> SessionAsync<T>(string step, PartySet parties, Func<SessionId, Protocol<T>> protocol) where T : class
    {
        Begin(step);
        var description = new SessionDescription(
            genesis.Hash.ToArray(), plan.SessionName(step), $"ceremony/1/{step}", plan.Subject(order.Hash, step),
            parties.ToDictionary(party => party, roster.NodeOf));
        var outcome = await sessions.RunWatchedAsync(description, me, protocol, watch, Task.CompletedTask, cancellation).ConfigureAwait(false);
        Conduct = Conduct.AddRange(outcome.Report!.Conduct.Select(c => new ConductNote(description[c.Party].ToString(), c.Conduct, c.Weight)));
        return outcome switch
        {
            SessionOutcome<T>.Completed completed => completed.Output,
            SessionOutcome<T>.Aborted aborted => throw new CeremonyFaultException(
                $"{step}: {aborted.Abort}", [.. aborted.Abort.Culprits], aborted.Abort.Accusations.Any(a => a.Fault.Certainty == Certainty.Proven)),
            // Who gave up is named, and whom it accuses: one of them, or the network.
            SessionOutcome<T>.Apart { Failure.Fault: GroupFault.Abandoned } when outcome.Report.Abort is { } abort => throw new CeremonyFaultException(
                $"{step}: given up by {roster.NameOf(abort.Aborter)}, who names {string.Join(", ", abort.Accusations.Select(a => $"{roster.NameOf(a.Culprit)} for {a.Fault}"))}",
                [.. abort.Accusations.Select(a => a.Culprit).Append(abort.Aborter).Where(p => p != me).Distinct().Order()], isProven: false),
            SessionOutcome<T>.Apart apart => throw new CeremonyFaultException(
                $"{step}: {apart.Failure}", [.. apart.Failure.Culprits], apart.Failure.Certainty == Certainty.Proven),
            _ => throw new InvalidOperationException("An outcome of an unknown kind."),
        };
    }
}
