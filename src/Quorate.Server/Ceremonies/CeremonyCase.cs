using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Quorate.Journal.Events;
using Quorate.Policies;
using Quorate.Server.Deciding;
using Quorate.Server.Ids;
using Quorate.Server.Recording;

namespace Quorate.Server.Ceremonies;

/// <summary>What has happened to an order for a ceremony. Closed.</summary>
abstract record CeremonyEvent(DateTimeOffset At)
{
    internal sealed record CeremonyDrafted(DateTimeOffset At, ResourceId Id, JsonElement Order, string OrderId, Digest Hash, string? Wallet, DateTimeOffset ExpiresAt, string By) : CeremonyEvent(At);

    internal sealed record CeremonyApproved(DateTimeOffset At, string Member, string Device, JsonElement Approval) : CeremonyEvent(At);

    /// <summary>A node was asked to lead it.</summary>
    internal sealed record CeremonyLed(DateTimeOffset At, int Lead) : CeremonyEvent(At);

    /// <summary>A try failed; another may be made.</summary>
    internal sealed record CeremonyFailed(DateTimeOffset At, int Lead, string Fault, ImmutableArray<int> Culprits) : CeremonyEvent(At);

    /// <summary>It is done, or will not be.</summary>
    internal sealed record CeremonyEnded(DateTimeOffset At, bool IsDone, string Outcome) : CeremonyEvent(At);

    internal static EventCatalog<CeremonyEvent> Catalog { get; } = new EventCatalogBuilder<CeremonyEvent>()
        .AddJson("ceremony-drafted", 1, CeremonyJson.Default.CeremonyDrafted)
        .AddJson("ceremony-approved", 1, CeremonyJson.Default.CeremonyApproved)
        .AddJson("ceremony-led", 1, CeremonyJson.Default.CeremonyLed)
        .AddJson("ceremony-failed", 1, CeremonyJson.Default.CeremonyFailed)
        .AddJson("ceremony-ended", 1, CeremonyJson.Default.CeremonyEnded)
        .Build();
}

/// <summary>What can be asked of an order. Closed.</summary>
abstract record CeremonyCommand(DateTimeOffset At)
{
    internal sealed record Draft(DateTimeOffset At, ResourceId Id, JsonElement Order, string By) : CeremonyCommand(At);

    internal sealed record Approve(DateTimeOffset At, string Member, string Device, JsonElement Approval) : CeremonyCommand(At);

    internal sealed record Lead(DateTimeOffset At, int Node) : CeremonyCommand(At);

    internal sealed record NoteFailed(DateTimeOffset At, int Node, string Fault, ImmutableArray<int> Culprits) : CeremonyCommand(At);

    internal sealed record End(DateTimeOffset At, bool IsDone, string Outcome) : CeremonyCommand(At);
}

