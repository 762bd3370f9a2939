using Quorate.Testing;

namespace Quorate.System.Tests.Shell;

public sealed class PolicyTests : IDisposable
{
    const string Rules = """
        { "id": "fees", "effect": "allow", "what": [ { "kind": "fee", "atMost": "5" } ] }
        """;

    const string Example = """
        { "name": "a fee of AMOUNT", "at": "2026-11-20T10:00:00Z", "wallet": "w", "chain": "eip155:1", "initiator": "alice",
          "acts": [ { "kind": "fee", "asset": "eip155:1/slip44:60", "amount": "AMOUNT" } ], "expect": "allow" }
        """;

    readonly Shell shell = new();

    public void Dispose() => shell.Dispose();

    string Write(string name, string rules, string examples = "")
    {
        File.WriteAllText(shell.PathOf(name), $$"""{ "quoratePolicy": 1, "name": "test", "rules": [ {{rules}} ], "examples": [ {{examples}} ] }""");
        return name;
    }

    static string ExampleOf(string amount) => Example.Replace("AMOUNT", amount, StringComparison.Ordinal);

    [Fact]
    public void Lint_ends_with_one_for_errors_and_with_strict_for_warnings()
    {
        var sound = shell.Run(null, "policy", "lint", Write("sound.json", Rules));
        Assert.Equal((0, "0 errors, 0 warnings\n"), (sound.ExitCode, sound.Output));
        var odd = Write("odd.json", Rules + """, { "id": "memo", "effect": "deny", "what": [ { "kind": "memo" } ] }""");
        Assert.Equal(0, shell.Run(null, "policy", "lint", odd).ExitCode);
        Assert.Equal(1, shell.Run(null, "policy", "lint", odd, "--strict").ExitCode);
        var dead = shell.Run(null, "policy", "lint", Write("dead.json", Rules + """, { "id": "no", "effect": "deny" }"""));
        Assert.Equal(1, dead.ExitCode);
        Assert.Contains("error   /rules/0: fees allows nothing: no denies all of it. [shadowed]", dead.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Test_runs_the_examples_and_shows_what_came_out_otherwise()
    {
        var passed = shell.Run(null, "policy", "test", Write("ok.json", Rules, ExampleOf("5")));
        Assert.Equal((0, "ok     a fee of 5\n1 passed, 0 failed\n"), (passed.ExitCode, passed.Output));
        var failed = shell.Run(null, "policy", "test", Write("bad.json", Rules, $"{ExampleOf("5")}, {ExampleOf("6")}"));
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("FAILED a fee of 6\n         expected allow, got deny\n         deny\n", failed.Output, StringComparison.Ordinal);
        Assert.EndsWith("1 passed, 1 failed\n", failed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Replay_shows_what_a_draft_would_decide_otherwise()
    {
        var intent = ExampleOf("4").Replace("\"name\": \"a fee of 4\"", "\"intent\": \"int_1\"", StringComparison.Ordinal).Replace("expect", "decision", StringComparison.Ordinal);
        File.WriteAllText(shell.PathOf("recorded.json"), $$"""{ "quorateRecording": 1, "intents": [ {{intent}} ] }""");
        var current = Write("current.json", Rules);
        var same = shell.Run(null, "policy", "replay", current, "--intents", "recorded.json");
        Assert.Equal((0, "1 intents, 0 would be decided otherwise\n"), (same.ExitCode, same.Output));
        var draft = Write("draft.json", Rules.Replace("\"5\"", "\"3\"", StringComparison.Ordinal));
        var changed = shell.Run(null, "policy", "replay", draft, "--intents", "recorded.json", "--against", current);
        Assert.Equal(1, changed.ExitCode);
        Assert.Contains("  - allow\n  + deny\n", changed.Output, StringComparison.Ordinal);
        Assert.EndsWith("1 intents, 1 would be decided otherwise\n", changed.Output, StringComparison.Ordinal);
    }

    // A rule about a chain or an address in another spelling would never match, and nobody would notice.
    [Theory]
    [InlineData("eip155:01", "eip155:1:0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B", "eip155:1/slip44:60", "/rules/1/chains/0")]
    [InlineData("eip155:0", "eip155:1:0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B", "eip155:1/slip44:60", "/rules/1/chains/0")]
    [InlineData("eip155:0x1", "eip155:1:0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B", "eip155:1/slip44:60", "/rules/1/chains/0")]
    [InlineData("eip155:18446744073709551616", "eip155:1:0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B", "eip155:1/slip44:60", "/rules/1/chains/0")]
    [InlineData("eip155:1", "eip155:01:0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B", "eip155:1/slip44:60", "/rules/1/what/0/recipients/0")]
    [InlineData("eip155:1", "eip155:1:0xab5801a7d398351b8be11c439e05c5b3259aec9b", "eip155:1/slip44:60", "/rules/1/what/0/recipients/0")]
    [InlineData("eip155:1", "eip155:1:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "eip155:1/slip44:60", "/rules/1/what/0/recipients/0")]
    [InlineData("eip155:1", "bip122:000000000019d6689c085ae165831e93:BC1QAR0SRRR7XFKVY5L643LYDNW9RE59GTZZWF5MDQ", "eip155:1/slip44:60", "/rules/1/what/0/recipients/0")]
    [InlineData("eip155:1", "bip122:000000000019d6689c085ae165831e93:tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "eip155:1/slip44:60", "/rules/1/what/0/recipients/0")]
    [InlineData("eip155:1", "eip155:1:0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B", "eip155:01/slip44:60", "/rules/1/what/0/assets/0")]
    [InlineData("eip155:1", "eip155:1:0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B", "eip155:1/erc20:0xab5801a7d398351b8be11c439e05c5b3259aec9b", "/rules/1/what/0/assets/0")]
    [InlineData("eip155:1", "eip155:1:0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B", "eip155:1/slip44:60", null)]
    [InlineData("eip155:18446744073709551615", "eip155:1:0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B", "eip155:1/slip44:60", null)]
    [InlineData("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp", "solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp:whatever", "eip155:1/slip44:60", null)]
    [InlineData("bip122:000000000019d6689c085ae165831e93", "bip122:000000000019d6689c085ae165831e93:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq", "eip155:1/slip44:60", null)]
    public void A_chain_or_an_address_in_another_spelling_is_refused_with_its_place(string chain, string account, string asset, string? refusedAt)
    {
        var rule = $$"""
            , { "id": "no", "effect": "deny", "chains": [ "{{chain}}" ],
                "what": [ { "kind": "transfer", "assets": [ "{{asset}}" ], "recipients": [ "{{account}}" ] } ] }
            """;
        var hash = shell.Run(null, "policy", "hash", Write("spelling.json", Rules + rule));
        Assert.Equal(refusedAt is null ? 0 : 1, Math.Min(hash.ExitCode, 1));
        if (refusedAt is not null)
            Assert.Contains($": {refusedAt}: ", hash.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Show_prints_the_bytes_that_the_hash_is_over()
    {
        var file = Write("p.json", Rules);
        var shown = shell.Run(null, "policy", "show", file);
        Assert.Equal(0, shown.ExitCode);
        Assert.StartsWith("{\"examples\":[],\"name\":\"test\",", shown.Output, StringComparison.Ordinal);
        File.WriteAllText(shell.PathOf("canonical.json"), shown.Output);
        var hash = shell.Run(null, "policy", "hash", file);
        Assert.Matches("^[0-9a-f]{64}\n$", hash.Output);
        Assert.Contains(hash.Output.Trim(), shown.Error, StringComparison.Ordinal);
        Assert.Equal(hash.Output, shell.Run(null, "policy", "hash", "canonical.json").Output);
    }

    // A rule about an address in another spelling would never match, and a deny rule would protect from nothing.
    [Theory]
    [InlineData("eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb", true)]
    [InlineData("eip155:1:0xab16a96d359ec26a11e2c2b3d8f8b8942d5bfcdb", false)]
    [InlineData("eip155:1:0xab16a96D359eC26a11e2C2b3d8f8B8942d5BfcdB", false)]
    [InlineData("bip122:000000000019d6689c085ae165831e93:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", true)]
    [InlineData("bip122:000000000019d6689c085ae165831e93:BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", false)]
    [InlineData("bip122:000000000933ea01ad0ee984209779ba:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", false)]
    [InlineData("cosmos:hub-4:anything", true)]
    public void Addresses_are_spelled_as_their_chain_spells_them(string account, bool isTaken)
    {
        var file = Write("addresses.json", $$"""{ "id": "no", "effect": "deny", "what": [ { "kind": "transfer", "recipients": ["{{account}}"] } ] }""");
        var shown = shell.Run(null, "policy", "hash", file);
        Assert.Equal(isTaken ? 0 : 2, shown.ExitCode);
        if (!isTaken)
            Assert.Contains("canonical spelling. [account]", shown.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{ \"quoratePolicy\": 1, \"name\": \"x\", \"rules\": [ { \"id\": \"r\", \"effect\": \"permit\" } ] }", "/rules/0/effect: one of allow, deny, require. [choice]")]
    [InlineData("{", "not JSON at line 1")]
    [InlineData(null, "p.json")]
    public void What_is_no_policy_ends_with_two_and_says_where(string? text, string because)
    {
        if (text is not null)
            File.WriteAllText(shell.PathOf("p.json"), text);
        foreach (var command in (string[])["lint", "test", "show", "hash"])
        {
            var result = shell.Run(null, "policy", command, "p.json");
            Assert.Equal(2, result.ExitCode);
            Assert.Contains(because, result.Error, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("lint")]
    [InlineData("test")]
    [InlineData("replay")]
    [InlineData("show")]
    [InlineData("hash")]
    public void Help_has_an_example(string command)
    {
        var result = shell.Run(null, "policy", command, "--help");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains($"quorate policy {command} ", result.Output, StringComparison.Ordinal);
        Assert.Equal(2, shell.Run(null, "policy", command).ExitCode);
    }

    [Fact]
    public void The_commands_of_the_guide_do_what_it_says()
    {
        var blocks = File.ReadAllText(Repository.PathOf("docs/policies.md")).Split("```json\n")[1..].Select(block => block.Split("\n```")[0]).ToArray();
        File.WriteAllText(shell.PathOf("treasury.json"), blocks[0]);
        File.WriteAllText(shell.PathOf("recorded.json"), blocks[^1]);
        Assert.Equal(0, shell.Run(null, "policy", "lint", "treasury.json").ExitCode);
        Assert.Equal(0, shell.Run(null, "policy", "test", "treasury.json").ExitCode);
        Assert.Equal(0, shell.Run(null, "policy", "hash", "treasury.json").ExitCode);
        var replay = shell.Run(null, "policy", "replay", "treasury.json", "--intents", "recorded.json");
        Assert.Equal(1, replay.ExitCode);
        Assert.Contains("no-weekends", replay.Output, StringComparison.Ordinal);
    }
}
