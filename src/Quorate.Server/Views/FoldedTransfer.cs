using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Quorate.Policies;
using Quorate.Server.Recording;
using Quorate.Server.Transfers;

namespace Quorate.Server.Views;

/// <summary>
/// As much of a transfer's state as its status follows from, in the row of a read model: so an event is applied without
/// reading the stream again. Bytes, approvals and traces are not in it.
/// </summary>
static class FoldedTransfer
{
    internal sealed record Row(
        TransferPhase Phase, TransferStatus? End, bool IsReorganised, int Reorgs, DateTimeOffset RequestedAt, ImmutableArray<RowTransaction> Transactions,
        ImmutableArray<RowReservation> Reservations);

    internal sealed record RowTransaction(TransactionPurpose Purpose, TransactionStage Stage, int Attempts, bool WasBroadcast, bool IsSigned, string? Id, string? Block);

    internal sealed record RowReservation(Reservation Reservation, ReservationOutcome? Outcome, bool IsSettled);

    /// <summary>The state as a text.</summary>
    internal static string Write(TransferState state) => JsonSerializer.Serialize(new Row(
        state.Phase, state.End, state.IsReorganised, state.Reorgs, state.RequestedAt,
        [.. state.Transactions.Select(t => new RowTransaction(t.Prepared.Purpose, t.Stage, t.Attempts, t.WasBroadcast, !t.Signatures.IsEmpty, t.TransactionId, t.BlockHash))],
        [.. state.Reservations.Select(r => new RowReservation(r.Reservation, r.Outcome, r.IsSettled))]), FoldedJson.Default.Row);

    /// <summary>The state of a text, good for evolving and for its status.</summary>
    internal static TransferState Read(string text)
    {
        var row = JsonSerializer.Deserialize(text, FoldedJson.Default.Row)!;
        return TransferState.None with
        {
            Phase = row.Phase, End = row.End, IsReorganised = row.IsReorganised, Reorgs = row.Reorgs, RequestedAt = row.RequestedAt,
            Transactions = [.. row.Transactions.Select(Transaction)],
            Reservations = [.. row.Reservations.Select(r => new NotedReservation(r.Reservation, r.Outcome, r.IsSettled))],
        };
    }

    static TransferTransaction Transaction(RowTransaction t) =>
        new(new(t.Purpose, null, PayloadForm.Transaction, default, default, default, default, null, [], []), t.Stage)
        {
            Attempts = t.Attempts, WasBroadcast = t.WasBroadcast, TransactionId = t.Id, BlockHash = t.Block,
            Signatures = t.IsSigned ? [new(0, default, default, null)] : [], SignedHash = t.IsSigned ? default(Digest) : null,
        };
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    Converters = [typeof(AssetIdText), typeof(AmountText)])]
[JsonSerializable(typeof(FoldedTransfer.Row))]
sealed partial class FoldedJson : JsonSerializerContext;
