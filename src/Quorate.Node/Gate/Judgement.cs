using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Cryptography.Derivation;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Gate;

/// <summary>
/// The release rule, docs/spec/release.md: a pure function from what a node has pinned and what it is asked to an answer and
/// what is to be recorded first. Cheap refusals come first, and nothing is recorded for them: whoever floods a node fills no
/// disk with it.
/// </summary>
static class Judgement
{
    /// <summary>Longest time an intent may be good for: an approval that lies about for longer is forgotten, and found.</summary>
    internal static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(30);

    /// <summary>Allowed intents without a session at one time.</summary>
    internal const int MaxPending = 10_000;

    /// <summary>Sessions of one intent beyond the first of each further signature: each is a chance for a cheating peer.</summary>
    internal const int MaxSessions = 64;

    /// <summary>Denials recorded of one request; what is denied more often says nothing new.</summary>
    internal const int MaxDenials = 8;

    /// <summary>Replacements of one intent: each raises the fee by a tenth at least, or no network takes it.</summary>
    internal const int MaxReplacements = 32;

    /// <summary>Rules on a request.</summary>
    /// <param name="state">What the node has pinned.</param>
    /// <param name="request">What it is asked.</param>
    /// <param name="before">What it has recorded of the same request.</param>
    /// <param name="judges">The chains it knows.</param>
    /// <param name="clock">The time.</param>
    /// <param name="approved">Of a replacement: what it has recorded of the request that was approved, after ruling on that.</param>
    /// <returns>The answer, and the event without whose record it is not to be given; null for none.</returns>
    internal static (Ruling Ruling, NodeEvent? Record) Rule(
        NodeState state, SigningRequest request, RequestState before, IReadOnlyDictionary<ChainId, ChainJudge> judges, DateTimeOffset clock,
        RequestState? approved = null)
    {
        var (intent, payload) = (request.Intent, request.Payload);
        if (state.Now(clock) is not { } now)
            return Refuse(Refusal.ClockWentBack, $"The clock says {clock:u}; the journal has {DateTimeOffset.FromUnixTimeSeconds(state.LatestTime):u}.");
        if (Precondition(state, intent, now) is { } refused)
            return (refused, null);
        if (before.Intent is { } used && used != intent.Hash)
            return Refuse(Refusal.RequestReused, $"Request {intent.RequestId} is intent {used}, for ever.");
        if (before.IsReleased)
            return Refuse(Refusal.Expired, "The intent was given up.");
        if (!judges.TryGetValue(intent.Chain, out var judge))
            return Refuse(Refusal.UnknownChain, $"This node does not know {intent.Chain}.");
        if (payload.Bytes.Length > SigningPayload.MaxSize)
            return Refuse(Refusal.Undecodable, $"{payload.Bytes.Length} bytes; a payload has at most {SigningPayload.MaxSize}.");

        if (intent.Signatures.Any(signature => signature.Path.IsHardened))
            return Refuse(Refusal.NotBound, "A path has a hardened step: shares have no such children.");

        var wallet = state.Wallets[intent.Wallet];
        Finding finding;
        try
        {
            finding = judge.Judge(payload, wallet, PathOf(intent));
        }
        catch (FormatException problem)
        {
            return Refuse(Refusal.Undecodable, problem.Message);
        }
        if (!intent.Binds(payload.Bytes.Span, finding.Inputs, PathOf(intent)) || finding.Inputs.Any(input => !wallet.Has(input.Scheme)))
            return Refuse(Refusal.NotBound, "What the node derives from the payload is not what the intent names.");

        var permit = new Ruling.Permit(intent, wallet, finding.Inputs);
        if (WhyNotOriginal(request) is { } other)
            return (other, null);
        if (before.AllowedBy is { } policy)
            return policy == state.Policy!.Hash
                ? (permit, null)
                : Refuse(Refusal.PolicyChanged, $"The intent was allowed by policy {policy}; {state.Policy.Hash} is in force. It takes a new request.");
        if (request.Original is null && intent.Replaces is null)
            return Ask(state, request, before, finding.Effects, permit, now);
        return WhyNotReplacing(state, request, approved, judge, finding) is { } reason
            ? Refuse(Refusal.NotAReplacement, reason)
            : approved!.Replacements >= MaxReplacements || state.Pending.Count >= MaxPending
            ? Refuse(Refusal.TooMany, $"{approved.Replacements} replacements of the intent, {state.Pending.Count} intents allowed and not signed yet.")
            : (permit, Allowed(request with { Approvals = [] }, [], state.Policy!.Hash, [], $"replaces {intent.Replaces}", now.ToUnixTimeSeconds(), state.Acts));
    }

