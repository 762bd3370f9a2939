using System.Text.Json.Serialization;

namespace Quorate.Server.Audit;

/// <summary>Nodes have co-signed a head of the journal.</summary>
/// <param name="Note">The head note, docs/spec/journal.md, with their signatures.</param>
sealed record HeadsCosigned(string Note);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(HeadsCosigned))]
sealed partial class AuditJson : JsonSerializerContext;
