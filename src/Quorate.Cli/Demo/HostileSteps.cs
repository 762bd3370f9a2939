using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Solana;
using Quorate.Cli.Local;
using Quorate.Cli.Node;
using Quorate.Node.V1;
using Quorate.Policies;

namespace Quorate.Cli.Demo;

/// <summary>A server that was taken over: it has an intent that was approved, and asks every node to sign something else under it.</summary>
sealed class HostileSteps(DemoScene scene, CancellationToken cancellation)
{
    static readonly byte[] witnessProgram = Convert.FromHexString("751e76e8199196d454941c45d1b3a323f1433bd6");

    /// <summary>What was approved, and approved well, with another recipient in the transaction.</summary>
    internal Task SwapAsync(DemoStep step)
    {
        var transaction = scene.Approved!.Transactions[^1];
        return SwapAsync(scene.Live[0], Encoding.UTF8.GetBytes(transaction.Intent.ToString()), transaction.Unsigned.ToByteArray(), step);
    }

    /// <summary>Of an intent and its transaction.</summary>
    internal async Task SwapAsync(LocalChain chain, byte[] document, byte[] unsigned, DemoStep step)
    {
        var intent = IntentJson.Parse(document);
        Approval[] approvals = [.. LocalPaths.Members.Take(2).Select(m => scene.Sign(m, intent.Hash))];
        var swapped = Swap(chain, unsigned, out var thief);
        step.Say("approved", $"the payment to {LocalPolicy.Somebody(chain)}, by {string.Join(" and ", LocalPaths.Members.Take(2))}: their signatures are real");
        step.Say("asked", $"each node, past the server, to sign the same to {thief}");
        var (nodes, answers) = (new NodeRequests(scene, cancellation), new JsonObject());
        foreach (var node in scene.Profile.Nodes)
        {
            var refused = await RefusedAsync(nodes, node, document, swapped, approvals);
            step.Say(node.Name, $"refuses: {refused.Reason}: {refused.Detail}");
            answers[node.Name] = refused.Reason;
        }
        step.Facts["refusals"] = answers;
        if (Rebind(chain, intent, swapped) is not { } rewritten)
            return;
        step.Say("then", "with the intent rewritten to fit, as a new request, and the same approvals");
        var again = new JsonObject();
        foreach (var node in scene.Profile.Nodes)
        {
            var refused = await RefusedAsync(nodes, node, IntentJson.Write(rewritten), swapped, approvals);
            step.Say(node.Name, $"refuses: {refused.Reason}: nobody has approved that");
            again[node.Name] = refused.Reason;
        }
        step.Facts["rewritten"] = again;
    }

    static async Task<Refused> RefusedAsync(NodeRequests nodes, LocalProfile.LocalNode node, byte[] intent, byte[] payload, Approval[] approvals)
    {
        var reply = await nodes.AskAsync(node.Url, intent, payload, approvals);
        return reply.Refused ?? throw new CliException($"{node.Name} has not refused: {reply}");
    }

    /// <summary>The intent made anew for other bytes. Of Bitcoin, whose inputs have paths of their own, it is not tried.</summary>
    Intent? Rebind(LocalChain chain, Intent intent, byte[] payload)
    {
        if (chain.Name == "bitcoin")
            return null;
        var format = new ConfiguredChain(null, null, chain.Genesis).ToFormat(chain.Id);
        var path = intent.Signatures[0].Path;
        var inputs = format.GetSigningInputs(payload, new(format.ParseAddress(scene.Addresses[chain.Name]), path));
        return new(intent.Organisation, intent.Wallet, intent.KeyEpoch, intent.Chain, new(SHA256.HashData(payload)),
            [.. inputs.Select(i => IntentSignature.From(i, path))], $"{intent.RequestId}.stolen", intent.Initiator, intent.MaxFee, intent.ExpiresAt);
    }

    /// <summary>The transaction with another recipient, wherever the right one stands.</summary>
    static byte[] Swap(LocalChain chain, byte[] unsigned, out string thief)
    {
        var right = chain.Name switch
        {
            "ethereum" => Convert.FromHexString(LocalPolicy.Somebody(chain)[2..]),
            "bitcoin" => witnessProgram,
            _ => SolanaAddress.Parse(LocalPolicy.Somebody(chain)).ToArray(),
        };
        var (swapped, found) = (unsigned.ToArray(), 0);
        for (var i = 0; i + right.Length <= swapped.Length; i++)
        {
            if (!swapped.AsSpan(i, right.Length).SequenceEqual(right))
                continue;
            found++;
            swapped[i + right.Length - 1] ^= 1;
        }
        if (found == 0)
            throw new CliException("the recipient does not stand in the transaction.");
        right[^1] ^= 1;
        thief = chain.Name switch
        {
            "ethereum" => new EthereumAddress(right).ToString(),
            "bitcoin" => $"the key hash {Convert.ToHexStringLower(right)}",
            _ => new SolanaAddress(right).ToString(),
        };
        return swapped;
    }
}
