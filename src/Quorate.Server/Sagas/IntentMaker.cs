using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Quorate.Policies;
using Quorate.Server.Governance;
using Quorate.Server.Recording;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>Makes of a draft what is approved and signed: the intent of docs/spec/intents.md.</summary>
static class IntentMaker
{
    /// <summary>The transaction with its intent. Of the same bytes for the same transfer it is always the same.</summary>
    /// <param name="transfer">The transfer.</param>
    /// <param name="wallet">Whose keys sign.</param>
    /// <param name="desk">What its chain's bytes mean.</param>
    /// <param name="draft">The bytes.</param>
    /// <param name="purpose">Why.</param>
    /// <param name="replaces">The transaction in whose place it comes.</param>
    /// <param name="expires">Until when the intent is good; a replacement is good for as long as what it replaces.</param>
    /// <exception cref="FormatException">The bytes are nothing that the chain knows.</exception>
    internal static PreparedTransaction Make(
        TransferState transfer, SigningWallet wallet, ITransferDesk desk, Draft draft, TransactionPurpose purpose, int? replaces, DateTimeOffset expires)
    {
        var form = transfer.Draft!.Subject is TransferSubject.Message message ? message.Form : PayloadForm.Transaction;
        var (effects, inputs) = desk.Read(form, draft.Unsigned, wallet.Context);
        var hash = new Digest(SHA256.HashData(draft.Unsigned.Span));
        System.Collections.Immutable.ImmutableArray<IntentSignature> signatures =
            [.. inputs.OrderBy(i => i.Index).Select(i => IntentSignature.From(i, wallet.Context.Path))];
        // A request of its own for every transaction: one request is one intent, for ever.
        var request = string.Create(CultureInfo.InvariantCulture, $"{transfer.Draft.Id}.{transfer.Transactions.Length}");
        var intent = purpose == TransactionPurpose.Replacement
            ? ApprovedOf(transfer, replaces!.Value).ReplaceBy(hash, signatures, request)
            : new Intent(
                wallet.Organisation, wallet.Wallet, wallet.Epoch, desk.Format.Chain, hash, signatures, request, transfer.Draft.Initiator,
                transfer.Draft.MaxFee, WholeSeconds(expires));
        using var json = JsonDocument.Parse(IntentJson.Write(intent));
        return new(
            purpose, replaces, form, new Blob(draft.Unsigned), hash, json.RootElement.Clone(), intent.Hash,
            effects.Fee?.Maximum, draft.Uses, EffectNote.Of(effects));
    }

    /// <summary>The intent of a transaction.</summary>
    internal static Intent Read(PreparedTransaction prepared) => IntentJson.Parse(Documents.Utf8(prepared.Intent));

    /// <summary>The transaction that was approved, of one that may itself stand in its place.</summary>
    internal static int ApprovedIndexOf(TransferState transfer, int transaction)
    {
        while (transfer.Transactions[transaction].Prepared is { Purpose: TransactionPurpose.Replacement, Replaces: { } earlier })
            transaction = earlier;
        return transaction;
    }

    static Intent ApprovedOf(TransferState transfer, int transaction) => Read(transfer.Transactions[ApprovedIndexOf(transfer, transaction)].Prepared);

    static DateTimeOffset WholeSeconds(DateTimeOffset at) => DateTimeOffset.FromUnixTimeSeconds(at.ToUnixTimeSeconds());
}
