using System.Text.Json.Nodes;
using Quorate.Chains;
using Quorate.Cli.Local;
using Quorate.Node.V1;
using Quorate.Policies;

namespace Quorate.Cli.Demo;

/// <summary>The story without chains: the nodes are asked directly, and what they sign is checked here, by public keys alone.</summary>
sealed class UnsentSteps(DemoScene scene, CancellationToken cancellation)
{
    readonly NodeRequests nodes = new(scene, cancellation);
    Wallet? wallet;
    (LocalChain Chain, byte[] Intent, byte[] Unsigned)? approved;
    byte number;

    LocalChain First => scene.Profile.Chains[0];

    /// <summary>More than the policy ever lets anybody pay, approved by all.</summary>
    internal async Task DeniedAsync(DemoStep step)
    {
        var (_, unsigned, intent) = await PrepareAsync(First, First.Smallest(6 * First.AloneCoins));
        step.Say("asked for", $"{First.Show(First.Smallest(6 * First.AloneCoins))} to {LocalPolicy.Somebody(First)}, approved by all members");
        var reply = await nodes.AskAsync(scene.Profile.Nodes[0].Url, IntentJson.Write(intent), unsigned, nodes.Approve(intent, LocalPaths.Members));
        if (reply.Refused is not { Reason: "Denied" } refused)
            throw new CliException($"the node has not denied it: {reply}");
        step.Say("denied", "rule by rule:");
        step.Say("", scene.Plain(refused.Trace));
        (step.Facts["status"], step.Facts["trace"]) = ("denied", refused.Trace);
    }

    /// <summary>One that takes two approvals: refused with one, signed with both.</summary>
    internal async Task TwoApprovalsAsync(DemoStep step)
    {
        var amount = First.Smallest(2 * First.AloneCoins);
        var (transactions, unsigned, intent) = await PrepareAsync(First, amount);
        step.Say("asked for", $"{First.Show(amount)} to {LocalPolicy.Somebody(First)}");
        var (url, document) = (scene.Profile.Nodes[0].Url, IntentJson.Write(intent));
        var early = await nodes.AskAsync(url, document, unsigned, nodes.Approve(intent, LocalPaths.Members.Take(1)));
        if (early.Refused is not { Reason: "NeedsApprovals" } refused)
            throw new CliException($"with one approval the node has not asked for more: {early}");
        step.Say(LocalPaths.Members[0], $"approves with a device; the node refuses: {refused.Reason}");
        var transaction = Assemble(transactions, unsigned, await nodes.AskAsync(url, document, unsigned, nodes.Approve(intent, LocalPaths.Members.Take(2))));
        step.Say(LocalPaths.Members[1], "approves with another; two nodes sign");
        step.Say("signed", $"{transaction.Length} bytes, ready for a network; the signature verifies here, by the wallet's public key");
        approved = (First, document, unsigned);
        (step.Facts["approvers"], step.Facts["transaction"]) = (new JsonArray([.. LocalPaths.Members.Take(2).Select(m => (JsonNode)m)]), Convert.ToHexStringLower(transaction.Span));
    }

    /// <summary>A small one on every chain.</summary>
    internal async Task EveryChainAsync(DemoStep step)
    {
        var signed = new JsonObject();
        foreach (var chain in scene.Profile.Chains)
            signed[chain.Name] = Convert.ToHexStringLower((await PayAsync(chain, step)).Span);
        step.Facts["signed"] = signed;
    }

    /// <summary>A small one while a node is away.</summary>
    internal async Task KilledAsync(LossSteps loss, DemoStep step)
    {
        step.Facts["killed"] = loss.Kill([scene.Profile.Nodes[^1].Name], step);
        await PayAsync(First, step);
    }

    /// <summary>What was approved, with another recipient.</summary>
    internal Task SwapAsync(DemoStep step) => new HostileSteps(scene, cancellation).SwapAsync(approved!.Value.Chain, approved.Value.Intent, approved.Value.Unsigned, step);

    async Task<ReadOnlyMemory<byte>> PayAsync(LocalChain chain, DemoStep step)
    {
        var amount = chain.Smallest(chain.AloneCoins / 4);
        var (transactions, unsigned, intent) = await PrepareAsync(chain, amount);
        var reply = await nodes.AskAsync(scene.Profile.Nodes[0].Url, IntentJson.Write(intent), unsigned, nodes.Approve(intent, [scene.Profile.Member]));
        var transaction = Assemble(transactions, unsigned, reply);
        step.Say(chain.Name, $"{chain.Show(amount)}: {transaction.Length} bytes signed by two of the nodes, verified here");
        return transaction;
    }

    async Task<(UnsentTransactions Transactions, byte[] Unsigned, Intent Intent)> PrepareAsync(LocalChain chain, string amount)
    {
        wallet ??= await nodes.WalletAsync();
        var transactions = new UnsentTransactions(chain, scene.Addresses[chain.Name], wallet.Keys.First(k => k.Scheme == "ecdsa"));
        var unsigned = transactions.Pay(amount, ++number);
        return (transactions, unsigned, nodes.Bind(chain, transactions, unsigned, wallet.Epoch));
    }

    // Verifies every signature.
    static ReadOnlyMemory<byte> Assemble(UnsentTransactions transactions, byte[] unsigned, SignReply reply) => reply.Signed is not { } signed
        ? throw new CliException($"the nodes have not signed: {reply}")
        : transactions.Format.Assemble(unsigned, transactions.Context,
            [.. signed.Signatures.Select(s => new InputSignature((int)s.Input, s.PublicKey.Memory, s.Signature_.Memory, s.HasRecoveryId ? (byte)s.RecoveryId : null))]);
}
