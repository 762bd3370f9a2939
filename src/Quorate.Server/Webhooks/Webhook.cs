using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Quorate.Journal.Events;
using Quorate.Server.Deciding;
using Quorate.Server.Events;
using Quorate.Server.Ids;
using Quorate.Server.Recording;

namespace Quorate.Server.Webhooks;

/// <summary>A key that deliveries are signed with: its public half. The other one is no event.</summary>
sealed record WebhookKey(string KeyId, Blob PublicKey, DateTimeOffset? Until);

/// <summary>What has happened to an endpoint. Closed.</summary>
abstract record WebhookEvent(DateTimeOffset At)
{
    internal sealed record WebhookRegistered(DateTimeOffset At, ResourceId Id, string Url, ImmutableArray<string> Kinds, string KeyId, Blob PublicKey) : WebhookEvent(At);

    internal sealed record WebhookChanged(DateTimeOffset At, string Url, ImmutableArray<string> Kinds) : WebhookEvent(At);

    /// <summary>Another key signs; the one before is published until then.</summary>
    internal sealed record WebhookKeyRolled(DateTimeOffset At, string KeyId, Blob PublicKey, DateTimeOffset OldUntil) : WebhookEvent(At);

    internal sealed record WebhookPaused(DateTimeOffset At, bool IsPaused, string Reason) : WebhookEvent(At);

    internal sealed record WebhookRemoved(DateTimeOffset At, string By) : WebhookEvent(At);

    internal static EventCatalog<WebhookEvent> Catalog { get; } = new EventCatalogBuilder<WebhookEvent>()
        .AddJson("webhook-registered", 1, WebhookJson.Default.WebhookRegistered)
        .AddJson("webhook-changed", 1, WebhookJson.Default.WebhookChanged)
        .AddJson("webhook-key-rolled", 1, WebhookJson.Default.WebhookKeyRolled)
        .AddJson("webhook-paused", 1, WebhookJson.Default.WebhookPaused)
        .AddJson("webhook-removed", 1, WebhookJson.Default.WebhookRemoved)
        .Build();
}

/// <summary>What can be asked of an endpoint. Closed.</summary>
abstract record WebhookCommand(DateTimeOffset At)
{
    internal sealed record Register(DateTimeOffset At, ResourceId Id, string Url, ImmutableArray<string> Kinds, string KeyId, Blob PublicKey) : WebhookCommand(At);

    internal sealed record Change(DateTimeOffset At, string Url, ImmutableArray<string> Kinds) : WebhookCommand(At);

    internal sealed record RollKey(DateTimeOffset At, string KeyId, Blob PublicKey, DateTimeOffset OldUntil) : WebhookCommand(At);

    internal sealed record Pause(DateTimeOffset At, bool IsPaused, string Reason) : WebhookCommand(At);

    internal sealed record Remove(DateTimeOffset At, string By) : WebhookCommand(At);
}

/// <summary>An endpoint that events are delivered to, and the public keys it verifies them with. Whether an address may be called is asked at delivery.</summary>
sealed record Webhook(ResourceId Id, string Url, ImmutableArray<string> Kinds, ImmutableArray<WebhookKey> Keys, bool IsPaused, bool IsRemoved)
{
    /// <summary>Characters in an address.</summary>
    internal const int MaxUrl = 2_048;

    /// <summary>Keys that are published at one time: each signs every delivery.</summary>
    internal const int MaxKeys = 4;

    /// <summary>Why it is paused; null where it is not.</summary>
    internal string? PauseReason { get; init; }

    /// <summary>The keys that are published then, the latest last.</summary>
    internal IEnumerable<WebhookKey> KeysAt(DateTimeOffset at) => Keys.Where(k => k.Until is null || k.Until > at);

    /// <summary>Whether it wants events of a type.</summary>
    internal bool Wants(string type) => Kinds.Any(pattern => EventRules.IsMatch(pattern, type));

    internal static Webhook None { get; } = new(default, "", [], [], false, false);

    internal static Decider<Webhook, WebhookCommand, WebhookEvent> Decider { get; } = new("webhook", WebhookEvent.Catalog, None, Decide, Evolve);

