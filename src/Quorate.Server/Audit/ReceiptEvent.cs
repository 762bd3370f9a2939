using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Quorate.Journal.Events;
using Quorate.Server.Recording;

namespace Quorate.Server.Audit;

/// <summary>A node's decision as it came: docs/spec/receipts.md.</summary>
/// <param name="Document">Its canonical form.</param>
/// <param name="Signature">Ed25519, 64 bytes.</param>
sealed record KeptDecision(Blob Document, Blob Signature);

/// <summary>What nodes have stated about a transaction that they signed. Everything else of the receipt is in the transfer's own stream.</summary>
/// <param name="At">When it was gathered.</param>
/// <param name="Transaction">Which transaction of the transfer.</param>
/// <param name="Acts">How many acts of the administrators the latest of them rests on.</param>
/// <param name="Decisions">Those of the nodes that took part, each verified.</param>
sealed record DecisionsGathered(DateTimeOffset At, int Transaction, ulong Acts, ImmutableArray<KeptDecision> Decisions)
{
    internal static EventCatalog<DecisionsGathered> Catalog { get; } = new EventCatalogBuilder<DecisionsGathered>()
        .AddJson("receipt-decisions-gathered", 1, ReceiptJson.Default.DecisionsGathered)
        .Build();
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(DecisionsGathered))]
sealed partial class ReceiptJson : JsonSerializerContext;
