using System.Text.Json;
using System.Text.Json.Serialization;
using Quorate.Journal.Events;
using Quorate.Policies;
using Quorate.Server.Deciding;
using Quorate.Server.Ids;
using Quorate.Server.Recording;

namespace Quorate.Server.PolicyDrafts;

/// <summary>What has happened to a draft of a policy. Closed.</summary>
abstract record PolicyDraftEvent(DateTimeOffset At)
{
    internal sealed record PolicyDrafted(DateTimeOffset At, ResourceId Id, JsonElement Document, Digest Hash, string By) : PolicyDraftEvent(At);

    internal sealed record PolicyRedrafted(DateTimeOffset At, JsonElement Document, Digest Hash, string By) : PolicyDraftEvent(At);

    /// <summary>Its examples were run. Of which text, the hash says.</summary>
    internal sealed record PolicyTested(DateTimeOffset At, Digest Hash, int Passed, int Failed, int Findings) : PolicyDraftEvent(At);

    /// <summary>It went into an act, whose approvals are gathered there.</summary>
    internal sealed record PolicyProposed(DateTimeOffset At, Digest Hash, ResourceId Act) : PolicyDraftEvent(At);

    /// <summary>A node has it in force.</summary>
    internal sealed record PolicyPublished(DateTimeOffset At, Digest Hash, ResourceId Act) : PolicyDraftEvent(At);

    internal static EventCatalog<PolicyDraftEvent> Catalog { get; } = new EventCatalogBuilder<PolicyDraftEvent>()
        .AddJson("policy-drafted", 1, PolicyDraftJson.Default.PolicyDrafted)
        .AddJson("policy-redrafted", 1, PolicyDraftJson.Default.PolicyRedrafted)
        .AddJson("policy-tested", 1, PolicyDraftJson.Default.PolicyTested)
        .AddJson("policy-proposed", 1, PolicyDraftJson.Default.PolicyProposed)
        .AddJson("policy-published", 1, PolicyDraftJson.Default.PolicyPublished)
        .Build();
}

/// <summary>What can be asked of a draft. Closed.</summary>
abstract record PolicyDraftCommand(DateTimeOffset At)
{
    /// <summary>Begins a draft, or changes it. A document that is no policy is refused with what is wrong where.</summary>
    internal sealed record Write(DateTimeOffset At, ResourceId Id, JsonElement Document, string By) : PolicyDraftCommand(At);

    internal sealed record NoteTested(DateTimeOffset At, Digest Hash, int Passed, int Failed, int Findings) : PolicyDraftCommand(At);

    /// <summary>Takes what was tested without a failure into an act.</summary>
    internal sealed record Propose(DateTimeOffset At, ResourceId Act) : PolicyDraftCommand(At);

    internal sealed record NotePublished(DateTimeOffset At, ResourceId Act) : PolicyDraftCommand(At);
}

/// <summary>
/// A policy before it is in force: written, tested, proposed by an act, published. It keeps the hash of the text that last
/// passed its examples, of the one that went into an act, and of the one that is or was in force.
/// </summary>
sealed record PolicyDraft(ResourceId Id, JsonElement Document, Digest Hash, Digest? Tested, (ResourceId Act, Digest Hash)? Proposed, Digest? Published)
{
    internal static PolicyDraft None { get; } = new(default, default, default, null, null, null);

    internal static Decider<PolicyDraft, PolicyDraftCommand, PolicyDraftEvent> Decider { get; } = new("policy", PolicyDraftEvent.Catalog, None, Decide, Evolve, Claims);

    internal static Decision<PolicyDraftEvent> Decide(PolicyDraft draft, PolicyDraftCommand command) => (draft.Id.Kind, command) switch
    {
        (_, PolicyDraftCommand.Write c) => Write(draft, c),
        (0, _) => Rules.NotFound("policy"),
        (_, PolicyDraftCommand.NoteTested c) => c.Hash != draft.Hash ? Rules.WrongState("Another text was tested.")
            : new PolicyDraftEvent.PolicyTested(c.At, c.Hash, c.Passed, c.Failed, c.Findings),
        (_, PolicyDraftCommand.Propose c) when draft.Proposed == (c.Act, draft.Hash) => Decision<PolicyDraftEvent>.Nothing,
        (_, PolicyDraftCommand.Propose c) => draft.Tested != draft.Hash ? Rules.WrongState("This text has not passed its examples.")
            : new PolicyDraftEvent.PolicyProposed(c.At, draft.Hash, c.Act.Require(ResourceKind.Act)),
        (_, PolicyDraftCommand.NotePublished c) => draft.Proposed is not { } proposed || proposed.Act != c.Act ? Rules.WrongState("That act is not of this policy.")
            : draft.Published == proposed.Hash ? Decision<PolicyDraftEvent>.Nothing
            : new PolicyDraftEvent.PolicyPublished(c.At, proposed.Hash, c.Act),
        _ => throw new System.Diagnostics.UnreachableException(command.GetType().Name),
    };

    internal static PolicyDraft Evolve(PolicyDraft draft, PolicyDraftEvent happened) => happened switch
    {
        PolicyDraftEvent.PolicyDrafted e => None with { Id = e.Id, Document = e.Document, Hash = e.Hash },
        PolicyDraftEvent.PolicyRedrafted e => draft with { Document = e.Document, Hash = e.Hash },
        PolicyDraftEvent.PolicyTested e => draft with { Tested = e.Failed == 0 ? e.Hash : draft.Tested == e.Hash ? null : draft.Tested },
        PolicyDraftEvent.PolicyProposed e => draft with { Proposed = (e.Act, e.Hash) },
        PolicyDraftEvent.PolicyPublished e => draft with { Published = e.Hash },
        _ => throw new System.Diagnostics.UnreachableException(happened.GetType().Name),
    };

    /// <summary>What is taken by <see cref="PolicyDraftEvent.PolicyProposed"/>: the act, so that who sees it taken finds the draft.</summary>
    internal const string ActSpace = "policy_act";

    static IEnumerable<Claim> Claims(PolicyDraft draft, PolicyDraftEvent happened) =>
        happened is PolicyDraftEvent.PolicyProposed e ? [new(ActSpace, e.Act.ToString(), draft.Id.ToString())] : [];

    static Decision<PolicyDraftEvent> Write(PolicyDraft draft, PolicyDraftCommand.Write c)
    {
        var (policy, refusal) = SignedDocuments.Parse(c.Document, utf8 => Policy.Parse(utf8));
        return policy is null ? refusal!
            : draft.Id.Kind == 0 ? new PolicyDraftEvent.PolicyDrafted(c.At, c.Id.Require(ResourceKind.Policy), c.Document, policy.Hash, c.By)
            : draft.Id != c.Id ? Rules.AlreadyExists("policy")
            : draft.Hash == policy.Hash ? Decision<PolicyDraftEvent>.Nothing
            : new PolicyDraftEvent.PolicyRedrafted(c.At, c.Document, policy.Hash, c.By);
    }
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [typeof(ResourceIdText), typeof(DigestText)])]
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(PolicyDraftEvent.PolicyDrafted))]
[JsonSerializable(typeof(PolicyDraftEvent.PolicyRedrafted))]
[JsonSerializable(typeof(PolicyDraftEvent.PolicyTested))]
[JsonSerializable(typeof(PolicyDraftEvent.PolicyProposed))]
[JsonSerializable(typeof(PolicyDraftEvent.PolicyPublished))]
sealed partial class PolicyDraftJson : JsonSerializerContext;