    internal static Decision<WebhookEvent> Decide(Webhook hook, WebhookCommand command) => (hook.Id.Kind, command) switch
    {
        (0, WebhookCommand.Register c) => (Endpoint(c.Url, c.Kinds) ?? Key(c.PublicKey)) is { } wrong ? wrong
            : new WebhookEvent.WebhookRegistered(c.At, c.Id.Require(ResourceKind.Webhook), c.Url, c.Kinds, c.KeyId, c.PublicKey),
        (0, _) => Rules.NotFound("webhook"),
        (_, WebhookCommand.Register c) => hook.Url == c.Url && hook.Keys.Any(k => k.KeyId == c.KeyId) ? Decision<WebhookEvent>.Nothing : Rules.AlreadyExists("webhook"),
        (_, WebhookCommand.Remove c) => hook.IsRemoved ? Decision<WebhookEvent>.Nothing : new WebhookEvent.WebhookRemoved(c.At, c.By),
        _ when hook.IsRemoved => Rules.WrongState("It was removed."),
        (_, WebhookCommand.Change c) => c.Url == hook.Url && c.Kinds.SequenceEqual(hook.Kinds) ? Decision<WebhookEvent>.Nothing
            : Endpoint(c.Url, c.Kinds) is { } wrong ? wrong : new WebhookEvent.WebhookChanged(c.At, c.Url, c.Kinds),
        (_, WebhookCommand.RollKey c) => hook.Keys[^1].KeyId == c.KeyId ? Decision<WebhookEvent>.Nothing
            : hook.Keys.Any(k => k.KeyId == c.KeyId) ? Rules.WrongState("That key was used before.")
            : hook.KeysAt(c.At).Count() >= MaxKeys ? new Refusal("too_many_keys", $"{MaxKeys} keys are published already, until one of them is not any more.", IsRetryable: true)
            : Key(c.PublicKey) is { } wrong ? wrong : new WebhookEvent.WebhookKeyRolled(c.At, c.KeyId, c.PublicKey, c.OldUntil),
        (_, WebhookCommand.Pause c) => c.IsPaused == hook.IsPaused ? Decision<WebhookEvent>.Nothing : new WebhookEvent.WebhookPaused(c.At, c.IsPaused, c.Reason),
        _ => throw new System.Diagnostics.UnreachableException(command.GetType().Name),
    };

    internal static Webhook Evolve(Webhook hook, WebhookEvent happened) => happened switch
    {
        WebhookEvent.WebhookRegistered e => new(e.Id, e.Url, e.Kinds, [new(e.KeyId, e.PublicKey, null)], false, false),
        WebhookEvent.WebhookChanged e => hook with { Url = e.Url, Kinds = e.Kinds },
        WebhookEvent.WebhookKeyRolled e => hook with { Keys = [.. hook.Keys.Select(k => k.Until is null ? k with { Until = e.OldUntil } : k), new(e.KeyId, e.PublicKey, null)] },
        WebhookEvent.WebhookPaused e => hook with { IsPaused = e.IsPaused, PauseReason = e.IsPaused ? e.Reason : null },
        WebhookEvent.WebhookRemoved => hook with { IsRemoved = true },
        _ => throw new System.Diagnostics.UnreachableException(happened.GetType().Name),
    };

    static Refusal? Endpoint(string url, ImmutableArray<string> kinds) =>
        url.Length > MaxUrl || !Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("https" or "http") || uri.UserInfo.Length > 0
            ? new("invalid_url", "An absolute http or https address without a user.")
            : kinds.IsDefaultOrEmpty || kinds.Distinct().Count() != kinds.Length ? new("invalid_kinds", "At least one kind of event, and none twice.") : null;

    static Refusal? Key(Blob key) => key.Length == 32 ? null : new("invalid_key", "An Ed25519 public key has 32 bytes.");
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [typeof(ResourceIdText)])]
[JsonSerializable(typeof(WebhookEvent.WebhookRegistered))]
[JsonSerializable(typeof(WebhookEvent.WebhookChanged))]
[JsonSerializable(typeof(WebhookEvent.WebhookKeyRolled))]
[JsonSerializable(typeof(WebhookEvent.WebhookPaused))]
[JsonSerializable(typeof(WebhookEvent.WebhookRemoved))]
sealed partial class WebhookJson : JsonSerializerContext;
