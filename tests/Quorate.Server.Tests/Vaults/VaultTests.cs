using Quorate.Server.Deciding;
using Quorate.Server.Ids;
using Quorate.Server.Tests.Store;
using Quorate.Server.Vaults;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Vaults;

public sealed class VaultTests
{
    static readonly VaultCommand.Open open = new(Noon, Id(ResourceKind.Vault), "Treasury", "c-1");

    static string Answer(Vault vault, VaultCommand command) => Vault.Decider.Answer(vault, command);

    [Theory]
    [InlineData("")]
    [InlineData(" Treasury")]
    [InlineData("Treasury ")]
    [InlineData("Trea\nsury")]
    [InlineData("Trea\u0085sury")]
    public void A_name_and_a_reference_are_texts_for_people(string text)
    {
        var vault = Vault.Decider.After(open);
        Assert.Equal("invalid_text", Answer(Vault.None, open with { Name = text }));
        Assert.Equal("invalid_text", Answer(Vault.None, open with { CustomerReference = text }));
        Assert.Equal("invalid_text", Answer(vault, new VaultCommand.Rename(Noon, text)));
        Assert.Equal("invalid_text", Answer(vault, new VaultCommand.Refer(Noon, text)));
    }

    [Fact]
    public void A_text_for_people_has_up_to_two_hundred_characters()
    {
        Assert.Equal("accepted", Answer(Vault.None, open with { Name = new('x', Rules.MaxText) }));
        Assert.Equal("invalid_text", Answer(Vault.None, open with { Name = new('x', Rules.MaxText + 1) }));
        Assert.Equal("accepted", Answer(Vault.None, open with { CustomerReference = null }));
        Assert.Equal("accepted", Answer(Vault.Decider.After(open), new VaultCommand.Refer(Noon, null)));
    }

    [Fact]
    public void It_is_opened_once_as_it_was_asked_for()
    {
        var vault = Vault.Decider.After(open);
        Assert.Equal((open.Id, "Treasury", "c-1", false, false), (vault.Id, vault.Name, vault.CustomerReference, vault.IsFrozen, vault.IsHidden));
        Assert.Equal("nothing", Answer(vault, open with { At = Noon.AddDays(1) }));
        Assert.Equal("already_exists", Answer(vault, open with { Name = "Other" }));
        Assert.Equal("already_exists", Answer(vault, open with { CustomerReference = null }));
        Assert.Throws<ArgumentException>(() => Answer(Vault.None, open with { Id = Id(ResourceKind.Wallet) }));
    }

    [Fact]
    public void A_frozen_one_can_be_thawed_renamed_and_hidden()
    {
        var frozen = Vault.Decider.After(open, new VaultCommand.Freeze(Noon, "alice", "lost phone"));
        Assert.True(frozen.IsFrozen);
        Assert.Equal("nothing", Answer(frozen, new VaultCommand.Freeze(Noon, "bob", "again")));
        Assert.Equal("nothing", Answer(Vault.Decider.After(open), new VaultCommand.Thaw(Noon, "bob")));
        var after = Vault.Decider.After(open, new VaultCommand.Freeze(Noon, "alice", "lost phone"), new VaultCommand.Rename(Noon, "Cold"), new VaultCommand.Hide(Noon, true));
        Assert.Equal(("Cold", true, true), (after.Name, after.IsFrozen, after.IsHidden));
        Assert.False(Vault.Decider.Next(frozen, new VaultCommand.Thaw(Noon, "bob")).IsFrozen);
    }

    [Fact]
    public void A_name_is_taken_with_the_vault_and_given_back_for_another()
    {
        var id = open.Id.ToString();
        Assert.Equal([new("vault_name", "Treasury", id)], Vault.Decider.ClaimsOf(Vault.None, open));
        var vault = Vault.Decider.After(open);
        Assert.Equal([new("vault_name", "Cold", id), new("vault_name", "Treasury", id, IsReleased: true)], Vault.Decider.ClaimsOf(vault, new VaultCommand.Rename(Noon, "Cold")));
        Assert.Empty(Vault.Decider.ClaimsOf(vault, new VaultCommand.Refer(Noon, "c-2")));
    }

    [Fact]
    public void Every_command_may_be_sent_twice() => Vault.Decider.HoldUnderAnyCommands(
        [open, open with { CustomerReference = null }],
        [
            new VaultCommand.Rename(Noon, "Treasury"), new VaultCommand.Rename(Noon, "Cold"), new VaultCommand.Rename(Noon, ""), new VaultCommand.Refer(Noon, "c-2"),
            new VaultCommand.Refer(Noon, null), new VaultCommand.Freeze(Noon, "alice", "test"), new VaultCommand.Thaw(Noon, "bob"), new VaultCommand.Hide(Noon, true),
            new VaultCommand.Hide(Noon, false),
        ]);
}
