using Quorate.Policies;
using Quorate.Server.Nodes;
using Quorate.Server.Tests.Nodes;

namespace Quorate.Server.Tests.Sagas;

/// <summary>
/// A single key in place of nodes that hold shares, behind the rule that real nodes keep: the intent binds the bytes, one
/// request is one intent for ever, the policy allows it with the approvals that came, and a replacement is one of what was
/// approved. What makes nodes safe against the server is tested with nodes.
/// </summary>
sealed class SingleKeyLine(SagaScene scene, TimeProvider time, Func<bool, Task<string?>>? trouble = null) : QuietLine
{
    readonly Dictionary<string, Digest> requests = [];

    /// <summary>Every intent that was signed.</summary>
    internal HashSet<Digest> Signed { get; } = [];

    public override async Task<NodeAnswer> SignAsync(NodeId node, SigningQuestion question, TimeSpan timeout, CancellationToken cancellation)
    {
        if (trouble is not null && await trouble(false) is { } away)
            return new NodeAnswer.Silent(away);
        var answer = Judge(question);
        // The answer can be lost behind what was done.
        return trouble is not null && await trouble(true) is { } lost ? new NodeAnswer.Silent(lost) : answer;
    }

    NodeAnswer Judge(SigningQuestion question)
    {
        var intent = IntentJson.Parse(question.Intent.Span);
        var now = time.GetUtcNow();
        if (now >= intent.ExpiresAt)
            return new NodeAnswer.Refused("Expired", "", "");
        if (requests.TryGetValue(intent.RequestId, out var other) && other != intent.Hash)
            return new NodeAnswer.Refused("RequestReused", "", "");
        var message = question.Kind == 3 ? new Chains.Ethereum.PersonalMessage(question.Payload.Span) : null;
        var inputs = message is null ? scene.Format.GetSigningInputs(question.Payload, scene.Context) : [((Chains.Ethereum.EthereumFormat)scene.Format).GetSigningInput(message, scene.Context)];
        if (!intent.Binds(question.Payload.Span, inputs, scene.Context.Path))
            return new NodeAnswer.Refused("NotBound", "", "");
        if (Refusal(intent, question, message, now) is { } refusal)
            return refusal;
        requests[intent.RequestId] = intent.Hash;
        Signed.Add(intent.Hash);
        return new NodeAnswer.Signed(scene.Sign(inputs));
    }

    NodeAnswer.Refused? Refusal(Intent intent, SigningQuestion question, Chains.Ethereum.PersonalMessage? message, DateTimeOffset now)
    {
        var (judged, payload) = (intent, question.Payload);
        if (question.Replaced is { } replaced)
        {
            judged = IntentJson.Parse(replaced.Intent.Span);
            payload = replaced.Payload;
            if (!intent.IsReplacementOf(judged) || scene.Format.WhyNotReplacing(payload, question.Payload, scene.Context) is not null)
                return new("NotAReplacement", "", "");
        }
        var approvals = ApprovalSet.Verify(judged, ApprovalJson.Parse(question.Approvals.Span), scene.Membership, PasskeyCounters.Empty, now);
        var decision = scene.Policy.Evaluate(
            judged, message is null ? scene.Format.Decode(payload, scene.Context) : ((Chains.Ethereum.EthereumFormat)scene.Format).Decode(message, scene.Context), approvals, CounterLedger.Empty, now);
        return decision.Verdict switch
        {
            Verdict.Allow => null,
            Verdict.NeedsApprovals => new("NeedsApprovals", "", ""),
            _ => new("Denied", "", ""),
        };
    }
}
