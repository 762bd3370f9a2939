using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Node.Breaker;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Signing;

/// <summary>Where a run is.</summary>
enum SigningPhase
{
    /// <summary>Whose shares: a quorum is looked for.</summary>
    KeyShare,

    /// <summary>The quorum judges the offer.</summary>
    PrepareSign,

    /// <summary>The sessions run.</summary>
    Rounds,

    /// <summary>The signatures are verified once more.</summary>
    Verify,

    /// <summary>Every signature is there.</summary>
    Complete,

    /// <summary>This node does not sign.</summary>
    Refused,

    /// <summary>There is no signature, or not every one.</summary>
    Failed,
}

/// <summary>
/// Leads one permitted request to its signatures, over as many quorums as it takes: a pure state machine, events in and
/// commands out. What an attempt takes and begins goes onto a stack, and if the attempt fails it is undone from the top.
/// See docs/spec/signing.md.
/// </summary>
sealed record SigningRun
{
    readonly int maxAttempts;

    SigningRun(PartyId me, ImmutableArray<int> inputs, int maxAttempts) => (Me, Inputs, this.maxAttempts) = (me, inputs, maxAttempts);

    /// <summary>This node.</summary>
    internal PartyId Me { get; }

    /// <summary>Every input of the request, ascending.</summary>
    internal ImmutableArray<int> Inputs { get; }

    internal SigningPhase Phase { get; private init; }

    /// <summary>Number of the present attempt, from 1; 0 before the first.</summary>
    internal int Attempt { get; private init; }

    /// <summary>Who is asked in the present attempt; null between attempts.</summary>
    internal PartySet? Quorum { get; private init; }

    /// <summary>Peers that have not answered the present offer.</summary>
    internal ImmutableSortedSet<PartyId> Awaited { get; private init; } = [];

    /// <summary>Inputs whose sessions run.</summary>
    internal ImmutableSortedSet<int> Running { get; private init; } = [];

    /// <summary>Inputs whose signatures have not been verified yet.</summary>
    internal ImmutableSortedSet<int> Unverified { get; private init; } = [];

    /// <summary>What has been signed, by input, of this run's attempts and of what is recorded.</summary>
    internal ImmutableSortedDictionary<int, InputSignature> Signed { get; private init; } = ImmutableSortedDictionary<int, InputSignature>.Empty;

    /// <summary>What the present attempt has to undo if it fails; the latest on top.</summary>
    internal ImmutableStack<Compensation> ToUndo { get; private init; } = [];

    /// <summary>Whoever is not asked again: it said no, or cheated.</summary>
    internal ImmutableHashSet<PartyId> Excluded { get; private init; } = [];

    /// <summary>Whoever is asked again only if there is nobody else.</summary>
    internal ImmutableHashSet<PartyId> Suspects { get; private init; } = [];

    /// <summary>Pairs that do not sign together, as one of the two has said.</summary>
    internal ImmutableHashSet<(PartyId, PartyId)> Apart { get; private init; } = [];

    /// <summary>Quorums that have been tried.</summary>
    internal ImmutableList<PartySet> Tried { get; private init; } = [];

    /// <summary>Attempts that are over.</summary>
    internal ImmutableArray<SigningAttempt> History { get; private init; } = [];

    /// <summary>Whether presignatures may be used: not after a peer did not have them.</summary>
    internal bool MayUsePresignatures { get; private init; } = true;

    internal bool UsesPresignatures { get; private init; }

    internal bool IsOver => Phase >= SigningPhase.Complete;

    /// <summary>Begins a run for a request that this node's gate has permitted.</summary>
    /// <param name="me">This node.</param>
    /// <param name="inputs">Every input, ascending.</param>
    /// <param name="recorded">Signatures that are recorded already; they are not made again.</param>
    /// <param name="maxAttempts">How many quorums are tried.</param>
    internal static (SigningRun Run, ImmutableArray<SigningCommand> Commands) Begin(
        PartyId me, ImmutableArray<int> inputs, ImmutableSortedDictionary<int, InputSignature> recorded, int maxAttempts)
    {
        var run = new SigningRun(me, inputs, maxAttempts) { Signed = recorded };
        return run.Missing.IsEmpty ? run.ToVerify([]) : (run, [new SigningCommand.FindQuorum(true)]);
    }

    ImmutableArray<int> Missing => [.. Inputs.Where(i => !Signed.ContainsKey(i))];

