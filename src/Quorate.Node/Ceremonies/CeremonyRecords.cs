using System.Collections.Immutable;
using Quorate.Journal;
using Quorate.Node.Gate;
using Quorate.Policies;

namespace Quorate.Node.Ceremonies;

/// <summary>
/// What a node records of ceremonies, and reads back: every step is judged against what is recorded and recorded itself in
/// one turn. The vault is never touched within a turn, because its anchors wait for one.
/// </summary>
sealed class CeremonyRecords(NodeJournal journal, TimeProvider time, Action<string>? atStep)
{
    internal NodeState State => journal.State;

    internal DateTimeOffset Clock => time.GetUtcNow();

    /// <summary>What is recorded under an id.</summary>
    internal async Task<CeremonyState> ReadAsync(string id, CancellationToken cancellation) =>
        State.Ceremonies.GetValueOrDefault(id) ?? (await FoldAsync(id, cancellation).ConfigureAwait(false)).State;

    /// <summary>Judges an order, and records it where it is new.</summary>
    internal async Task<(CeremonyRefused? Refused, CeremonyState State)> AdmitAsync(
        CeremonyOrder order, ImmutableArray<Approval> approvals, bool isHeld, CancellationToken cancellation)
    {
        using var turn = await journal.TakeTurnAsync(cancellation).ConfigureAwait(false);
        var (before, version) = await FoldAsync(order.Id, cancellation).ConfigureAwait(false);
        var (refused, record) = CeremonyJudgement.Admit(State, before, order, approvals, Clock, isHeld);
        if (record is null)
            return (refused, before);
        await AppendAsync(turn, order.Id, version, "allow", [record], cancellation).ConfigureAwait(false);
        return (null, State.Ceremonies[order.Id]);
    }

    /// <summary>Judges an attempt, and records that the node joins it.</summary>
    internal async Task<CeremonyRefused?> JoinAsync(string id, AttemptPlan plan, Vow? vow, string lead, CancellationToken cancellation)
    {
        using var turn = await journal.TakeTurnAsync(cancellation).ConfigureAwait(false);
        if (!State.Ceremonies.TryGetValue(id, out var ceremony))
            return new(CeremonyRefusal.IdUsed, "The ceremony has ended.");
        var (refused, record) = CeremonyJudgement.Join(State, ceremony, plan, vow, lead, Clock);
        if (record is not null)
            await AppendAsync(turn, id, EventStore.AnyVersion, "attempt", [record], cancellation).ConfigureAwait(false);
        return refused;
    }

    /// <summary>Records an attestation, before it leaves. False where the node has promised meanwhile that there will be none.</summary>
    internal async Task<bool> AttestAsync(string id, int number, byte[] testimony, ImmutableArray<ConductNote> conduct, CancellationToken cancellation)
    {
        using var turn = await journal.TakeTurnAsync(cancellation).ConfigureAwait(false);
        if (!State.Ceremonies.TryGetValue(id, out var ceremony) || ceremony.IsCertified || ceremony.Joined != number || ceremony.Vowed >= number)
            return false;
        await AppendAsync(turn, id, EventStore.AnyVersion, "attest", [new NodeEvent.CeremonyAttested(Now, id, number, testimony), .. Note(id, number, conduct)], cancellation)
            .ConfigureAwait(false);
        return true;
    }

    /// <summary>Records the promise never to attest an attempt. False where the node has attested it or a later one.</summary>
    internal async Task<bool> VowAsync(string id, int number, CancellationToken cancellation)
    {
        using var turn = await journal.TakeTurnAsync(cancellation).ConfigureAwait(false);
        if (!State.Ceremonies.TryGetValue(id, out var ceremony))
            return (await FoldAsync(id, cancellation).ConfigureAwait(false)).State is { Outcome: not null, IsCertified: false } ended && ended.Attested < number;
        if (ceremony.IsCertified || ceremony.Attested >= number)
            return false;
        if (ceremony.Vowed < number)
            await AppendAsync(turn, id, EventStore.AnyVersion, "vow", [new NodeEvent.CeremonyVowed(Now, id, number)], cancellation).ConfigureAwait(false);
        return true;
    }

