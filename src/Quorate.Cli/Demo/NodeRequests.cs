using System.Globalization;
using System.Security.Cryptography;
using Google.Protobuf;
using Quorate.Chains;
using Quorate.Cli.Ceremonies;
using Quorate.Cli.Local;
using Quorate.Node.V1;
using Quorate.Policies;
using Quorate.Rpc.Client;

namespace Quorate.Cli.Demo;

/// <summary>What a server asks nodes to sign, asked without one: an intent, its transaction, and the members' approvals.</summary>
sealed class NodeRequests(DemoScene scene, CancellationToken cancellation)
{
    int requests;

    /// <summary>The intent that binds a transaction of the wallet, as nodes derive it from the bytes.</summary>
    internal Intent Bind(LocalChain chain, UnsentTransactions transactions, byte[] unsigned, ulong epoch) => new(
        "local", scene.Wallet, epoch, ChainId.Parse(chain.Id), new(SHA256.HashData(unsigned)),
        [.. transactions.Format.GetSigningInputs(unsigned, transactions.Context).OrderBy(i => i.Index).Select(i => IntentSignature.From(i, transactions.Context.Path))],
        string.Create(CultureInfo.InvariantCulture, $"{scene.Wallet}.{++requests}"), scene.Profile.Member, new(transactions.Format.Coin, Amount.Parse(chain.MaxFee)),
        DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + 3600));

    /// <summary>Asks a node.</summary>
    internal async Task<SignReply> AskAsync(string url, byte[] intent, byte[] payload, IEnumerable<Approval> approvals)
    {
        using var channel = RpcChannel.ForAddress(new Uri(url));
        return await NodeCalls.SignAsync(channel, new()
        {
            Intent = ByteString.CopyFrom(intent), Approvals = ByteString.CopyFrom(ApprovalJson.Write([.. approvals])), Kind = PayloadKind.Transaction, Payload = ByteString.CopyFrom(payload),
        }, cancellation);
    }

    /// <summary>Approvals of an intent by members' devices.</summary>
    internal Approval[] Approve(Intent intent, IEnumerable<string> members) => [.. members.Select(m => scene.Sign(m, intent.Hash))];

    /// <summary>The wallet as a node knows it.</summary>
    internal async Task<Wallet> WalletAsync()
    {
        using var channel = RpcChannel.ForAddress(new Uri(scene.Profile.Nodes[0].Url));
        var status = await NodeCalls.StatusAsync(channel, cancellation);
        return status.Wallets.FirstOrDefault(w => w.Name == scene.Wallet) ?? throw new CliException($"{status.Name} knows no wallet {scene.Wallet}.");
    }
}
