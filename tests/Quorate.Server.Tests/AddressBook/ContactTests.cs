using Quorate.Server.AddressBook;
using Quorate.Server.Ids;
using Quorate.Server.Tests.Store;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.AddressBook;

public sealed class ContactTests
{
    static readonly ContactCommand.Add add = new(Noon, Id(ResourceKind.Contact), "Exchange", "eip155:1:0xB0", "hot");
    static readonly ContactCommand.Remove remove = new(Noon, "alice");

    static string Answer(Contact contact, ContactCommand command) => Contact.Decider.Answer(contact, command);

    [Theory]
    [InlineData("")]
    [InlineData("0xB0")]
    [InlineData("eip155:1:")]
    [InlineData("eip155:1:0x B0")]
    [InlineData("EIP155:1:0xB0")]
    public void An_account_is_written_with_its_chain(string account) => Assert.Equal("invalid_account", Answer(Contact.None, add with { Account = account }));

    [Fact]
    public void A_name_and_a_note_are_texts_for_people()
    {
        Assert.Equal("invalid_text", Answer(Contact.None, add with { Name = "" }));
        Assert.Equal("invalid_text", Answer(Contact.None, add with { Note = " " }));
        var contact = Contact.Decider.After(add);
        Assert.Equal("invalid_text", Answer(contact, new ContactCommand.Change(Noon, "a\0b", null)));
        Assert.Equal("invalid_text", Answer(contact, new ContactCommand.Change(Noon, "Bank", "")));
        Assert.Equal("accepted", Answer(contact, new ContactCommand.Change(Noon, "Exchange", null)));
    }

    [Fact]
    public void It_is_added_once_and_its_account_never_changes()
    {
        var contact = Contact.Decider.After(add);
        Assert.Equal("nothing", Answer(contact, add));
        Assert.Equal("already_exists", Answer(contact, add with { Account = "eip155:1:0xB1" }));
        Assert.Equal("already_exists", Answer(contact, add with { Name = "Bank" }));
        var changed = Contact.Decider.Next(contact, new ContactCommand.Change(Noon, "Bank", null));
        Assert.Equal((add.Account, "Bank", null), (changed.Account, changed.Name, changed.Note));
        Assert.Throws<ArgumentException>(() => Answer(Contact.None, add with { Id = Id(ResourceKind.Vault) }));
    }

    [Fact]
    public void One_that_was_removed_is_not_changed_any_more()
    {
        var removed = Contact.Decider.After(add, remove);
        Assert.True(removed.IsRemoved);
        Assert.Equal("nothing", Answer(removed, remove with { By = "bob" }));
        Assert.Equal("wrong_state", Answer(removed, new ContactCommand.Change(Noon, "Exchange", "hot")));
        Assert.Equal("already_exists", Answer(removed, add with { Name = "Bank" }));
    }

    [Fact]
    public void A_name_is_taken_and_given_back_with_the_entry_and_no_other_change_touches_it()
    {
        var id = add.Id.ToString();
        Assert.Equal([new("contact_name", "Exchange", id)], Contact.Decider.ClaimsOf(Contact.None, add));
        var contact = Contact.Decider.After(add);
        Assert.Empty(Contact.Decider.ClaimsOf(contact, new ContactCommand.Change(Noon, "Exchange", "cold")));
        Assert.Equal([new("contact_name", "Bank", id), new("contact_name", "Exchange", id, IsReleased: true)],
            Contact.Decider.ClaimsOf(contact, new ContactCommand.Change(Noon, "Bank", "hot")));
        Assert.Equal([new("contact_name", "Exchange", id, IsReleased: true)], Contact.Decider.ClaimsOf(contact, remove));
    }

    [Fact]
    public void Every_command_may_be_sent_twice() => Contact.Decider.HoldUnderAnyCommands(
        [add, add with { Note = null }],
        [new ContactCommand.Change(Noon, "Bank", null), new ContactCommand.Change(Noon, "Exchange", "hot"), new ContactCommand.Change(Noon, "", null), remove, remove with { By = "bob" }]);
}
