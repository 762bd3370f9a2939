using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Serialization;
using Quorate.Cryptography.Curves;
using Quorate.Journal.Events;
using Quorate.Policies;
using Quorate.Server.Deciding;
using Quorate.Server.Ids;
using Quorate.Server.Recording;

namespace Quorate.Server.ApiKeys;

/// <summary>What a caller may do.</summary>
[JsonConverter(typeof(SnakeCase<Role>))]
enum Role
{
    Viewer = 1,
    Initiator = 2,
    Approver = 3,
    Admin = 4,
    Auditor = 5,
}

/// <summary>How requests are signed.</summary>
[JsonConverter(typeof(SnakeCase<KeyAlgorithm>))]
enum KeyAlgorithm
{
    /// <summary>32 bytes of public key.</summary>
    Ed25519 = 1,

    /// <summary>ECDSA, SHA-256; 64 bytes of public key, x ‖ y.</summary>
    P256 = 2,
}

/// <summary>What has happened to an API key. Closed.</summary>
abstract record ApiKeyEvent(DateTimeOffset At)
{
    internal sealed record ApiKeyIssued(
        DateTimeOffset At, ResourceId Id, string Name, string? Member, KeyAlgorithm Algorithm, Blob PublicKey, ImmutableArray<Role> Roles, ImmutableArray<string> Networks,
        DateTimeOffset ExpiresAt, string By) : ApiKeyEvent(At);

    /// <summary>Another key pair; the old one is good until then.</summary>
    internal sealed record ApiKeyRotated(DateTimeOffset At, KeyAlgorithm Algorithm, Blob PublicKey, DateTimeOffset OldUntil, DateTimeOffset ExpiresAt) : ApiKeyEvent(At);

    internal sealed record ApiKeyNetworksSet(DateTimeOffset At, ImmutableArray<string> Networks) : ApiKeyEvent(At);

    internal sealed record ApiKeyRevoked(DateTimeOffset At, string By, string Reason) : ApiKeyEvent(At);

    internal static EventCatalog<ApiKeyEvent> Catalog { get; } = new EventCatalogBuilder<ApiKeyEvent>()
        .AddJson("api-key-issued", 1, ApiKeyJson.Default.ApiKeyIssued)
        .AddJson("api-key-rotated", 1, ApiKeyJson.Default.ApiKeyRotated)
        .AddJson("api-key-networks-set", 1, ApiKeyJson.Default.ApiKeyNetworksSet)
        .AddJson("api-key-revoked", 1, ApiKeyJson.Default.ApiKeyRevoked)
        .Build();
}

/// <summary>What can be asked of an API key. Closed.</summary>
abstract record ApiKeyCommand(DateTimeOffset At)
{
    internal sealed record Issue(
        DateTimeOffset At, ResourceId Id, string Name, string? Member, KeyAlgorithm Algorithm, Blob PublicKey, ImmutableArray<Role> Roles, ImmutableArray<string> Networks,
        DateTimeOffset ExpiresAt, string By) : ApiKeyCommand(At);

    internal sealed record Rotate(DateTimeOffset At, KeyAlgorithm Algorithm, Blob PublicKey, DateTimeOffset OldUntil, DateTimeOffset ExpiresAt) : ApiKeyCommand(At);

    internal sealed record SetNetworks(DateTimeOffset At, ImmutableArray<string> Networks) : ApiKeyCommand(At);

    internal sealed record Revoke(DateTimeOffset At, string By, string Reason) : ApiKeyCommand(At);
}

/// <summary>A public key with its time.</summary>
sealed record TimedKey(KeyAlgorithm Algorithm, Blob PublicKey, DateTimeOffset Until);

