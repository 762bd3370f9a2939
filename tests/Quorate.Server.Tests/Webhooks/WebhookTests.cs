using Quorate.Server.Ids;
using Quorate.Server.Recording;
using Quorate.Server.Tests.Store;
using Quorate.Server.Webhooks;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Webhooks;

public sealed class WebhookTests
{
    static Blob Key(byte fill, int length = 32) => new(Enumerable.Repeat(fill, length).ToArray());

    static readonly WebhookCommand.Register register = new(Noon, Id(ResourceKind.Webhook), "https://example.com/hook", ["transfer.finalized"], "k1", Key(1));
    static readonly WebhookCommand.Change change = new(Noon, "https://example.com/other", ["*"]);
    static readonly WebhookCommand.RollKey roll = new(Noon, "k2", Key(2), Noon.AddDays(1));
    static readonly WebhookCommand.Pause pause = new(Noon, true, "410");
    static readonly WebhookCommand.Remove remove = new(Noon, "alice");

    static string Answer(Webhook hook, WebhookCommand command) => Webhook.Decider.Answer(hook, command);

    [Theory]
    [InlineData("")]
    [InlineData("/hook")]
    [InlineData("example.com/hook")]
    [InlineData("ftp://example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user@example.com/")]
    [InlineData("https://user:secret@example.com/")]
    public void An_address_is_absolute_of_the_web_and_without_a_user(string url)
    {
        Assert.Equal("invalid_url", Answer(Webhook.None, register with { Url = url }));
        Assert.Equal("invalid_url", Answer(Webhook.Decider.After(register), change with { Url = url }));
    }

    [Fact]
    public void An_address_has_up_to_2048_characters()
    {
        var url = register.Url.PadRight(Webhook.MaxUrl, 'x');
        Assert.Equal("accepted", Answer(Webhook.None, register with { Url = url }));
        Assert.Equal("invalid_url", Answer(Webhook.None, register with { Url = url + "x" }));
        Assert.Equal("accepted", Answer(Webhook.None, register with { Url = "http://localhost:8080/hook" }));
    }

    [Fact]
    public void It_asks_for_at_least_one_kind_and_for_none_twice()
    {
        Assert.Equal("invalid_kinds", Answer(Webhook.None, register with { Kinds = [] }));
        Assert.Equal("invalid_kinds", Answer(Webhook.None, register with { Kinds = default }));
        Assert.Equal("invalid_kinds", Answer(Webhook.None, register with { Kinds = ["a", "b", "a"] }));
        Assert.Equal("invalid_kinds", Answer(Webhook.Decider.After(register), change with { Kinds = ["a", "a"] }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(64)]
    public void A_key_has_32_bytes(int length)
    {
        Assert.Equal("invalid_key", Answer(Webhook.None, register with { PublicKey = Key(1, length) }));
        Assert.Equal("invalid_key", Answer(Webhook.Decider.After(register), roll with { PublicKey = Key(2, length) }));
    }

    [Fact]
    public void The_key_before_is_published_until_then_and_no_earlier_one_for_longer()
    {
        var hook = Webhook.Decider.After(register, roll, roll with { KeyId = "k3", PublicKey = Key(3), OldUntil = Noon.AddDays(5) });
        Assert.Equal([("k1", Noon.AddDays(1)), ("k2", Noon.AddDays(5)), ("k3", null)], hook.Keys.Select(k => (k.KeyId, k.Until)));
        Assert.Equal("nothing", Answer(hook, roll with { KeyId = "k3" }));
        Assert.Equal("wrong_state", Answer(hook, roll with { KeyId = "k1" }));
        Assert.Equal("wrong_state", Answer(hook, roll));
    }

    [Fact]
    public void It_is_registered_once()
    {
        var hook = Webhook.Decider.After(register);
        Assert.Equal("nothing", Answer(hook, register));
        Assert.Equal("already_exists", Answer(hook, register with { Url = "https://example.com/b" }));
        Assert.Equal("already_exists", Answer(hook, register with { KeyId = "k9" }));
        Assert.Equal("nothing", Answer(Webhook.Decider.Next(hook, roll), register));
        Assert.Throws<ArgumentException>(() => Answer(Webhook.None, register with { Id = Id(ResourceKind.Vault) }));
    }

    [Fact]
    public void A_paused_one_goes_on_and_a_removed_one_does_not()
    {
        var paused = Webhook.Decider.After(register, pause);
        Assert.True(paused.IsPaused);
        Assert.False(Webhook.Decider.Next(paused, new WebhookCommand.Pause(Noon, false, "")).IsPaused);
        Assert.Equal("nothing", Answer(Webhook.Decider.After(register), new WebhookCommand.Pause(Noon, false, "")));

        var removed = Webhook.Decider.Next(paused, remove);
        Assert.True(removed.IsRemoved);
        Assert.Equal("nothing", Answer(removed, remove));
        Assert.All((WebhookCommand[])[change, roll, pause, new WebhookCommand.Pause(Noon, false, "")], c => Assert.Equal("wrong_state", Answer(removed, c)));
    }

    [Fact]
    public void Every_command_may_be_sent_twice() => Webhook.Decider.HoldUnderAnyCommands(
        [register, register with { Kinds = ["*"] }],
        [
            change, change with { Kinds = ["a", "b"] }, change with { Url = "" }, change with { Url = register.Url, Kinds = register.Kinds }, roll, roll with { KeyId = "k3" },
            roll with { KeyId = "k1", PublicKey = Key(1) }, pause, pause with { IsPaused = false }, remove,
        ]);
}