/// <summary>An order for a ceremony (docs/spec/ceremonies.md) on its way: drafted, approved, led, ended. Nodes decide.</summary>
sealed record CeremonyCase(
    ResourceId Id, JsonElement Order, string OrderId, Digest Hash, string? Wallet, DateTimeOffset ExpiresAt, ImmutableArray<GatheredApproval> Approvals,
    int? Lead, int Attempts, string? LastFault, string? Outcome, bool IsDone)
{
    internal static CeremonyCase None { get; } = new(default, default, "", default, null, default, [], null, 0, null, null, false);

    // The nodes use an order's id once for ever, and so does the server.
    internal static Decider<CeremonyCase, CeremonyCommand, CeremonyEvent> Decider { get; } = new("ceremony", CeremonyEvent.Catalog, None, Decide, Evolve,
        (_, happened) => happened is CeremonyEvent.CeremonyDrafted e ? [new("ceremony_order", e.OrderId, e.Id.ToString())] : []);

    internal static Decision<CeremonyEvent> Decide(CeremonyCase order, CeremonyCommand command) => (order.Id.Kind, command) switch
    {
        (0, CeremonyCommand.Draft c) => Draft(c),
        (0, _) => Rules.NotFound("ceremony"),
        (_, CeremonyCommand.Draft c) => order.Hash == Parse(c.Order).Document?.Hash ? Decision<CeremonyEvent>.Nothing : Rules.AlreadyExists("ceremony"),
        (_, CeremonyCommand.End c) when order.Outcome is not null => (order.IsDone, order.Outcome) == (c.IsDone, c.Outcome)
            ? Decision<CeremonyEvent>.Nothing : Rules.WrongState($"It has ended: {order.Outcome}."),
        _ when order.Outcome is not null => Rules.WrongState($"It has ended: {order.Outcome}."),
        (_, CeremonyCommand.End c) => new CeremonyEvent.CeremonyEnded(c.At, c.IsDone, c.Outcome),
        (_, CeremonyCommand.Approve c) => SignedDocuments.Gather<CeremonyEvent>(
            order.Approvals, c.Member, c.Device, c.At, order.ExpiresAt, "An order", new CeremonyEvent.CeremonyApproved(c.At, c.Member, c.Device, c.Approval)),
        (_, CeremonyCommand.Lead c) => order.Lead == c.Node ? Decision<CeremonyEvent>.Nothing
            : order.Lead is not null ? Rules.WrongState($"Node {order.Lead} leads it.")
            : c.At >= order.ExpiresAt ? SignedDocuments.Expired(order.ExpiresAt)
            : new CeremonyEvent.CeremonyLed(c.At, c.Node),
        (_, CeremonyCommand.NoteFailed c) => order.Lead == c.Node ? new CeremonyEvent.CeremonyFailed(c.At, c.Node, c.Fault, c.Culprits) : Decision<CeremonyEvent>.Nothing,
        _ => throw new System.Diagnostics.UnreachableException(command.GetType().Name),
    };

    internal static CeremonyCase Evolve(CeremonyCase order, CeremonyEvent happened) => happened switch
    {
        CeremonyEvent.CeremonyDrafted e => None with { Id = e.Id, Order = e.Order, OrderId = e.OrderId, Hash = e.Hash, Wallet = e.Wallet, ExpiresAt = e.ExpiresAt },
        CeremonyEvent.CeremonyApproved e => order with { Approvals = order.Approvals.Add(new(e.Member, e.Device, e.Approval)) },
        CeremonyEvent.CeremonyLed e => order with { Lead = e.Lead, Attempts = order.Attempts + 1 },
        CeremonyEvent.CeremonyFailed e => order with { Lead = null, LastFault = e.Fault },
        CeremonyEvent.CeremonyEnded e => order with { Lead = null, Outcome = e.Outcome, IsDone = e.IsDone },
        _ => throw new System.Diagnostics.UnreachableException(happened.GetType().Name),
    };

    static Decision<CeremonyEvent> Draft(CeremonyCommand.Draft c)
    {
        var (order, refusal) = Parse(c.Order);
        return order is null ? refusal!
            : order.ExpiresAt <= c.At || order.ExpiresAt - c.At > CeremonyOrder.MaxLifetime
                ? new Refusal("invalid_expiry", $"An order is good for up to {CeremonyOrder.MaxLifetime.Days} days.")
            : new CeremonyEvent.CeremonyDrafted(
                c.At, c.Id.Require(ResourceKind.Ceremony), c.Order, order.Id, order.Hash, order.Ceremony.WalletName, order.ExpiresAt, c.By);
    }

    static (CeremonyOrder? Document, Refusal? Refusal) Parse(JsonElement document) => SignedDocuments.Parse(document, utf8 => CeremonyOrder.Parse(utf8));
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [typeof(ResourceIdText), typeof(DigestText)])]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(CeremonyEvent.CeremonyDrafted))]
[JsonSerializable(typeof(CeremonyEvent.CeremonyApproved))]
[JsonSerializable(typeof(CeremonyEvent.CeremonyLed))]
[JsonSerializable(typeof(CeremonyEvent.CeremonyFailed))]
[JsonSerializable(typeof(CeremonyEvent.CeremonyEnded))]
sealed partial class CeremonyJson : JsonSerializerContext;
