using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Node.Gate;
using Quorate.Node.Signing;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Signing;

/// <summary>
/// Every state that any order of answers, failures and timeouts leads to, for three parties and two inputs: what is
/// delivered was verified, what is taken is given back once and in reverse, nobody is asked who should not be.
/// </summary>
public sealed class SigningRunTests
{
    static readonly PartyId me = new(1);
    static readonly ImmutableArray<int> inputs = [0, 2];
    static readonly PartySet[] quorums = [new([new(1), new(2)]), new([new(1), new(3)])];
    static readonly InputSignature[] signatures = [new(0, new byte[] { 1 }, new byte[] { 1 }), new(2, new byte[] { 2 }, new byte[] { 2 })];

    static InputSignature SignatureOf(int input) => signatures.Single(s => s.Index == input);

    /// <summary>A run, and what an observer of its commands has seen.</summary>
    sealed record World(SigningRun Run, ImmutableStack<Compensation> Held, bool IsWaitingForQuorum, ImmutableHashSet<int> ToVerify, ImmutableHashSet<int> Verified, int Finished);

    [Fact]
    public void Nothing_is_delivered_unverified_and_nothing_taken_is_kept()
    {
        var seen = new HashSet<string>();
        var queue = new Queue<World>();
        queue.Enqueue(Observe(new(null!, [], false, [], [], 0), SigningRun.Begin(me, inputs, ImmutableSortedDictionary<int, InputSignature>.Empty, maxAttempts: 2)));
        var ends = new Dictionary<SigningPhase, int>();
        while (queue.TryDequeue(out var world))
        {
            foreach (var happened in EventsIn(world))
            {
                var next = Step(world, happened);
                if (!seen.Add(KeyOf(next)))
                    continue;
                if (next.Run.IsOver)
                    ends[next.Run.Phase] = ends.GetValueOrDefault(next.Run.Phase) + 1;
                queue.Enqueue(next);
            }
        }
        Assert.True(seen.Count > 1_000, $"{seen.Count} states");
        Assert.All((SigningPhase[])[SigningPhase.Complete, SigningPhase.Refused, SigningPhase.Failed], phase => Assert.True(ends[phase] > 0));
    }

    static World Step(World before, SigningEvent happened)
    {
        if (happened is SigningEvent.QuorumEntered entered && before.IsWaitingForQuorum)
        {
            // The host has taken it before it says so.
            before = before with { Held = before.Held.Push(Compensation.LeavePeers), IsWaitingForQuorum = false };
            if (entered.HasPresignatures)
                before = before with { Held = before.Held.Push(Compensation.WipePresignatures) };
        }
        else if (happened is SigningEvent.QuorumMissing)
        {
            before = before with { IsWaitingForQuorum = false };
        }
        else if (happened is SigningEvent.InputVerified { IsValid: true } verified && before.ToVerify.Contains(verified.Input))
        {
            before = before with { Verified = before.Verified.Add(verified.Input) };
        }
        return Observe(before, before.Run.Decide(happened));
    }

    static World Observe(World before, (SigningRun Run, ImmutableArray<SigningCommand> Commands) decided)
    {
        var world = before with { Run = decided.Run };
        foreach (var command in decided.Commands)
        {
            Assert.True(world.Finished == 0 || command is SigningCommand.Undo, "after the end things are given back and no more");
            switch (command)
            {
                case SigningCommand.FindQuorum:
                    Assert.False(world.IsWaitingForQuorum);
                    Assert.True(world.Held.IsEmpty, "a new attempt begins with nothing of the last one");
                    world = world with { IsWaitingForQuorum = true };
                    break;
                case SigningCommand.Offer offer:
                    world = world with { Held = world.Held.Push(Compensation.WithdrawOffer) };
                    Assert.All(offer.Inputs, i => Assert.False(decided.Run.Signed.ContainsKey(i)));
                    break;
                case SigningCommand.StartSessions start:
                    world = world with { Held = world.Held.Push(Compensation.StopSessions) };
                    Assert.Equal(decided.Run.Inputs.Where(i => !decided.Run.Signed.ContainsKey(i)), start.Inputs);
                    break;
                case SigningCommand.Undo undo:
                    Assert.Equal(world.Held.Peek(), undo.What);
                    world = world with { Held = world.Held.Pop() };
                    break;
                case SigningCommand.Verify verify:
                    Assert.Equal(SignatureOf(verify.Input), verify.Signature);
                    world = world with { ToVerify = world.ToVerify.Add(verify.Input) };
                    break;
                case SigningCommand.Judge judge:
                    Assert.NotEqual(me, judge.Peer);
                    break;
                case SigningCommand.Finish finish:
                    world = world with { Finished = world.Finished + 1 };
                    Assert.Equal(1, world.Finished);
                    if (finish.Report is SigningReport.Signed signed)
                    {
                        Assert.Equal(SigningPhase.Complete, decided.Run.Phase);
                        Assert.True(world.Verified.SetEquals(inputs), "no way to the end but through the verification of every input");
                        Assert.Equal(signatures, signed.Signatures);
                        // What was used is used up, not undone.
                        world = world with { Held = [] };
                    }
                    break;
            }
        }
        Assert.Equal(decided.Run.IsOver, world.Finished == 1);
        Assert.True(!decided.Run.IsOver || world.Held.IsEmpty, "whatever was taken is given back at the end");
        Assert.True(decided.Run.Attempt <= 12 && decided.Run.Tried.Count <= 2);
        return world;
    }