/// <summary>Who may call the API with which public keys, from where, as what, until when. No secret of it is here.</summary>
sealed record ApiKey(
    ResourceId Id, string Name, string? Member, ImmutableArray<TimedKey> Keys, ImmutableArray<Role> Roles, ImmutableArray<string> Networks, bool IsRevoked)
{
    /// <summary>Longest time that a key pair is good for: what is never renewed is forgotten, and found.</summary>
    internal static readonly TimeSpan MaxLifetime = TimeSpan.FromDays(366);

    /// <summary>Longest time that the old key pair is good beside the new one.</summary>
    internal static readonly TimeSpan MaxOverlap = TimeSpan.FromDays(7);

    internal static ApiKey None { get; } = new(default, "", null, [], [], [], false);

    internal static Decider<ApiKey, ApiKeyCommand, ApiKeyEvent> Decider { get; } = new("api-key", ApiKeyEvent.Catalog, None, Decide, Evolve,
        (_, happened) => happened switch
        {
            // One key pair is one caller, for ever.
            ApiKeyEvent.ApiKeyIssued e => [new("api_key_name", e.Name, e.Id.ToString()), new("api_public_key", Convert.ToHexStringLower(e.PublicKey.Bytes.Span), e.Id.ToString())],
            _ => [],
        });

    /// <summary>The keys that verify at a time; none where it is revoked.</summary>
    internal IEnumerable<TimedKey> KeysAt(DateTimeOffset now) => IsRevoked ? [] : Keys.Where(k => now < k.Until);

    /// <summary>Whether a caller from there is let in: anybody where no network is named.</summary>
    internal bool IsFrom(IPAddress address) => Networks.IsEmpty || Networks.Any(n => IPNetwork.Parse(n).Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));

    internal static Decision<ApiKeyEvent> Decide(ApiKey key, ApiKeyCommand command) => (key.Id.Kind, command) switch
    {
        (0, ApiKeyCommand.Issue c) => (Rules.Text(c.Name, "name") ?? Lifetime(c.At, c.ExpiresAt) ?? Public(c.Algorithm, c.PublicKey) ?? Lists(c.Roles, c.Networks)) is { } wrong
            ? wrong
            : new ApiKeyEvent.ApiKeyIssued(c.At, c.Id.Require(ResourceKind.ApiKey), c.Name, c.Member, c.Algorithm, c.PublicKey, c.Roles, c.Networks, c.ExpiresAt, c.By),
        (0, _) => Rules.NotFound("API key"),
        (_, ApiKeyCommand.Issue c) => key.Name == c.Name && key.Keys[0].PublicKey.Equals(c.PublicKey) ? Decision<ApiKeyEvent>.Nothing : Rules.AlreadyExists("API key"),
        (_, ApiKeyCommand.Revoke c) => key.IsRevoked ? Decision<ApiKeyEvent>.Nothing : new ApiKeyEvent.ApiKeyRevoked(c.At, c.By, c.Reason),
        _ when key.IsRevoked => Rules.WrongState("It was revoked."),
        (_, ApiKeyCommand.Rotate c) => key.Keys[^1].PublicKey.Equals(c.PublicKey) ? Decision<ApiKeyEvent>.Nothing
            : key.Keys.Any(k => k.PublicKey.Equals(c.PublicKey)) ? Rules.WrongState("That key pair was used before.")
            : c.OldUntil - c.At > MaxOverlap ? new Refusal("invalid_overlap", $"The old key is good for at most {MaxOverlap.Days} days more.")
            : (Lifetime(c.At, c.ExpiresAt) ?? Public(c.Algorithm, c.PublicKey)) is { } wrong ? wrong
            : new ApiKeyEvent.ApiKeyRotated(c.At, c.Algorithm, c.PublicKey, c.OldUntil, c.ExpiresAt),
        (_, ApiKeyCommand.SetNetworks c) => c.Networks.SequenceEqual(key.Networks) ? Decision<ApiKeyEvent>.Nothing
            : Lists(key.Roles, c.Networks) is { } wrong ? wrong : new ApiKeyEvent.ApiKeyNetworksSet(c.At, c.Networks),
        _ => throw new System.Diagnostics.UnreachableException(command.GetType().Name),
    };

    internal static ApiKey Evolve(ApiKey key, ApiKeyEvent happened) => happened switch
    {
        ApiKeyEvent.ApiKeyIssued e => new(e.Id, e.Name, e.Member, [new(e.Algorithm, e.PublicKey, e.ExpiresAt)], e.Roles, e.Networks, false),
        ApiKeyEvent.ApiKeyRotated e => key with
        {
            Keys = [.. key.Keys.Select(k => k with { Until = k.Until < e.OldUntil ? k.Until : e.OldUntil }), new(e.Algorithm, e.PublicKey, e.ExpiresAt)],
        },
        ApiKeyEvent.ApiKeyNetworksSet e => key with { Networks = e.Networks },
        ApiKeyEvent.ApiKeyRevoked => key with { IsRevoked = true },
        _ => throw new System.Diagnostics.UnreachableException(happened.GetType().Name),
    };

    static Refusal? Lifetime(DateTimeOffset at, DateTimeOffset until) =>
        until > at && until - at <= MaxLifetime ? null : new("invalid_expiry", $"A key is good for up to {MaxLifetime.Days} days.");

    static Refusal? Public(KeyAlgorithm algorithm, Blob key) =>
        (algorithm == KeyAlgorithm.P256 ? P256PublicKey.TryDecode(key.Bytes.Span, out _) : Point<Ed25519>.TryDecode(key.Bytes.Span, out var point) && !point.IsIdentity)
            ? null : new("invalid_key", "A point of the curve: 32 bytes for Ed25519, 64, x and y, for P-256.");

    static Refusal? Lists(ImmutableArray<Role> roles, ImmutableArray<string> networks) =>
        roles.IsDefaultOrEmpty || roles.Distinct().Count() != roles.Length ? new("invalid_roles", "At least one role, and none twice.")
        : networks.Any(n => !IPNetwork.TryParse(n, out _)) ? new("invalid_network", "Networks are written as address/length.") : null;
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [typeof(ResourceIdText)])]
[JsonSerializable(typeof(ApiKeyEvent.ApiKeyIssued))]
[JsonSerializable(typeof(ApiKeyEvent.ApiKeyRotated))]
[JsonSerializable(typeof(ApiKeyEvent.ApiKeyNetworksSet))]
[JsonSerializable(typeof(ApiKeyEvent.ApiKeyRevoked))]
sealed partial class ApiKeyJson : JsonSerializerContext;
