using Google.Protobuf;
using Quorate.Chains;
using Quorate.Node.Gate;
using Quorate.Node.Signing;
using Quorate.Node.V1;
using Quorate.Policies;
using Quorate.Rpc;

namespace Quorate.Node.Service;

sealed partial class NodeService
{
    async Task<SignReply> SignAsync(SignRequest request, CancellationToken cancellation)
    {
        var asked = Read(() => new SigningRequest(
            IntentJson.Parse(request.Intent.Span), new(KindOf(request.Kind), request.Payload.Memory), ApprovalJson.Parse(request.Approvals.Span),
            request.Replaced is { } replaced ? new(IntentJson.Parse(replaced.Intent.Span), new(KindOf(replaced.Kind), replaced.Payload.Memory)) : null));
        if (node.Lead is not { } lead)
            // Without a deployment the rule refuses by itself; with one and nobody to reach, nothing can be signed.
            return await node.Gate.RuleAsync(asked, cancellation).ConfigureAwait(false) is Ruling.Refused refused
                ? ToReply(refused)
                : throw new RpcException(new(StatusCode.FailedPrecondition, "This node reaches no other: neither relay nor peers are configured."));
        return await lead.SignAsync(asked, cancellation).ConfigureAwait(false) switch
        {
            SigningReport.Signed signed => ToReply(signed),
            SigningReport.Refused no => ToReply(no.Ruling),
            SigningReport.Failed failed => ToReply(failed),
            var report => throw new InvalidOperationException($"{report} is no report."),
        };
    }

    static SignReply ToReply(SigningReport.Signed signed)
    {
        var reply = new Signed();
        reply.Signatures.Add(signed.Signatures.Select(ToSignature));
        return new() { Signed = reply };
    }

    static SignReply ToReply(Ruling.Refused refused) => new()
    {
        Refused = new() { Reason = refused.Reason.ToString(), Detail = refused.Detail, Trace = refused.Decision?.ToString() ?? "" },
    };

    static SignReply ToReply(SigningReport.Failed failed)
    {
        var reply = new Failed { Reason = failed.Reason };
        foreach (var attempt in failed.Attempts)
        {
            var line = new Attempt { Fault = attempt.Fault ?? "" };
            line.Quorum.Add(attempt.Quorum.Select(p => (uint)p.Value));
            line.Culprits.Add(attempt.Culprits.Select(p => (uint)p.Value));
            foreach (var (party, words) in attempt.Declined)
                line.Declined.Add(party.Value, words);
            reply.Attempts.Add(line);
        }
        return new() { Failed = reply };
    }

    static Signature ToSignature(InputSignature signature)
    {
        var message = new Signature
        {
            Input = (uint)signature.Index, PublicKey = ByteString.CopyFrom(signature.PublicKey.Span), Signature_ = ByteString.CopyFrom(signature.Signature.Span),
        };
        if (signature.RecoveryId is { } id)
            message.RecoveryId = id;
        return message;
    }

    static Gate.PayloadKind KindOf(V1.PayloadKind kind) => kind switch
    {
        V1.PayloadKind.Transaction => Gate.PayloadKind.Transaction,
        V1.PayloadKind.TypedData => Gate.PayloadKind.TypedData,
        V1.PayloadKind.PersonalMessage => Gate.PayloadKind.PersonalMessage,
        _ => throw new FormatException($"Payloads of kind {(int)kind} are not known."),
    };
}
