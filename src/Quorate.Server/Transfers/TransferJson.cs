using System.Text.Json.Serialization;
using Quorate.Policies;
using Quorate.Server.Recording;

namespace Quorate.Server.Transfers;

/// <summary>The contracts of the events' JSON. What is unknown or missing in one makes it unreadable.</summary>
[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    Converters = [typeof(ResourceIdText), typeof(ChainIdText), typeof(AssetIdText), typeof(AmountText), typeof(DigestText),
        typeof(SnakeCase<Verdict>)])]
[JsonSerializable(typeof(TransferEvent.Requested))]
[JsonSerializable(typeof(TransferEvent.Submitted))]
[JsonSerializable(typeof(TransferEvent.ReservationNoted))]
[JsonSerializable(typeof(TransferEvent.ReservationDecided))]
[JsonSerializable(typeof(TransferEvent.ReservationSettled))]
[JsonSerializable(typeof(TransferEvent.TransactionPrepared))]
[JsonSerializable(typeof(TransferEvent.TransactionWithdrawn))]
[JsonSerializable(typeof(TransferEvent.PolicyJudged))]
[JsonSerializable(typeof(TransferEvent.ApprovalGiven))]
[JsonSerializable(typeof(TransferEvent.Queued))]
[JsonSerializable(typeof(TransferEvent.SigningBegun))]
[JsonSerializable(typeof(TransferEvent.SigningEnded))]
[JsonSerializable(typeof(TransferEvent.TransactionSigned))]
[JsonSerializable(typeof(TransferEvent.BroadcastBegun))]
[JsonSerializable(typeof(TransferEvent.BroadcastAccepted))]
[JsonSerializable(typeof(TransferEvent.BroadcastRefused))]
[JsonSerializable(typeof(TransferEvent.TransactionTracked))]
[JsonSerializable(typeof(TransferEvent.Ended))]
sealed partial class TransferJson : JsonSerializerContext;
