using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Quorate.Journal.Events;
using Quorate.Policies;
using Quorate.Server.Deciding;
using Quorate.Server.Ids;
using Quorate.Server.Recording;

namespace Quorate.Server.Acts;

/// <summary>What an act changes.</summary>
[JsonConverter(typeof(SnakeCase<ChangeKind>))]
enum ChangeKind
{
    Policy = 1,
    Membership = 2,
    Administrators = 3,
    Unfreeze = 4,
}

/// <summary>What has happened to an administrators' act on its way to the nodes. Closed.</summary>
abstract record ActEvent(DateTimeOffset At)
{
    internal sealed record ActDrafted(DateTimeOffset At, ResourceId Id, ChangeKind Kind, JsonElement Document, Digest Hash, ulong Number, DateTimeOffset ExpiresAt, string By) : ActEvent(At);

    internal sealed record ActApproved(DateTimeOffset At, string Member, string Device, JsonElement Approval) : ActEvent(At);

    /// <summary>A node has taken it.</summary>
    internal sealed record ActTaken(DateTimeOffset At, int Node) : ActEvent(At);

    /// <summary>A node does not take it, and says why.</summary>
    internal sealed record ActDeclined(DateTimeOffset At, int Node, string Problem) : ActEvent(At);

    /// <summary>It will not be handed to nodes any more. One that has been taken stays so.</summary>
    internal sealed record ActEnded(DateTimeOffset At, string Reason) : ActEvent(At);

    internal static EventCatalog<ActEvent> Catalog { get; } = new EventCatalogBuilder<ActEvent>()
        .AddJson("act-drafted", 1, ActJson.Default.ActDrafted)
        .AddJson("act-approved", 1, ActJson.Default.ActApproved)
        .AddJson("act-taken", 1, ActJson.Default.ActTaken)
        .AddJson("act-declined", 1, ActJson.Default.ActDeclined)
        .AddJson("act-ended", 1, ActJson.Default.ActEnded)
        .Build();
}

/// <summary>What can be asked of an act. Closed.</summary>
abstract record ActCommand(DateTimeOffset At)
{
    internal sealed record Draft(DateTimeOffset At, ResourceId Id, JsonElement Document, string By) : ActCommand(At);

    internal sealed record Approve(DateTimeOffset At, string Member, string Device, JsonElement Approval) : ActCommand(At);

    internal sealed record NoteTaken(DateTimeOffset At, int Node) : ActCommand(At);

    internal sealed record NoteDeclined(DateTimeOffset At, int Node, string Problem) : ActCommand(At);

    internal sealed record End(DateTimeOffset At, string Reason) : ActCommand(At);
}

/// <summary>
/// An act (docs/spec/genesis.md): a policy, a membership, administrators or an unfreezing, with the signatures that were
/// gathered for it. The server carries it; nodes decide.
/// </summary>
sealed record Act(
    ResourceId Id, ChangeKind Kind, JsonElement Document, Digest Hash, ulong Number, DateTimeOffset ExpiresAt, ImmutableArray<GatheredApproval> Approvals,
    ImmutableArray<int> TakenBy, string? EndReason)
{
    internal static Act None { get; } = new(default, default, default, default, 0, default, [], [], null);

    internal static Decider<Act, ActCommand, ActEvent> Decider { get; } = new("act", ActEvent.Catalog, None, Decide, Evolve);

    /// <summary>Whether a node has taken it: from then on it is in force, or will be everywhere.</summary>
    internal bool IsTaken => !TakenBy.IsEmpty;

    internal static Decision<ActEvent> Decide(Act act, ActCommand command) => (act.Id.Kind, command) switch
    {
        (0, ActCommand.Draft c) => Draft(c),
        (0, _) => Rules.NotFound("act"),
        (_, ActCommand.Draft c) => act.Hash == Parse(c.Document).Document?.Hash ? Decision<ActEvent>.Nothing : Rules.AlreadyExists("act"),
        (_, ActCommand.NoteTaken c) => act.TakenBy.Contains(c.Node) ? Decision<ActEvent>.Nothing : new ActEvent.ActTaken(c.At, c.Node),
        (_, ActCommand.End c) => act.EndReason is not null ? Decision<ActEvent>.Nothing : new ActEvent.ActEnded(c.At, c.Reason),
        _ when act.EndReason is not null => Rules.WrongState($"It has ended: {act.EndReason}."),
        (_, ActCommand.NoteDeclined c) => new ActEvent.ActDeclined(c.At, c.Node, c.Problem),
        (_, ActCommand.Approve c) => SignedDocuments.Gather<ActEvent>(
            act.Approvals, c.Member, c.Device, c.At, act.ExpiresAt, "An act", new ActEvent.ActApproved(c.At, c.Member, c.Device, c.Approval)),
        _ => throw new System.Diagnostics.UnreachableException(command.GetType().Name),
    };

    internal static Act Evolve(Act act, ActEvent happened) => happened switch
    {
        ActEvent.ActDrafted e => new(e.Id, e.Kind, e.Document, e.Hash, e.Number, e.ExpiresAt, [], [], null),
        ActEvent.ActApproved e => act with { Approvals = act.Approvals.Add(new(e.Member, e.Device, e.Approval)) },
        ActEvent.ActTaken e => act with { TakenBy = act.TakenBy.Add(e.Node) },
        ActEvent.ActDeclined => act,
        ActEvent.ActEnded e => act with { EndReason = e.Reason },
        _ => throw new System.Diagnostics.UnreachableException(happened.GetType().Name),
    };

    static Decision<ActEvent> Draft(ActCommand.Draft c)
    {
        var (act, refusal) = Parse(c.Document);
        if (act is null)
            return refusal!;
        if (act.ExpiresAt <= c.At)
            return SignedDocuments.Expired(act.ExpiresAt);
        var kind = act.Change switch
        {
            Change.PolicyChange => ChangeKind.Policy,
            Change.MembershipChange => ChangeKind.Membership,
            Change.AdministratorsChange => ChangeKind.Administrators,
            _ => ChangeKind.Unfreeze,
        };
        return new ActEvent.ActDrafted(c.At, c.Id.Require(ResourceKind.Act), kind, c.Document, act.Hash, act.Number, act.ExpiresAt, c.By);
    }

    static (AdministrativeAct? Document, Refusal? Refusal) Parse(JsonElement document) => SignedDocuments.Parse(document, utf8 => AdministrativeAct.Parse(utf8));
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [typeof(ResourceIdText), typeof(DigestText)])]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(ActEvent.ActDrafted))]
[JsonSerializable(typeof(ActEvent.ActApproved))]
[JsonSerializable(typeof(ActEvent.ActTaken))]
[JsonSerializable(typeof(ActEvent.ActDeclined))]
[JsonSerializable(typeof(ActEvent.ActEnded))]
sealed partial class ActJson : JsonSerializerContext;
