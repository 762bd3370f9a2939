using System.Collections.Immutable;
using System.Threading.Channels;
using Quorate.Chains;
using Quorate.Node.Channel;
using Quorate.Node.Gate;
using Quorate.Node.Letters;
using Quorate.Policies;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Signing;

/// <summary>The loop around one <see cref="SigningRun"/>: does what it commands and tells it what happens.</summary>
sealed class LedRun(
    SigningParts parts, Signer signer, PeerHealth health, Presigner presigner, SigningRequest request, Ruling.Permit permit, SigningKeys keys) : IAsyncDisposable
{
    static readonly TimeSpan withdrawalPatience = TimeSpan.FromSeconds(1);

    readonly Channel<SigningEvent> events = System.Threading.Channels.Channel.CreateUnbounded<SigningEvent>(new() { SingleReader = true });
    readonly List<Task> background = [];
    readonly Dictionary<PartyId, CircuitBreaker.Ticket> tickets = [];
    readonly CancellationTokenSource leaving = new();
    CancellationTokenSource working = new();
    IReadOnlyList<Dkls23Presignature> presignatures = [];
    byte[] attempt = [];
    PartySet? offeredTo;
    long attemptBegan;

    internal async Task<SigningReport> RunAsync((SigningRun Run, ImmutableArray<SigningCommand> Commands) begun, CancellationToken closing)
    {
        using var patient = new CancellationTokenSource(parts.Limits.Deadline, parts.Time);
        using var late = patient.Token.Register(() => Tell(new SigningEvent.GivenUp("the deadline has passed")));
        using var closed = closing.Register(() => Tell(new SigningEvent.GivenUp("the node is closing")));
        var (run, commands) = begun;
        while (true)
        {
            foreach (var command in commands)
            {
                if (command is SigningCommand.Finish { Report: var report })
                    return Finish(run, report);
                Do(run, command);
            }
            (run, commands) = run.Decide(await events.Reader.ReadAsync(CancellationToken.None).ConfigureAwait(false));
        }
    }

    // For the next one: who has signed well together is asked together again.
    SigningReport Finish(SigningRun run, SigningReport report)
    {
        if (report is SigningReport.Signed && keys.BanId is not null && run.Quorum is { } quorum)
            presigner.Fill(permit.Wallet, quorum);
        return report;
    }

    void Tell(SigningEvent happened) => events.Writer.TryWrite(happened);

    void Do(SigningRun run, SigningCommand command)
    {
        switch (command)
        {
            case SigningCommand.FindQuorum find:
                Tell(FindQuorum(run, find.MayUsePresignatures));
                break;
            case SigningCommand.Offer offer:
                Offer(offer);
                break;
            case SigningCommand.StartSessions start:
                background.Add(SignAsync(start, working.Token));
                break;
            case SigningCommand.Expect expect:
                background.Add(ExpectAsync(expect, working.Token));
                break;
            case SigningCommand.Verify verify:
                var input = permit.Inputs.First(i => i.Index == verify.Input);
                Tell(new SigningEvent.InputVerified(verify.Input, SigningKeys.Complete(permit.Wallet, input, verify.Signature.Signature.Span) is not null));
                break;
            case SigningCommand.Judge judge:
                Judge(judge);
                break;
            case SigningCommand.Undo undo:
                Undo(undo.What);
                break;
        }
    }

    SigningEvent FindQuorum(SigningRun run, bool mayUsePresignatures)
    {
        var peers = keys.Committee.Where(p => p != parts.Party && !run.Excluded.Contains(p)).ToArray();
        var apart = run.Apart.Union(keys.Banned(parts.Vault, peers).Select(p => (parts.Party, p)));
        // Somebody else may enter a half-open breaker between looking and entering; then the look is taken again.
        while (QuorumChoice.Choose(parts.Party, keys.Threshold, [.. peers.Select(p => Look(p, run))], apart, run.Tried) is { } quorum)
        {
            if (!Enter(quorum))
                continue;
            presignatures = mayUsePresignatures ? TakePresignatures(run, quorum) : [];
            return new SigningEvent.QuorumEntered(quorum, presignatures.Count > 0);
        }
        var closed = peers.Where(p => !health.Look(parts.IdOf(p)).IsAdmitted).ToArray();
        return new SigningEvent.QuorumMissing(
            $"no quorum of {keys.Threshold} of {keys.Committee}" +
            (closed.Length > 0 ? $"; not asked after failures: {string.Join(", ", closed)}" : "") +
            (run.Excluded.Count > 0 ? $"; declined or excluded: {string.Join(", ", run.Excluded.Order())}" : "") +
            (apart.Count > 0 ? $"; banned pairs: {string.Join(", ", apart.Order().Select(pair => $"{pair.Item1} and {pair.Item2}"))}" : ""));
    }

    IReadOnlyList<Dkls23Presignature> TakePresignatures(SigningRun run, PartySet quorum)
    {
        var missing = permit.Inputs.Where(i => !run.Signed.ContainsKey(i.Index)).ToArray();
        return missing.All(i => i.Scheme == SignatureScheme.EcdsaSecp256k1)
            ? presigner.Stock.Take(Presigner.KeyOf(permit.Wallet, quorum, parts.Me.Id), missing.Length)
            : [];
    }

    Candidate Look(PartyId peer, SigningRun run) =>
        new(peer, health.Look(parts.IdOf(peer)), parts.Conduct.TrustIn(parts.IdOf(peer)), run.Suspects.Contains(peer));

    bool Enter(PartySet quorum)
    {
        foreach (var peer in quorum.Except(parts.Party))
        {
            if (health.TryEnter(parts.IdOf(peer)) is not { } ticket)
            {
                LeavePeers();
                return false;
            }
            tickets.Add(peer, ticket);
        }
        return true;
    }

    void Offer(SigningCommand.Offer command)
    {
        attempt = new byte[SessionDescription.AttemptSize];
        parts.Random.Fill(attempt);
        (offeredTo, attemptBegan) = (command.Quorum, parts.Time.GetTimestamp());
        var body = new SigningOffer(attempt, command.Quorum, command.Inputs, [.. presignatures.Select(p => new Digest(p.Id))], request).Encode();
        if (body.Length > Correspondence.MaxBody)
        {
            Tell(new SigningEvent.GivenUp($"the request has {body.Length} bytes; an offer has at most {Correspondence.MaxBody}"));
            return;
        }
        foreach (var peer in command.Quorum.Except(parts.Party))
            background.Add(AskAsync(command.Attempt, peer, body, working.Token));
    }

    async Task AskAsync(int number, PartyId peer, byte[] body, CancellationToken cancellation)
    {
        try
        {
            var answer = await parts.Letters.AskAsync(parts.IdOf(peer), Topic.Sign, body, parts.Limits.OfferPatience, cancellation).ConfigureAwait(false);
            Tell(answer is not null && SigningAnswer.Decode(answer) is { } read
                ? new SigningEvent.Answered(number, peer, read)
                : new SigningEvent.Silent(number, peer));
        }
        catch (OperationCanceledException)
        {
        }
    }

    async Task SignAsync(SigningCommand.StartSessions command, CancellationToken cancellation)
    {
        var (name, prepared) = (attempt, presignatures);
        try
        {
            await SessionQueue.RunAsync(command.Inputs, parts.Limits.SessionsAtATime, async input => Tell(
                await signer.SignAsync(permit, input, SigningOffer.AttemptOf(name, input), command.Quorum, cancellation,
                    prepared.Count == 0 ? null : prepared[command.Inputs.IndexOf(input)]).ConfigureAwait(false) switch
                {
                    SigningOutcome.Signed signed => new SigningEvent.InputSigned(command.Attempt, input, signed.Signature),
                    SigningOutcome.Refused refused => new SigningEvent.InputRefused(command.Attempt, input, refused.Ruling),
                    SigningOutcome.Failed failed => new SigningEvent.InputFailed(command.Attempt, input, failed),
                    var outcome => throw new InvalidOperationException($"{outcome} is no outcome."),
                })).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Vault, journal or memory: no peer's fault, and no other quorum mends it.
            Tell(new SigningEvent.GivenUp(e.Message));
        }
    }

    async Task ExpectAsync(SigningCommand.Expect command, CancellationToken cancellation)
    {
        var patience = command.Phase == SigningPhase.PrepareSign ? parts.Limits.OfferPatience : parts.Limits.RoundsPatience;
        await Task.Delay(patience, parts.Time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!cancellation.IsCancellationRequested)
            Tell(new SigningEvent.PhaseTimedOut(command.Attempt, command.Phase));
    }

    void Judge(SigningCommand.Judge judge)
    {
        parts.Conduct.Note(parts.IdOf(judge.Peer), judge.Conduct, judge.Weight);
        if (!tickets.Remove(judge.Peer, out var ticket))
            return;
        if (judge.DidItsPart)
            health.Succeeded(parts.IdOf(judge.Peer), ticket, parts.Time.GetElapsedTime(attemptBegan));
        else
            health.Failed(parts.IdOf(judge.Peer), ticket);
    }

    void Undo(Compensation what)
    {
        switch (what)
        {
            case Compensation.StopSessions:
                working.Cancel();
                break;
            case Compensation.WithdrawOffer:
                working.Cancel();
                working.Dispose();
                working = new();
                foreach (var peer in offeredTo!.Except(parts.Party))
                    background.Add(WithdrawAsync(peer, SigningOffer.EncodeWithdrawal(attempt)));
                break;
            case Compensation.WipePresignatures:
                WipePresignatures();
                break;
            case Compensation.LeavePeers:
                LeavePeers();
                break;
        }
    }

    void WipePresignatures()
    {
        foreach (var presignature in presignatures)
            presignature.Dispose();
        presignatures = [];
    }

    // A courtesy: without it the peer's sessions end at their deadline.
    async Task WithdrawAsync(PartyId peer, byte[] body)
    {
        try
        {
            await parts.Letters.AskAsync(parts.IdOf(peer), Topic.Sign, body, withdrawalPatience, leaving.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
        }
    }

    void LeavePeers()
    {
        foreach (var (peer, ticket) in tickets)
            health.Left(parts.IdOf(peer), ticket);
        tickets.Clear();
    }

    /// <summary>Ends whatever is left, and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        await leaving.CancelAsync().ConfigureAwait(false);
        await working.CancelAsync().ConfigureAwait(false);
        LeavePeers();
        await Task.WhenAll(background).ConfigureAwait(false);
        WipePresignatures();
        leaving.Dispose();
        working.Dispose();
    }
}