    /// <summary>The run after an event, and what follows.</summary>
    internal (SigningRun Run, ImmutableArray<SigningCommand> Commands) Decide(SigningEvent happened) => happened switch
    {
        // Whatever was found for a run that has ended in the meantime goes back.
        SigningEvent.QuorumEntered e when Phase == SigningPhase.KeyShare => Prepare(e),
        SigningEvent.QuorumEntered e => (this, Undoing(Taken(e))),
        SigningEvent.QuorumMissing e when Phase == SigningPhase.KeyShare => Fail(e.Reason),

        SigningEvent.Answered e when IsAwaited(e.Attempt, e.Peer) => e.Answer is SigningAnswer.Joining ? Join(e.Peer) : Decline(e.Peer, e.Answer),
        SigningEvent.Silent e when IsAwaited(e.Attempt, e.Peer) => Retry("no answer to the offer", [], [e.Peer]),
        SigningEvent.PhaseTimedOut { Phase: SigningPhase.PrepareSign } e when IsIn(e.Attempt, e.Phase) => Retry("no answer to the offer", [], Awaited),

        SigningEvent.InputSigned e when IsRunning(e.Attempt, e.Input) => Sign(e.Input, e.Signature),
        SigningEvent.InputFailed e when IsRunning(e.Attempt, e.Input) => Retry(
            $"input {e.Input}: {e.Failure.Fault}", e.Failure.IsProven ? e.Failure.Culprits : [], e.Failure.IsProven ? [] : e.Failure.Culprits),
        SigningEvent.InputRefused e when IsRunning(e.Attempt, e.Input) => End(SigningPhase.Refused, new SigningReport.Refused(e.Ruling)),
        SigningEvent.PhaseTimedOut { Phase: SigningPhase.Rounds } e when IsIn(e.Attempt, e.Phase) => Retry("the sessions take too long", [], []),

        SigningEvent.InputVerified e when Phase == SigningPhase.Verify && Unverified.Contains(e.Input) => Confirm(e.Input, e.IsValid),
        SigningEvent.GivenUp e when !IsOver => Fail(e.Reason),
        _ => (this, []),
    };

    bool IsIn(int attempt, SigningPhase phase) => Phase == phase && attempt == Attempt;

    bool IsAwaited(int attempt, PartyId peer) => IsIn(attempt, SigningPhase.PrepareSign) && Awaited.Contains(peer);

    bool IsRunning(int attempt, int input) => IsIn(attempt, SigningPhase.Rounds) && Running.Contains(input);

    static ImmutableStack<Compensation> Taken(SigningEvent.QuorumEntered e)
    {
        var taken = ImmutableStack.Create(Compensation.LeavePeers);
        return e.HasPresignatures ? taken.Push(Compensation.WipePresignatures) : taken;
    }

    (SigningRun, ImmutableArray<SigningCommand>) Prepare(SigningEvent.QuorumEntered e)
    {
        var run = this with
        {
            Phase = SigningPhase.PrepareSign, Attempt = Attempt + 1, Quorum = e.Quorum, Awaited = [.. e.Quorum.Except(Me)],
            UsesPresignatures = e.HasPresignatures, ToUndo = Taken(e).Push(Compensation.WithdrawOffer),
        };
        return (run, [new SigningCommand.Offer(run.Attempt, e.Quorum, Missing), new SigningCommand.Expect(run.Attempt, run.Phase)]);
    }

    (SigningRun, ImmutableArray<SigningCommand>) Join(PartyId peer)
    {
        var run = this with { Awaited = Awaited.Remove(peer) };
        if (!run.Awaited.IsEmpty)
            return (run, []);
        run = run with { Phase = SigningPhase.Rounds, Running = [.. Missing], ToUndo = ToUndo.Push(Compensation.StopSessions) };
        return (run, [new SigningCommand.StartSessions(Attempt, Quorum!, Missing), new SigningCommand.Expect(Attempt, run.Phase)]);
    }

    // A no is a right and no failure; without this peer then.
    (SigningRun, ImmutableArray<SigningCommand>) Decline(PartyId peer, SigningAnswer answer)
    {
        (PartyId, PartyId)[] apart = answer is SigningAnswer.Apart a ? [.. a.Parties.Where(p => p != peer && Quorum!.Contains(p)).Select(p => (peer, p))] : [];
        var run = answer switch
        {
            SigningAnswer.NoPresignature when UsesPresignatures => this with { MayUsePresignatures = false },
            SigningAnswer.Apart when apart.Length > 0 => this with { Apart = Apart.Union(apart) },
            _ => this with { Excluded = Excluded.Add(peer) },
        };
        return run.Again(new(Quorum!, $"{peer} declines", [], ImmutableSortedDictionary<PartyId, string>.Empty.Add(peer, answer.ToString())), [], isTried: false);
    }

