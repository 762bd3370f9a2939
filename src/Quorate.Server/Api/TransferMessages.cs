using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Quorate.Chains;
using Quorate.Server.Recording;
using Quorate.Server.Sagas;
using Quorate.Server.Transfers;
using Quorate.Server.Views;
using Quorate.V1;
using Effect = Quorate.V1.Effect;
using Transfer = Quorate.V1.Transfer;

namespace Quorate.Server.Api;

/// <summary>Transfers as the API shows them.</summary>
/// <param name="units">How amounts are written.</param>
sealed class TransferMessages(AssetUnits units)
{
    internal Transfer Of(TransferState state, long version)
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
        {
            (message.Asset, message.Amount, message.To, message.Memo) = (wish.Asset.ToString(), wish.Amount.ToString(), wish.To, wish.Memo ?? "");
            units.Show(wish.Asset, d => message.Decimals = d, s => message.Symbol = s);
        }
        units.Show(draft.MaxFee?.Asset, d => message.FeeDecimals = d, s => message.FeeSymbol = s);
        message.Transactions.Add(state.Transactions.Select(t => Of(t, state)));
        if (state.Judged is { } judged)
        {
            message.Decision = new() { Verdict = SnakeCase.Text(judged.Verdict), Policy = judged.Policy.ToString(), Trace = judged.Trace };
            message.Decision.Outstanding.Add(judged.Outstanding);
        }
        return message;
    }

    internal Preview Of(Previewed preview)
    {
        var message = new Preview { Transfer = Of(preview.State, 0), Problem = preview.Problem ?? "" };
        message.Reservations.Add(preview.State.Reservations.Where(r => r.IsHeld).Select(r =>
        {
            var shown = new V1.Reservation
            {
                Kind = SnakeCase.Text(r.Reservation.Kind), Lane = r.Reservation.Lane, Asset = r.Reservation.Asset?.ToString() ?? "", Amount = r.Reservation.Amount?.ToString() ?? "",
            };
            units.Show(r.Reservation.Asset, d => shown.Decimals = d, s => shown.Symbol = s);
            shown.Slots.Add(r.Reservation.Slots);
            return shown;
        }));
        return message;
    }

    internal TransferLine Of(TransferRow row)
    {
        var line = Line(row);
        units.Show(AssetId.TryParse(row.Asset, out var asset) ? asset : null, d => line.Decimals = d, s => line.Symbol = s);
        return line;
    }

    static TransferLine Line(TransferRow row) => new()
    {
        Id = row.Id, Kind = row.Kind, Wallet = row.Wallet, Vault = row.Vault, Chain = row.Chain, Asset = row.Asset ?? "", Amount = row.Amount ?? "",
        From = row.Sender, To = row.Recipient ?? "", Initiator = row.Initiator, ExternalId = row.ExternalId ?? "", Note = row.Note ?? "", Status = row.Status,
        SubStatus = row.SubStatus, TransactionId = row.TransactionId ?? "", Reorgs = row.Reorgs,
        CreateTime = Timestamp.FromDateTimeOffset(row.RequestedAt), UpdateTime = Timestamp.FromDateTimeOffset(row.UpdatedAt),
    };

    Transaction Of(TransferTransaction transaction, TransferState state)
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
        message.Effects.Add(prepared.Effects.Select(Of));
        message.Approvers.Add(state.Approvals.Where(a => a.Transaction == transaction.ApprovedAs).Select(a => a.Member).Distinct(StringComparer.Ordinal));
        return message;
    }

    Effect Of(EffectNote note)
    {
        var effect = new Effect
        {
            Kind = note.Kind, From = note.From ?? "", To = note.To ?? "", Asset = note.Asset?.ToString() ?? "", Amount = note.Amount?.ToString() ?? "", Text = note.Text ?? "",
        };
        units.Show(note.Asset, d => effect.Decimals = d, s => effect.Symbol = s);
        return effect;
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
