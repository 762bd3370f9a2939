using System.Text.Json.Serialization;
using Quorate.Journal.Events;
using Quorate.Server.Deciding;
using Quorate.Server.Ids;
using Quorate.Server.Recording;

namespace Quorate.Server.Vaults;

/// <summary>What has happened to a vault. Closed.</summary>
abstract record VaultEvent(DateTimeOffset At)
{
    internal sealed record VaultOpened(DateTimeOffset At, ResourceId Id, string Name, string? CustomerReference) : VaultEvent(At);

    internal sealed record VaultRenamed(DateTimeOffset At, string Name) : VaultEvent(At);

    internal sealed record VaultReferenced(DateTimeOffset At, string? CustomerReference) : VaultEvent(At);

    /// <summary>The server starts nothing for its wallets any more. What stops nodes is a freeze order of theirs.</summary>
    internal sealed record VaultFrozen(DateTimeOffset At, string By, string Reason) : VaultEvent(At);

    internal sealed record VaultThawed(DateTimeOffset At, string By) : VaultEvent(At);

    /// <summary>Left out of lists unless asked for; nothing else.</summary>
    internal sealed record VaultHidden(DateTimeOffset At, bool IsHidden) : VaultEvent(At);

    internal static EventCatalog<VaultEvent> Catalog { get; } = new EventCatalogBuilder<VaultEvent>()
        .AddJson("vault-opened", 1, VaultJson.Default.VaultOpened)
        .AddJson("vault-renamed", 1, VaultJson.Default.VaultRenamed)
        .AddJson("vault-referenced", 1, VaultJson.Default.VaultReferenced)
        .AddJson("vault-frozen", 1, VaultJson.Default.VaultFrozen)
        .AddJson("vault-thawed", 1, VaultJson.Default.VaultThawed)
        .AddJson("vault-hidden", 1, VaultJson.Default.VaultHidden)
        .Build();
}

/// <summary>What can be asked of a vault. Closed.</summary>
abstract record VaultCommand(DateTimeOffset At)
{
    internal sealed record Open(DateTimeOffset At, ResourceId Id, string Name, string? CustomerReference) : VaultCommand(At);

    internal sealed record Rename(DateTimeOffset At, string Name) : VaultCommand(At);

    internal sealed record Refer(DateTimeOffset At, string? CustomerReference) : VaultCommand(At);

    internal sealed record Freeze(DateTimeOffset At, string By, string Reason) : VaultCommand(At);

    internal sealed record Thaw(DateTimeOffset At, string By) : VaultCommand(At);

    internal sealed record Hide(DateTimeOffset At, bool IsHidden) : VaultCommand(At);
}

/// <summary>A vault: what belongs together for people, a customer's wallets for example. Names are unique in the organisation.</summary>
sealed record Vault(ResourceId Id, string Name, string? CustomerReference, bool IsFrozen, bool IsHidden)
{
    internal static Vault None { get; } = new(default, "", null, false, false);

    internal static Decider<Vault, VaultCommand, VaultEvent> Decider { get; } = new("vault", VaultEvent.Catalog, None, Decide, Evolve, Claims);

    internal static Decision<VaultEvent> Decide(Vault vault, VaultCommand command) => (vault.Id.Kind, command) switch
    {
        (0, VaultCommand.Open c) => (Rules.Text(c.Name, "name") ?? Rules.Text(c.CustomerReference, "customerReference")) is { } wrong
            ? wrong : new VaultEvent.VaultOpened(c.At, c.Id.Require(ResourceKind.Vault), c.Name, c.CustomerReference),
        (0, _) => Rules.NotFound("vault"),
        (_, VaultCommand.Open c) => (vault.Id, vault.Name, vault.CustomerReference) == (c.Id, c.Name, c.CustomerReference)
            ? Decision<VaultEvent>.Nothing : Rules.AlreadyExists("vault"),
        (_, VaultCommand.Rename c) => c.Name == vault.Name ? Decision<VaultEvent>.Nothing
            : Rules.Text(c.Name, "name") is { } wrong ? wrong : new VaultEvent.VaultRenamed(c.At, c.Name),
        (_, VaultCommand.Refer c) => c.CustomerReference == vault.CustomerReference ? Decision<VaultEvent>.Nothing
            : Rules.Text(c.CustomerReference, "customerReference") is { } wrong ? wrong : new VaultEvent.VaultReferenced(c.At, c.CustomerReference),
        (_, VaultCommand.Freeze c) => vault.IsFrozen ? Decision<VaultEvent>.Nothing : new VaultEvent.VaultFrozen(c.At, c.By, c.Reason),
        (_, VaultCommand.Thaw c) => vault.IsFrozen ? new VaultEvent.VaultThawed(c.At, c.By) : Decision<VaultEvent>.Nothing,
        (_, VaultCommand.Hide c) => c.IsHidden == vault.IsHidden ? Decision<VaultEvent>.Nothing : new VaultEvent.VaultHidden(c.At, c.IsHidden),
        _ => throw new System.Diagnostics.UnreachableException(command.GetType().Name),
    };

    internal static Vault Evolve(Vault vault, VaultEvent happened) => happened switch
    {
        VaultEvent.VaultOpened e => new(e.Id, e.Name, e.CustomerReference, false, false),
        VaultEvent.VaultRenamed e => vault with { Name = e.Name },
        VaultEvent.VaultReferenced e => vault with { CustomerReference = e.CustomerReference },
        VaultEvent.VaultFrozen => vault with { IsFrozen = true },
        VaultEvent.VaultThawed => vault with { IsFrozen = false },
        VaultEvent.VaultHidden e => vault with { IsHidden = e.IsHidden },
        _ => throw new System.Diagnostics.UnreachableException(happened.GetType().Name),
    };

    static IEnumerable<Claim> Claims(Vault vault, VaultEvent happened) => happened switch
    {
        VaultEvent.VaultOpened e => [new("vault_name", e.Name, e.Id.ToString())],
        VaultEvent.VaultRenamed e => [new("vault_name", e.Name, vault.Id.ToString()), new("vault_name", vault.Name, vault.Id.ToString(), IsReleased: true)],
        _ => [],
    };
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [typeof(ResourceIdText)])]
[JsonSerializable(typeof(VaultEvent.VaultOpened))]
[JsonSerializable(typeof(VaultEvent.VaultRenamed))]
[JsonSerializable(typeof(VaultEvent.VaultReferenced))]
[JsonSerializable(typeof(VaultEvent.VaultFrozen))]
[JsonSerializable(typeof(VaultEvent.VaultThawed))]
[JsonSerializable(typeof(VaultEvent.VaultHidden))]
sealed partial class VaultJson : JsonSerializerContext;