    // The proven are not asked again. The suspected might be innocent, and come last.
    (SigningRun, ImmutableArray<SigningCommand>) Retry(string fault, IReadOnlyCollection<PartyId> proven, IReadOnlyCollection<PartyId> suspected)
    {
        PartyId[] named = [.. proven.Concat(suspected).Where(p => p != Me && Quorum!.Contains(p)).Distinct().Order()];
        var run = this with { Excluded = Excluded.Union(named.Where(proven.Contains)), Suspects = Suspects.Union(named) };
        return run.Again(
            new(Quorum!, fault, [.. named], ImmutableSortedDictionary<PartyId, string>.Empty),
            [.. named.Select(p => proven.Contains(p) ? new SigningCommand.Judge(p, Conduct.ProvenFault) : new(p, Conduct.Suspicion, 1.0 / named.Length))],
            isTried: true);
    }

    (SigningRun, ImmutableArray<SigningCommand>) Again(SigningAttempt over, ImmutableArray<SigningCommand> verdicts, bool isTried)
    {
        var commands = verdicts.AddRange(Undoing(ToUndo));
        var run = this with
        {
            Phase = SigningPhase.KeyShare, Quorum = null, Awaited = [], Running = [], ToUndo = [], UsesPresignatures = false,
            Tried = isTried ? Tried.Add(over.Quorum) : Tried, History = History.Add(over),
        };
        // Whoever declines leaves fewer to ask, which ends by itself.
        if (run.Tried.Count < maxAttempts)
            return (run, commands.Add(new SigningCommand.FindQuorum(run.MayUsePresignatures)));
        var (failed, last) = run.Fail($"{maxAttempts} attempts have failed");
        return (failed, commands.AddRange(last));
    }

    (SigningRun, ImmutableArray<SigningCommand>) Sign(int input, InputSignature signature)
    {
        var run = this with { Running = Running.Remove(input), Signed = Signed.SetItem(input, signature) };
        return run.Running.IsEmpty
            ? run.ToVerify([.. Quorum!.Except(Me).Select(p => new SigningCommand.Judge(p, Conduct.Success))])
            : (run, []);
    }

    (SigningRun, ImmutableArray<SigningCommand>) ToVerify(ImmutableArray<SigningCommand> before) => (
        this with { Phase = SigningPhase.Verify, Unverified = [.. Inputs] },
        before.AddRange(Inputs.Select(i => new SigningCommand.Verify(i, Signed[i]))));

    (SigningRun, ImmutableArray<SigningCommand>) Confirm(int input, bool isValid)
    {
        // Every session verifies before it ends, and so does whoever reads a record: this is nobody else's fault.
        if (!isValid)
            return Fail($"the signature of input {input} does not verify");
        var run = this with { Unverified = Unverified.Remove(input) };
        if (!run.Unverified.IsEmpty)
            return (run, []);
        var history = Quorum is { } quorum ? History.Add(new(quorum, null, [], ImmutableSortedDictionary<PartyId, string>.Empty)) : History;
        return (run with { Phase = SigningPhase.Complete, History = history, ToUndo = [] },
            [new SigningCommand.Finish(new SigningReport.Signed([.. Inputs.Select(i => Signed[i])], history))]);
    }

    (SigningRun, ImmutableArray<SigningCommand>) Fail(string reason)
    {
        var history = Quorum is { } quorum ? History.Add(new(quorum, reason, [], ImmutableSortedDictionary<PartyId, string>.Empty)) : History;
        return (this with { History = history }).End(SigningPhase.Failed, new SigningReport.Failed(reason, history));
    }

    (SigningRun, ImmutableArray<SigningCommand>) End(SigningPhase phase, SigningReport report) => (
        this with { Phase = phase, Quorum = null, Awaited = [], Running = [], Unverified = [], ToUndo = [] },
        Undoing(ToUndo).Add(new SigningCommand.Finish(report)));

    static ImmutableArray<SigningCommand> Undoing(ImmutableStack<Compensation> stack) => [.. stack.Select(what => new SigningCommand.Undo(what))];
}