    /// <summary>What is said to be replaced, and is not what the intent names, is refused before it is judged: nothing is recorded of it.</summary>
    internal static Ruling.Refused? WhyNotOriginal(SigningRequest request) => request.Original is { } original && !request.Intent.IsReplacementOf(original.Intent)
        ? new(Refusal.NotAReplacement, "The intent is not that of a replacement for what came with it.") : null;

    /// <summary>
    /// A replacement stands on the policy's answer to its original, which was asked with the highest fee that the intent
    /// allows: so nothing is asked again, and nothing but the fee may differ.
    /// </summary>
    static string? WhyNotReplacing(NodeState state, SigningRequest request, RequestState? approved, ChainJudge judge, Finding finding)
    {
        if (request.Original is not { } original)
            return "What it replaces has to come with it.";
        if (approved?.Intent != original.Intent.Hash || approved.AllowedBy != state.Policy!.Hash || approved.IsReleased)
            return "What it replaces is not allowed.";
        if (!finding.Effects.IsFullyUnderstood || finding.Effects.Fee is not { } fee)
            return "What it costs can not be told.";
        if (original.Intent.MaxFee is not { } most || fee.Asset != most.Asset || fee.Maximum > most.Amount)
            return $"It costs up to {fee.Maximum} {fee.Asset}, beyond what was approved.";
        var wallet = state.Wallets[original.Intent.Wallet];
        // Another account's nonce is another nonce, though the bytes be the same.
        var signers = judge.Judge(original.Payload, wallet, PathOf(original.Intent)).Inputs.Select(input => input.Signer);
        return signers.Except(finding.Inputs.Select(input => input.Signer)).Any()
            ? "Another account signs it."
            : judge.WhyNotReplacing(original.Payload, request.Payload, wallet, PathOf(original.Intent));
    }

    /// <summary>
    /// Rules on lending the share once more, for one session: what has been allowed may have been frozen, reshared, expired
    /// or overtaken by another policy since.
    /// </summary>
    /// <returns>Why not, or the event without whose record the share is not to be lent.</returns>
    /// <exception cref="ArgumentException">The intent was not allowed here.</exception>
    internal static (Ruling.Refused? Refused, NodeEvent? Record) Lend(
        NodeState state, RequestState request, Intent intent, Loan loan, DateTimeOffset clock)
    {
        if (request.Intent != intent.Hash || request.AllowedBy is not { } policy)
            throw new ArgumentException($"{intent} was not allowed here.", nameof(intent));
        if (state.Now(clock) is not { } now)
            return (new(Refusal.ClockWentBack, "The clock is behind the journal."), null);
        if (Precondition(state, intent, now) is { } refused)
            return (refused, null);
        if (request.IsReleased)
            return (new(Refusal.Expired, "The intent was given up."), null);
        if (policy != state.Policy!.Hash)
            return (new(Refusal.PolicyChanged, $"The intent was allowed by policy {policy}; {state.Policy.Hash} is in force."), null);
        return request.Sessions >= MaxSessions + intent.Signatures.Length - 1
            ? (new(Refusal.TooMany, $"{request.Sessions} sessions were opened for the intent."), null)
            : (null, new NodeEvent.SessionOpened(
                now.ToUnixTimeSeconds(), intent.Hash.ToString(), loan.Input, loan.Session.ToString(), [.. loan.Quorum.Select(p => (int)p.Value)]));
    }

