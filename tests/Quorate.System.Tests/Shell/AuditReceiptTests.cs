using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Testing;

namespace Quorate.System.Tests.Shell;

/// <summary>A receipt that was recorded once, docs/spec/vectors: every later build finds it true, and what was changed in it not.</summary>
public sealed class AuditReceiptTests : IDisposable
{
    static readonly string genesis = Repository.PathOf("docs/spec/vectors/receipt-genesis.json");

    readonly Shell shell = new();
    readonly JsonObject receipt = JsonNode.Parse(File.ReadAllBytes(Repository.PathOf("docs/spec/vectors/receipt.json")))!.AsObject();

    public void Dispose() => shell.Dispose();

    Shell.Result Run(params string[] more)
    {
        File.WriteAllText(shell.PathOf("a.receipt"), receipt.ToJsonString());
        return shell.Run(null, ["audit", "receipt", "a.receipt", "--genesis", genesis, .. more]);
    }

    [Fact]
    public void A_true_receipt_says_what_was_done_and_who_let_it_pass()
    {
        var result = Run();
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        foreach (var line in (string[])["request   req_2 of wallet treasury on eip155:1", "effect    transfer of 2000000000000000000 eip155:1/slip44:60", "approved  by alice, bob", "decided   by node-1, node-"])
            Assert.Contains(line, result.Output, StringComparison.Ordinal);
        Assert.EndsWith("\ntrue\n", result.Output, StringComparison.Ordinal);

        var json = JsonDocument.Parse(Run("--json").Output).RootElement;
        Assert.True(json.GetProperty("valid").GetBoolean());
        Assert.StartsWith("02f8", json.GetProperty("transaction").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_changed_is_named_and_the_exit_code_is_1()
    {
        var payload = receipt["signed"]!["payload"]!.GetValue<string>();
        receipt["signed"]!["payload"] = payload.Replace(payload[60..64], "0000", StringComparison.Ordinal);
        var result = Run();
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("NOT TRUE", result.Output, StringComparison.Ordinal);
        Assert.Contains("the receipt does not hold", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_receipt_is_said_where()
    {
        receipt["signatures"] = "none";
        var result = Run();
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("/signatures", result.Error, StringComparison.Ordinal);
    }
}