    /// <summary>Records how an attempt failed here.</summary>
    internal async Task FailAsync(
        string id, int number, string fault, ImmutableArray<string> culprits, bool isProven, ImmutableArray<ConductNote> conduct, CancellationToken cancellation)
    {
        using var turn = await journal.TakeTurnAsync(cancellation).ConfigureAwait(false);
        if (State.Ceremonies.TryGetValue(id, out var ceremony) && ceremony.Joined == number)
            await AppendAsync(turn, id, EventStore.AnyVersion, "fail",
                [new NodeEvent.CeremonyFailed(Now, id, number, fault, culprits, isProven), .. Note(id, number, conduct)], cancellation).ConfigureAwait(false);
    }

    /// <summary>Records what the others have done, where there is nothing else to record of an attempt.</summary>
    internal async Task NoteAsync(string id, int number, ImmutableArray<ConductNote> conduct, CancellationToken cancellation)
    {
        using var turn = await journal.TakeTurnAsync(cancellation).ConfigureAwait(false);
        await AppendAsync(turn, id, EventStore.AnyVersion, "note", Note(id, number, conduct), cancellation).ConfigureAwait(false);
    }

    /// <summary>Records a certificate that has been verified.</summary>
    internal async Task CertifyAsync(string id, int number, byte[] certificate, CancellationToken cancellation)
    {
        using var turn = await journal.TakeTurnAsync(cancellation).ConfigureAwait(false);
        await AppendAsync(turn, id, EventStore.AnyVersion, "certify", [new NodeEvent.CeremonyCertified(Now, id, number, certificate)], cancellation).ConfigureAwait(false);
    }

    /// <summary>Records the end, with what follows from it.</summary>
    internal async Task EndAsync(CeremonyOrder order, string outcome, NodeEvent? consequence, CancellationToken cancellation)
    {
        using var turn = await journal.TakeTurnAsync(cancellation).ConfigureAwait(false);
        var ended = new NodeEvent.CeremonyEnded(Now, order.Id, order.Hash.ToString(), outcome);
        await AppendAsync(turn, order.Id, EventStore.AnyVersion, "end", consequence is null ? [ended] : [consequence, ended], cancellation).ConfigureAwait(false);
    }

    /// <summary>The event by which a wallet has keys, unless it has newer ones already.</summary>
    internal NodeEvent? Keyed(WalletKeys keys, string ceremony)
    {
        if (State.Wallets.TryGetValue(keys.Name, out var known) && known.Epoch > keys.Epoch)
            return null;
        byte[]? Of(Chains.SignatureScheme scheme) => KeyView.Of(keys).FirstOrDefault(key => key.Scheme == scheme)?.Stored;
        return new NodeEvent.WalletKeyed(
            Now, keys.Name, Of(Chains.SignatureScheme.EcdsaSecp256k1), Of(Chains.SignatureScheme.Bip340), Of(Chains.SignatureScheme.Ed25519), ceremony);
    }

    NodeEvent[] Note(string id, int number, ImmutableArray<ConductNote> conduct) =>
        conduct.IsEmpty ? [] : [new NodeEvent.ConductNoted(Now, id, number, conduct)];

    internal long Now => State.TimeToRecord(Clock);

    async Task AppendAsync(
        NodeJournal.Turn turn, string id, long version, string step, NodeEvent[] happened, CancellationToken cancellation)
    {
        if (happened.Length == 0)
            return;
        atStep?.Invoke($"before {step}");
        await turn.AppendAsync(NodeJournal.StreamOfCeremony(id), version, happened, cancellation).ConfigureAwait(false);
        atStep?.Invoke($"after {step}");
    }

    Task<(CeremonyState State, long Version)> FoldAsync(string id, CancellationToken cancellation) =>
        journal.FoldAsync(NodeJournal.StreamOfCeremony(id), CeremonyState.Unknown, (state, happened) => state.Evolve(happened), cancellation);
}
