using Quorate.Node.Ceremonies;
using Quorate.Node.V1;
using Quorate.Policies;
using Quorate.Rpc;

namespace Quorate.Node.Service;

sealed partial class NodeService
{
    async Task<CeremonyStatus> LeadCeremonyAsync(LeadCeremonyRequest request, CancellationToken cancellation)
    {
        var (order, approvals) = Read(() => (CeremonyOrder.Parse(request.Order.Span), ApprovalJson.Parse(request.Approvals.Span)));
        var status = new CeremonyStatus { Id = order.Id, Order = Bytes(order.Hash) };
        if (node.Journal.State.Genesis is null)
            return Refused(status, new(CeremonyRefusal.NoGenesis, "No genesis document is installed."));
        if (node.Ceremonies is not { } ceremonies)
            throw new RpcException(new(StatusCode.FailedPrecondition, "This node reaches no other: neither relay nor peers are configured."));
        return await ceremonies.Desk.LeadAsync(order, approvals, cancellation).ConfigureAwait(false) is { } refused
            ? Refused(status, refused)
            : await ToStatusAsync(order.Id, cancellation).ConfigureAwait(false);
    }

    async Task<CeremonyStatus> GetCeremonyAsync(GetCeremonyRequest request, CancellationToken cancellation)
    {
        if (request.Order.Length is not (0 or Digest.Size) || (request.Id.Length > 0 ? !Naming.IsValid(request.Id) : request.Order.IsEmpty))
            throw Invalid("The id of an order, or its hash of 32 bytes.");
        Digest? hash = request.Order.IsEmpty ? null : new(request.Order.Span);
        var id = request.Id.Length > 0 ? request.Id
            : node.Journal.State.Ceremonies.Values.FirstOrDefault(open => open.Hash == hash)?.Order?.Id ?? node.Ceremonies?.Desk.Of(hash!.Value)?.Order.Id;
        var status = id is null ? null : await ToStatusAsync(id, cancellation).ConfigureAwait(false);
        return status is not null && !status.Order.IsEmpty && (hash is null || status.Order.Span.SequenceEqual(request.Order.Span))
            ? status
            : throw new RpcException(new(StatusCode.NotFound, hash is null
                ? $"This node has heard of no ceremony {request.Id}."
                : $"This node has no such ceremony in memory: one that has ended is found by its id."));
    }

    async Task<CeremonyStatus> ToStatusAsync(string id, CancellationToken cancellation)
    {
        var state = node.Journal.State;
        var (ceremony, progress) = node.Ceremonies is { } ceremonies
            ? await ceremonies.Host.LookAsync(id, cancellation).ConfigureAwait(false)
            : (state.Ceremonies.GetValueOrDefault(id, CeremonyState.Unknown), null);
        var status = new CeremonyStatus
        {
            Id = id, Order = Bytes(ceremony.Hash), Kind = KindOf(ceremony.Order?.Ceremony), Wallet = ceremony.Order?.Ceremony.WalletName ?? "",
            Stage = StageOf(ceremony, progress is not null), Attempt = (uint)ceremony.Joined, Fault = ceremony.LastFault ?? "", IsProven = ceremony.IsFaultProven,
            Outcome = ceremony.Outcome ?? "", ExpiresAt = ceremony.Order?.ExpiresAt.ToUnixTimeSeconds() ?? 0,
        };
        status.Culprits.Add(ceremony.Culprits);
        if (progress is not null)
            (status.Step, status.Done, status.Steps) = (progress.Step, (uint)progress.Done, (uint)progress.Steps);
        // Read after the ceremony's own stream: what has ended has its keys in the state.
        if (ceremony.Outcome is not null && node.Journal.State.Wallets.TryGetValue(status.Wallet, out var wallet))
            status.Keys = ToWallet(wallet);
        if (ceremony.Hash is { } order && node.Ceremonies?.Desk.Of(order) is { } leading)
            status.Lead = ToLead(leading);
        return status;
    }

    static CeremonyStatus Refused(CeremonyStatus status, CeremonyRefused refused)
    {
        (status.Refused, status.Detail) = (refused.Reason.ToString(), refused.Detail);
        return status;
    }

    static CeremonyLead ToLead(Leading leading)
    {
        var lead = new CeremonyLead { IsLeading = leading.IsRunning, Fault = leading.Problem ?? "" };
        if (leading.Progress is { } progress)
            (lead.Step, lead.Attempt, lead.Done, lead.Steps) = (progress.Step, (uint)progress.Attempt, (uint)progress.Done, (uint)progress.Steps);
        switch (leading.Result)
        {
            case CeremonyResult.Completed completed:
                lead.Told.Add(completed.Told);
                break;
            case CeremonyResult.Refused refused:
                lead.Fault = refused.Reason.ToString();
                break;
            case CeremonyResult.Failed failed:
                lead.Attempts = (uint)failed.Attempts;
                lead.Named.Add(failed.Named);
                break;
        }
        if (((leading.Result as CeremonyResult.Failed)?.Attempt ?? (leading.IsRunning ? leading.Progress?.Last : null)) is { } attempt)
        {
            (lead.Fault, lead.IsProven) = (attempt.Fault, attempt.IsProven);
            lead.Culprits.Add(attempt.Culprits);
            lead.Blames.Add(attempt.Blames.Select(ToBlame));
        }
        return lead;
    }

    static V1.Blame ToBlame(Ceremonies.Blame blame)
    {
        var message = new V1.Blame { By = blame.By, Fault = blame.Fault, IsCertain = blame.IsCertain };
        message.Accused.Add(blame.Accused);
        return message;
    }

    static CeremonyStage StageOf(CeremonyState ceremony, bool isRunning) =>
        ceremony.Outcome is not null ? CeremonyStage.Ended
        : ceremony.IsCertified ? CeremonyStage.Certified
        : isRunning ? CeremonyStage.Running
        : ceremony.IsUnsettled ? CeremonyStage.Attested
        : ceremony.Order is not null ? CeremonyStage.Allowed
        : CeremonyStage.Unspecified;

    static string KindOf(Ceremony? ceremony) => ceremony switch
    {
        Ceremony.CreateWallet => "createWallet",
        Ceremony.Refresh => "refresh",
        Ceremony.Reshare => "reshare",
        Ceremony.Repair => "repair",
        Ceremony.ImportKey => "importKey",
        Ceremony.Backup => "backup",
        _ => "",
    };
}
