using System.Text.Json.Serialization;
using Quorate.Journal.Events;
using Quorate.Server.Deciding;
using Quorate.Server.Ids;
using Quorate.Server.Recording;

namespace Quorate.Server.AddressBook;

/// <summary>What has happened to an entry of the address book. Closed.</summary>
abstract record ContactEvent(DateTimeOffset At)
{
    internal sealed record ContactAdded(DateTimeOffset At, ResourceId Id, string Name, string Account, string? Note) : ContactEvent(At);

    internal sealed record ContactChanged(DateTimeOffset At, string Name, string? Note) : ContactEvent(At);

    internal sealed record ContactRemoved(DateTimeOffset At, string By) : ContactEvent(At);

    internal static EventCatalog<ContactEvent> Catalog { get; } = new EventCatalogBuilder<ContactEvent>()
        .AddJson("contact-added", 1, ContactJson.Default.ContactAdded)
        .AddJson("contact-changed", 1, ContactJson.Default.ContactChanged)
        .AddJson("contact-removed", 1, ContactJson.Default.ContactRemoved)
        .Build();
}

/// <summary>What can be asked of an entry. Closed.</summary>
abstract record ContactCommand(DateTimeOffset At)
{
    internal sealed record Add(DateTimeOffset At, ResourceId Id, string Name, string Account, string? Note) : ContactCommand(At);

    internal sealed record Change(DateTimeOffset At, string Name, string? Note) : ContactCommand(At);

    internal sealed record Remove(DateTimeOffset At, string By) : ContactCommand(At);
}

/// <summary>
/// An account by a name for people. It gives nobody any right: lists that rules speak of are in the policy, which nodes pin.
/// The account never changes; another account is another entry.
/// </summary>
sealed record Contact(ResourceId Id, string Name, string Account, string? Note, bool IsRemoved)
{
    internal static Contact None { get; } = new(default, "", "", null, false);

    internal static Decider<Contact, ContactCommand, ContactEvent> Decider { get; } = new("contact", ContactEvent.Catalog, None, Decide, Evolve, Claims);

    internal static Decision<ContactEvent> Decide(Contact contact, ContactCommand command) => (contact.Id.Kind, command) switch
    {
        (0, ContactCommand.Add c) => (Rules.Text(c.Name, "name") ?? Rules.Text(c.Note, "note")) is { } wrong ? wrong
            : !Quorate.Policies.Account.TryParse(c.Account, out _) ? new Refusal("invalid_account", "An account is written as CAIP-10 has it.")
            : new ContactEvent.ContactAdded(c.At, c.Id.Require(ResourceKind.Contact), c.Name, c.Account, c.Note),
        (0, _) => Rules.NotFound("contact"),
        (_, ContactCommand.Add c) => (contact.Id, contact.Name, contact.Account) == (c.Id, c.Name, c.Account)
            ? Decision<ContactEvent>.Nothing : Rules.AlreadyExists("contact"),
        (_, ContactCommand.Remove c) => contact.IsRemoved ? Decision<ContactEvent>.Nothing : new ContactEvent.ContactRemoved(c.At, c.By),
        _ when contact.IsRemoved => Rules.WrongState("It was removed."),
        (_, ContactCommand.Change c) => (c.Name, c.Note) == (contact.Name, contact.Note) ? Decision<ContactEvent>.Nothing
            : (Rules.Text(c.Name, "name") ?? Rules.Text(c.Note, "note")) is { } wrong ? wrong : new ContactEvent.ContactChanged(c.At, c.Name, c.Note),
        _ => throw new System.Diagnostics.UnreachableException(command.GetType().Name),
    };

    internal static Contact Evolve(Contact contact, ContactEvent happened) => happened switch
    {
        ContactEvent.ContactAdded e => new(e.Id, e.Name, e.Account, e.Note, false),
        ContactEvent.ContactChanged e => contact with { Name = e.Name, Note = e.Note },
        ContactEvent.ContactRemoved => contact with { IsRemoved = true },
        _ => throw new System.Diagnostics.UnreachableException(happened.GetType().Name),
    };

    static IEnumerable<Claim> Claims(Contact contact, ContactEvent happened) => happened switch
    {
        ContactEvent.ContactAdded e => [new("contact_name", e.Name, e.Id.ToString())],
        ContactEvent.ContactChanged e when e.Name != contact.Name =>
            [new("contact_name", e.Name, contact.Id.ToString()), new("contact_name", contact.Name, contact.Id.ToString(), IsReleased: true)],
        ContactEvent.ContactRemoved => [new("contact_name", contact.Name, contact.Id.ToString(), IsReleased: true)],
        _ => [],
    };
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [typeof(ResourceIdText)])]
[JsonSerializable(typeof(ContactEvent.ContactAdded))]
[JsonSerializable(typeof(ContactEvent.ContactChanged))]
[JsonSerializable(typeof(ContactEvent.ContactRemoved))]
sealed partial class ContactJson : JsonSerializerContext;
