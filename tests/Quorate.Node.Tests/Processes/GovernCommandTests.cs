using System.Text.Json.Nodes;
using Quorate.Cryptography.Signatures;

namespace Quorate.Node.Tests.Processes;

/// <summary>Administrators change what a node goes by, and stop it, with the executable alone.</summary>
public sealed class GovernCommandTests : IDisposable
{
    readonly Operators operators = new();
    NodeProcess? node;

    public void Dispose()
    {
        node?.Dispose();
        operators.Dispose();
    }

    string At(string name) => operators.At(name);

    string[] AtNode => ["--node", node!.Address.ToString()];

    async Task<Deployment> StartAsync()
    {
        string[] members = ["alice", "bob", "carol"];
        await Task.WhenAll(members.Select(operators.NewDeviceAsync));
        var keys = members.ToDictionary(m => m, m => new Ed25519Key(Convert.FromHexString(JsonNode.Parse(File.ReadAllText(At(m)))!["seed"]!.GetValue<string>())));
        keys.Add("node-1", await operators.InitAsync("node-1"));
        var acme = new Deployment(nodeCount: 2, own: keys);
        await File.WriteAllBytesAsync(At("genesis.json"), acme.GenesisUtf8());
        await operators.InstallAsync("node-1");
        operators.Write("node-1/node.json", """{ "listen": { "address": "127.0.0.1:0" } }""");
        node = await NodeProcess.StartAsync(At("node-1"), At("node-1.key"));
        return acme;
    }

    /// <summary>Has an act approved by some, and gathers it.</summary>
    async Task GatherAsync(string act, params string[] members)
    {
        await Task.WhenAll(members.Select(m => Executable.DoAsync("act", "approve", At(act), "--device-key", At(m), "--out", At($"{act}.{m}"))));
        await Executable.DoAsync(["act", "gather", At(act), "--approval", .. members.Select(m => At($"{act}.{m}")), "--out", At($"{act}.gathered")]);
    }

    Task<(int ExitCode, string Output, string Errors)> TakeAsync(params string[] acts) =>
        Executable.RunAsync(["node", "acts", "take", .. acts.Select(act => At($"{act}.gathered")), .. AtNode]);

    [Fact]
    public async Task Acts_are_written_approved_gathered_and_taken_and_a_wallet_is_frozen_and_unfrozen()
    {
        var acme = await StartAsync();
        operators.Write("policy.json", Deployment.PolicyJson("next").ToJsonString());
        Assert.Contains("act 1 (", await Executable.DoAsync(["act", "policy", At("policy.json"), .. AtNode, "--out", At("one")]), StringComparison.Ordinal);
        // Nothing is overwritten, and a document that is none is not written.
        Assert.Equal(2, (await Executable.RunAsync("act", "policy", At("policy.json"), "--genesis", At("genesis.json"), "--out", At("one"))).ExitCode);
        var (wrong, _, because) = await Executable.RunAsync("act", "membership", At("policy.json"), "--after", At("one"), "--out", At("none"));
        Assert.Equal((2, false), (wrong, File.Exists(At("none"))));
        Assert.Contains("membership", because, StringComparison.OrdinalIgnoreCase);

        // One administrator is not enough, and the node says so.
        await GatherAsync("one", "alice");
        var (refused, _, why) = await TakeAsync("one");
        Assert.Equal(1, refused);
        Assert.Contains("it takes 2", why, StringComparison.Ordinal);
        File.Delete(At("one.gathered"));
        File.Delete(At("one.alice"));
        await GatherAsync("one", "alice", "bob");
        // The next one is written before the first is taken; they go in their order.
        operators.Write("members.json", acme.MembershipJson("alice", "bob").ToJsonString());
        await Executable.DoAsync("act", "membership", At("members.json"), "--after", At("one"), "--out", At("two"));
        await Executable.DoAsync("act", "administrators", "--members", "alice", "bob", "--threshold", "2", "--after", At("two"), "--out", At("three"));
        await Task.WhenAll(GatherAsync("two", "bob", "carol"), GatherAsync("three", "alice", "bob"));
        var (taken, output, errors) = await TakeAsync("three", "one", "two");
        Assert.True(taken == 0, errors);
        Assert.Contains("the node has 3 acts", output, StringComparison.Ordinal);
        var status = await node!.StatusAsync();
        Assert.Equal((3ul, false), (status.Acts, status.Policy.Span.SequenceEqual(acme.Genesis.Policy.Hash.ToArray())));

        string[] freeze = ["node", "freeze", "treasury", "--genesis", At("genesis.json"), .. AtNode];
        // Carol is a member no more.
        Assert.Equal(1, (await Executable.RunAsync([.. freeze, "--reason", "a joke", "--device-key", At("carol")])).ExitCode);
        await Executable.DoAsync([.. freeze, "--reason", "an alarm", "--device-key", At("alice")]);
        Assert.Equal(["treasury"], (await node.StatusAsync()).Frozen);
        await Executable.DoAsync(["act", "unfreeze", "treasury", .. AtNode, "--out", At("four")]);
        await GatherAsync("four", "alice", "bob");
        Assert.Equal(0, (await TakeAsync("four")).ExitCode);
        status = await node.StatusAsync();
        Assert.Equal((4ul, 1ul, 0), (status.Acts, status.Unfreezings, status.Frozen.Count));
        // What is no gathered act is not sent.
        Assert.Equal(2, (await Executable.RunAsync(["node", "acts", "take", At("four"), .. AtNode])).ExitCode);
    }
}