    /// <summary>What has to hold when an intent is judged, and again whenever a share is lent for it.</summary>
    internal static Ruling.Refused? Precondition(NodeState state, Intent intent, DateTimeOffset now)
    {
        if (state.Genesis is not { } genesis)
            return new(Refusal.NoGenesis, "No deployment is installed: `quorate node genesis install`.");
        if (intent.Organisation != genesis.Organisation)
            return new(Refusal.WrongOrganisation, $"The intent is {intent.Organisation}'s; this is a node of {genesis.Organisation}.");
        if (state.IsFrozen(intent.Wallet))
            return new(Refusal.Frozen, $"Wallet {intent.Wallet} is frozen; unfreezing takes {state.Administrators!.Threshold} administrators.");
        if (!state.Wallets.TryGetValue(intent.Wallet, out var wallet))
            return new(Refusal.UnknownWallet, $"This node holds no share of a wallet {intent.Wallet}.");
        if (intent.KeyEpoch != wallet.Epoch)
            return new(Refusal.WrongEpoch, $"The intent is for epoch {intent.KeyEpoch}; the wallet's key is in epoch {wallet.Epoch}.");
        if (now >= intent.ExpiresAt)
            return new(Refusal.Expired, $"The intent expired at {intent.ExpiresAt:u}.");
        return intent.ExpiresAt - now > MaxLifetime
            ? new(Refusal.ExpiresTooLate, $"The intent is good until {intent.ExpiresAt:u}; {MaxLifetime.Days} days are the most.")
            : null;
    }

    static (Ruling, NodeEvent?) Ask(
        NodeState state, SigningRequest request, RequestState before, Effects effects, Ruling.Permit permit, DateTimeOffset now)
    {
        var (intent, policy) = (request.Intent, state.Policy!);
        if (request.Approvals.Length > ApprovalSet.MaxApprovals)
            return Refuse(Refusal.TooMany, $"{request.Approvals.Length} approvals; at most {ApprovalSet.MaxApprovals} are read.");
        var approvals = ApprovalSet.Verify(intent, request.Approvals, state.Membership!, state.Passkeys, now);
        var decision = policy.Evaluate(intent, effects, approvals, state.Ledger, now);
        var time = now.ToUnixTimeSeconds();
        switch (decision.Verdict)
        {
            case Verdict.NeedsApprovals:
                return (new Ruling.Refused(Refusal.NeedsApprovals, string.Join("; ", decision.Outstanding), decision), null);
            case not Verdict.Allow:
                // A member's attempt is worth a record; anybody's is not.
                var isMembers = approvals.Approvers.Contains(intent.Initiator) && before.Denials < MaxDenials;
                return (new Ruling.Refused(Refusal.Denied, decision.ToString(), decision),
                    isMembers ? new NodeEvent.SigningDenied(time, NodeEvent.Json(IntentJson.Write(intent)), policy.Hash.ToString(), decision.ToString()) : null);
        }
        if (state.Pending.Count >= MaxPending)
            return Refuse(Refusal.TooMany, $"{MaxPending} intents are allowed and not signed yet.");
        return state.Ledger.TryReserve(intent.Hash.ToString(), decision.Charges, now, out _) is { } exceeded
            ? (new Ruling.Refused(Refusal.Denied, exceeded, decision), null)
            : (permit, Allowed(request, PasskeyUse.Of(approvals), policy.Hash,
                [.. decision.Charges.Select(c => new ChargeMade(c.Counter, c.Window.ToString()!, c.Amount.ToString(), c.Limit.ToString()))],
                decision.ToString(), time, state.Acts));
    }

    static NodeEvent.SigningAllowed Allowed(
        SigningRequest request, ImmutableArray<PasskeyUse> passkeys, Digest policy, ImmutableArray<ChargeMade> charges, string trace, long time, ulong acts) =>
        new(time, NodeEvent.Json(IntentJson.Write(request.Intent)), request.Payload.Kind.ToString(), request.Payload.Bytes.ToArray(),
            NodeEvent.Json(ApprovalJson.Write(request.Approvals)), passkeys, policy.ToString(), charges, trace, acts);

    // The first signature's: adapters that know better do not ask.
    static Bip32Path PathOf(Intent intent) => intent.Signatures[0].Path;

    static (Ruling, NodeEvent?) Refuse(Refusal reason, string detail) => (new Ruling.Refused(reason, detail), null);
}

/// <summary>What a share is lent for.</summary>
/// <param name="Input">Which signature.</param>
/// <param name="Session">The session's id.</param>
/// <param name="Quorum">Who takes part.</param>
sealed record Loan(int Input, SessionId Session, PartySet Quorum);