    static IEnumerable<SigningEvent> EventsIn(World world)
    {
        var run = world.Run;
        if (world.IsWaitingForQuorum)
        {
            // A host that keeps to what it is told: nobody who is excluded, no pair that is apart.
            foreach (var quorum in quorums.Where(q => !q.Any(run.Excluded.Contains) && !q.Any(a => q.Any(b => QuorumChoice.AreApart(run.Apart, a, b)))))
            {
                yield return new SigningEvent.QuorumEntered(quorum, false);
                if (run.MayUsePresignatures)
                    yield return new SigningEvent.QuorumEntered(quorum, true);
            }
            yield return new SigningEvent.QuorumMissing("none");
        }
        // Of this attempt and of the last one: what is late changes nothing.
        for (var attempt = Math.Max(1, run.Attempt - 1); attempt <= run.Attempt; attempt++)
        {
            foreach (var peer in (PartyId[])[new(2), new(3)])
            {
                yield return new SigningEvent.Answered(attempt, peer, new SigningAnswer.Joining());
                yield return new SigningEvent.Answered(attempt, peer, new SigningAnswer.Refused(Refusal.Frozen, "no"));
                yield return new SigningEvent.Answered(attempt, peer, new SigningAnswer.Busy());
                yield return new SigningEvent.Answered(attempt, peer, new SigningAnswer.NoPresignature());
                yield return new SigningEvent.Answered(attempt, peer, new SigningAnswer.Apart([me]));
                yield return new SigningEvent.Answered(attempt, peer, new SigningAnswer.Apart([new(9)]));
                yield return new SigningEvent.Silent(attempt, peer);
            }
            foreach (var input in inputs)
            {
                yield return new SigningEvent.InputSigned(attempt, input, SignatureOf(input));
                yield return new SigningEvent.InputFailed(attempt, input, new("x", [new(2), new(9)], true));
                yield return new SigningEvent.InputFailed(attempt, input, new("x", [new(2), me], false));
                yield return new SigningEvent.InputFailed(attempt, input, new("x", [], false));
                yield return new SigningEvent.InputRefused(attempt, input, new(Refusal.Frozen, "no"));
            }
            yield return new SigningEvent.PhaseTimedOut(attempt, SigningPhase.PrepareSign);
            yield return new SigningEvent.PhaseTimedOut(attempt, SigningPhase.Rounds);
        }
        foreach (var input in inputs)
        {
            yield return new SigningEvent.InputVerified(input, true);
            yield return new SigningEvent.InputVerified(input, false);
        }
        yield return new SigningEvent.GivenUp("enough");
    }

    static string KeyOf(World w) => string.Join('|',
        w.Run.Phase, w.Run.Attempt, w.Run.Quorum, string.Join(',', w.Run.Awaited), string.Join(',', w.Run.Running), string.Join(',', w.Run.Unverified),
        string.Join(',', w.Run.Signed.Keys), string.Join(',', w.Run.ToUndo), string.Join(',', w.Run.Excluded.Order()), string.Join(',', w.Run.Suspects.Order()),
        string.Join(',', w.Run.Apart.Order()), string.Join(',', w.Run.Tried), w.Run.MayUsePresignatures, w.Run.UsesPresignatures,
        w.IsWaitingForQuorum, string.Join(',', w.Held), string.Join(',', w.Verified.Order()), w.Finished);

    [Fact]
    public void What_is_recorded_is_verified_and_nobody_is_asked()
    {
        var (run, commands) = SigningRun.Begin(me, inputs, signatures.ToImmutableSortedDictionary(s => s.Index, s => s), maxAttempts: 2);
        Assert.Equal(SigningPhase.Verify, run.Phase);
        Assert.All(commands, command => Assert.IsType<SigningCommand.Verify>(command));
        Assert.Equal(2, commands.Length);
    }

    [Fact]
    public void Only_what_is_missing_is_signed_in_the_next_attempt()
    {
        var (run, _) = SigningRun.Begin(me, inputs, ImmutableSortedDictionary<int, InputSignature>.Empty, maxAttempts: 3);
        run = Run(run, new SigningEvent.QuorumEntered(quorums[0], false), new SigningEvent.Answered(1, new(2), new SigningAnswer.Joining()),
            new SigningEvent.InputSigned(1, 0, signatures[0]), new SigningEvent.InputFailed(1, 2, new("gone", [new(2)], false)));
        var (_, commands) = run.Decide(new SigningEvent.QuorumEntered(quorums[1], false));
        Assert.Equal((int[])[2], commands.OfType<SigningCommand.Offer>().Single().Inputs);
    }

    [Fact]
    public void A_quorum_that_is_found_too_late_is_given_back()
    {
        var (run, _) = SigningRun.Begin(me, inputs, ImmutableSortedDictionary<int, InputSignature>.Empty, maxAttempts: 3);
        run = Run(run, new SigningEvent.GivenUp("enough"));
        Assert.Equal(
            (SigningCommand[])[new SigningCommand.Undo(Compensation.WipePresignatures), new SigningCommand.Undo(Compensation.LeavePeers)],
            run.Decide(new SigningEvent.QuorumEntered(quorums[0], true)).Commands);
    }

    [Fact]
    public void A_peer_that_does_not_have_the_presignatures_is_asked_again_without()
    {
        var (run, _) = SigningRun.Begin(me, inputs, ImmutableSortedDictionary<int, InputSignature>.Empty, maxAttempts: 1);
        run = Run(run, new SigningEvent.QuorumEntered(quorums[0], true));
        var (next, commands) = run.Decide(new SigningEvent.Answered(1, new(2), new SigningAnswer.NoPresignature()));
        Assert.Empty(next.Excluded);
        Assert.False(Assert.IsType<SigningCommand.FindQuorum>(commands[^1]).MayUsePresignatures);
    }

    static SigningRun Run(SigningRun run, params SigningEvent[] events) => events.Aggregate(run, (r, e) => r.Decide(e).Run);
}
