using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Solana;
using Quorate.Cli.Ceremonies;
using Quorate.Cli.Local;
using Quorate.Node.V1;
using Quorate.Policies;
using Quorate.Rpc.Client;

namespace Quorate.Cli.Demo;

/// <summary>A server that was taken over: it has an intent that was approved, and asks every node to sign something else under it.</summary>
sealed class HostileSteps(DemoScene scene, CancellationToken cancellation)
{
    static readonly byte[] witnessProgram = Convert.FromHexString("751e76e8199196d454941c45d1b3a323f1433bd6");

    /// <summary>What was approved, and approved well, with another recipient in the transaction.</summary>
    internal Task SwapAsync(DemoStep step)
    {
        var transaction = scene.Approved!["transactions"]!.AsArray()[^1]!;
        return SwapAsync(scene.Live[0], Encoding.UTF8.GetBytes(transaction["intent"]!.ToJsonString()), Convert.FromBase64String((string)transaction["unsigned"]!), step);
    }

    /// <summary>Of an intent and its transaction.</summary>
    internal async Task SwapAsync(LocalChain chain, byte[] document, byte[] unsigned, DemoStep step)
    {
        var intent = IntentJson.Parse(document);
        var approvals = ApprovalJson.Write([.. LocalPaths.Members.Take(2).Select(m => scene.Sign(m, intent.Hash))]);
        var swapped = Swap(chain, unsigned, out var thief);
        step.Say("approved", $"the payment to {LocalPolicy.Somebody(chain)}, by {string.Join(" and ", LocalPaths.Members.Take(2))}: their signatures are real");
        step.Say("asked", $"each node, past the server, to sign the same to {thief}");
        var answers = new JsonObject();
        foreach (var node in scene.Profile.Nodes)
        {
            using var channel = RpcChannel.ForAddress(new Uri(node.Url));
            var reply = await NodeCalls.SignAsync(channel, new()
            {
                Intent = ByteString.CopyFrom(document), Approvals = ByteString.CopyFrom(approvals), Kind = PayloadKind.Transaction, Payload = ByteString.CopyFrom(swapped),
            }, cancellation);
            if (reply.Refused is not { } refused)
                throw new CliException($"{node.Name} has not refused: {reply}");
            step.Say(node.Name, $"refuses: {refused.Reason}: {refused.Detail}");
            answers[node.Name] = refused.Reason;
        }
        step.Facts["refusals"] = answers;
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
