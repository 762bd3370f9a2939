using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Quorate.Server.Recording;
using Quorate.Server.Sagas;
using Quorate.Server.Transfers;
using Quorate.Server.Views;
using Quorate.V1;

namespace Quorate.Server.Api;

/// <summary>Transfers as the API shows them.</summary>
static class TransferMessages
{
    internal static Transfer Of(TransferState state, long version)
    {
        var draft = state.Draft!;
        var message = new Transfer
        {
            Id = draft.Id.ToString(), Kind = SnakeCase.Text(draft.Id.Kind), Wallet = draft.Wallet.ToString(), Vault = draft.Vault.ToString(),
            Chain = draft.Subject.Chain.ToString(), Status = SnakeCase.Text(state.Status),
            SubStatus = state.SubStatus == SubStatus.None ? "" : SnakeCase.Text(state.SubStatus), Reason = state.EndReason ?? "",
            From = draft.Subject.From, Initiator = draft.Initiator, MaxFee = draft.MaxFee?.Amount.ToString() ?? "",
            ExpireTime = Timestamp.FromDateTimeOffset(draft.ExpiresAt), ExternalId = draft.ExternalId ?? "", Note = draft.Note ?? "", Reorgs = state.Reorgs,
            ReplacedBy = state.ReplacedBy ?? "", CreateTime = Timestamp.FromDateTimeOffset(state.RequestedAt), Version = version,
        };
        if (draft.Subject is TransferSubject.Payment wish)
            (message.Asset, message.Amount, message.To, message.Memo) = (wish.Asset.ToString(), wish.Amount.ToString(), wish.To, wish.Memo ?? "");
        message.Transactions.Add(state.Transactions.Select(t => Of(t, state)));
        if (state.Judged is { } judged)
        {
            message.Decision = new() { Verdict = SnakeCase.Text(judged.Verdict), Policy = judged.Policy.ToString(), Trace = judged.Trace };
            message.Decision.Outstanding.Add(judged.Outstanding);
        }
        return message;
    }

    internal static Preview Of(Previewed preview)
    {
        var message = new Preview { Transfer = Of(preview.State, 0), Problem = preview.Problem ?? "" };
        message.Reservations.Add(preview.State.Reservations.Where(r => r.IsHeld).Select(r =>
        {
            var shown = new V1.Reservation
            {
                Kind = SnakeCase.Text(r.Reservation.Kind), Lane = r.Reservation.Lane, Asset = r.Reservation.Asset?.ToString() ?? "", Amount = r.Reservation.Amount?.ToString() ?? "",
            };
            shown.Slots.Add(r.Reservation.Slots);
            return shown;
        }));
        return message;
    }

    internal static TransferLine Of(TransferRow row) => new()
    {
        Id = row.Id, Kind = row.Kind, Wallet = row.Wallet, Vault = row.Vault, Chain = row.Chain, Asset = row.Asset ?? "", Amount = row.Amount ?? "",
        From = row.Sender, To = row.Recipient ?? "", Initiator = row.Initiator, ExternalId = row.ExternalId ?? "", Note = row.Note ?? "", Status = row.Status,
        SubStatus = row.SubStatus, TransactionId = row.TransactionId ?? "", Reorgs = row.Reorgs,
        CreateTime = Timestamp.FromDateTimeOffset(row.RequestedAt), UpdateTime = Timestamp.FromDateTimeOffset(row.UpdatedAt),
    };

    static Transaction Of(TransferTransaction transaction, TransferState state)
    {
        var prepared = transaction.Prepared;
        var message = new Transaction
        {
            Purpose = SnakeCase.Text(prepared.Purpose), Stage = SnakeCase.Text(transaction.Stage), TransactionId = transaction.TransactionId ?? "",
            IntentHash = prepared.IntentHash.ToString(), Intent = Answers.Document(prepared.Intent), Unsigned = ByteString.CopyFrom(prepared.Unsigned.Bytes.Span),
            Signed = transaction.Signed is { } signed ? ByteString.CopyFrom(signed.Bytes.Span) : ByteString.Empty,
            BlockHash = transaction.BlockHash ?? "", BlockHeight = transaction.BlockHeight ?? 0, Fault = transaction.Fault ?? "",
        };
        message.Signatures.Add(transaction.Signatures.Select(Of));
        message.Effects.Add(prepared.Effects.Select(e => new Effect
        {
            Kind = e.Kind, From = e.From ?? "", To = e.To ?? "", Asset = e.Asset?.ToString() ?? "", Amount = e.Amount?.ToString() ?? "", Text = e.Text ?? "",
        }));
        message.Approvers.Add(state.Approvals.Where(a => a.Transaction == transaction.ApprovedAs).Select(a => a.Member).Distinct(StringComparer.Ordinal));
        return message;
    }

    static Signature Of(RecordedSignature signature)
    {
        var message = new Signature
        {
            Index = signature.Index, PublicKey = ByteString.CopyFrom(signature.PublicKey.Bytes.Span), Signature_ = ByteString.CopyFrom(signature.Value.Bytes.Span),
        };
        if (signature.RecoveryId is { } recovery)
            message.RecoveryId = recovery;
        return message;
    }
}
