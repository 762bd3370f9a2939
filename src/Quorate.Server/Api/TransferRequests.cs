using Google.Protobuf.WellKnownTypes;
using Quorate.Chains;
using Quorate.Policies;
using Quorate.Rpc.Server;
using Quorate.Server.Access;
using Quorate.Server.Deciding;
using Quorate.Server.Hosting;
using Quorate.Server.Ids;
using Quorate.Server.Transfers;
using Quorate.V1;

namespace Quorate.Server.Api;

/// <summary>Makes drafts of requests: every field checked, addresses in their canonical text.</summary>
sealed class TransferRequests(ApiParts server)
{
    /// <summary>How long a request is good for that does not say.</summary>
    static readonly TimeSpan usualLifetime = TimeSpan.FromDays(1);

    internal Task<TransferDraft> ReadAsync(CreateTransferRequest request, ServerCallContext context)
    {
        if (!AssetId.TryParse(request.Asset, out var asset))
            throw Answers.Invalid("/asset", "not a CAIP-19 asset.");
        var chain = server.ChainOf(asset.Chain, "/asset");
        var to = Answers.Read(() => chain.ParseAddress(request.To).Text, "/to");
        var amount = Answers.Amount(request.Amount, "/amount");
        if (amount == Amount.Zero)
            throw Answers.Invalid("/amount", "nothing is no amount.");
        return DraftAsync(chain, request.Wallet, request.From, request.MaxFee, request.Initiator, request.ExpireTime, request.ExternalId, request.Note,
            from => new TransferSubject.Payment(asset, amount, to, from, Answers.Text(request.Memo), request.Coins.Count == 0 ? null : new([.. request.Coins])), context);
    }

    internal Task<TransferDraft> ReadAsync(CreateTransactionRequest request, ServerCallContext context)
    {
        if (request.Unsigned.IsEmpty)
            throw Answers.Invalid("/unsigned", "it is missing.");
        var chain = server.ChainOf(request.Chain);
        return DraftAsync(chain, request.Wallet, request.From, request.MaxFee, request.Initiator, request.ExpireTime, request.ExternalId, request.Note,
            from => new TransferSubject.Unsigned(chain.Chain, from, new(request.Unsigned.Memory)), context);
    }

    internal Task<TransferDraft> ReadAsync(CreateSignatureRequest request, ServerCallContext context)
    {
        var form = request.Form switch
        {
            "typed_data" => PayloadForm.TypedData,
            "personal_message" => PayloadForm.PersonalMessage,
            _ => throw Answers.Invalid("/form", "it is typed_data or personal_message."),
        };
        var chain = server.ChainOf(request.Chain);
        return DraftAsync(chain, request.Wallet, request.From, null, request.Initiator, request.ExpireTime, request.ExternalId, request.Note,
            from => new TransferSubject.Message(chain.Chain, from, form, new(request.Message.Memory)), context);
    }

    /// <summary>A child that pays for its parent.</summary>
    internal Task<TransferDraft> ReadAsync(TransferDraft parent, TransferSubject.Payment child, AccelerateTransferRequest request, ServerCallContext context) => DraftAsync(
        server.ChainOf(child.Chain, "/transfer"), parent.Wallet.ToString(), child.From, request.MaxFee, request.Initiator, null, "", $"Pays for {parent.Id} as well.", _ => child, context);

    async Task<TransferDraft> DraftAsync(
        ChainConnection chain, string walletId, string fromText, string? maxFee, string initiator, Timestamp? expireTime, string externalId, string note,
        Func<string, TransferSubject> subjectOf, ServerCallContext context)
    {
        var (wallet, _) = await server.Store.Wallets.FindAsync(walletId, ResourceKind.Wallet, context).ConfigureAwait(false);
        if ((await server.Store.Vaults.ReadAsync(wallet.Vault.ToString(), context.CancellationToken).ConfigureAwait(false)).State.IsFrozen)
            throw Answers.Problem(new("vault_frozen", "The wallet's vault is frozen.", IsRetryable: true));
        if (server.Features.Withheld(chain.Chain, wallet.Vault) is { } withheld)
            throw Answers.Problem(withheld);
        var member = Caller.Of(context).ActingAs(initiator, "/initiator");
        foreach (var (text, pointer) in new[] { (externalId, "externalId"), (note, "note") })
            if (Rules.Text(Answers.Text(text), pointer) is { } wrong)
                throw Answers.Problem(wrong);
        var subject = subjectOf(FromOf(chain, wallet, fromText));
        var fee = maxFee is null ? null : new MaxFee(chain.Coin, Answers.Amount(maxFee, "/maxFee"));
        return new(
            server.Store.Ids.Next(TransferDraft.KindOf(subject)), subject, wallet.Id, wallet.Vault, member, fee,
            expireTime?.ToDateTimeOffset() ?? server.Now + usualLifetime, Answers.Text(externalId), Answers.Text(note));
    }

    static string FromOf(ChainConnection chain, Wallets.Wallet wallet, string text)
    {
        var given = wallet.Addresses.Where(a => a.Chain == chain.Chain);
        if (text.Length == 0)
            return given.FirstOrDefault()?.Address ?? throw Answers.Problem(new("no_address", $"The wallet has no address on {chain.Chain} yet."));
        var from = Answers.Read(() => chain.ParseAddress(text).Text, "/from");
        return given.Any(a => a.Address == from) ? from : throw Answers.Invalid("/from", "no address of the wallet.");
    }
}
