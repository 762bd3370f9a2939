using Quorate.Chains;
using Quorate.Chains.Solana;
using Quorate.Server.Hosting;
using Quorate.Server.Ids;
using Quorate.Server.Wallets;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Errors;

/// <summary>What a chain's node says. Those of transfers that are under way are in <see cref="TransferErrors"/>.</summary>
static class ChainErrors
{
    internal static async Task ReachAsync(ErrorsReached reached)
    {
        await using (var away = await WalletScene.StartAsync())
        {
            await away.GiveAddressAsync();
            await PreviewAsync(reached, "chain_unavailable", away);
        }
        using var node = new ScriptedNode();
        await using (var scene = await WalletScene.StartAsync(node.Url))
        {
            await scene.GiveAddressAsync();
            const string Enough = "1000000000000000000";
            Assert.Equal("", (string?)(await PreviewAsync(reached, "", scene, Enough))["problem"]);
            await PreviewAsync(reached, "chain_fee_too_high", scene);
            await PreviewAsync(reached, "chain_unsupported", scene, Enough, $"{WalletScene.Chain}/drawing:1");
            node.Refuses("eth_estimateGas", "insufficient funds for gas * price + value");
            await PreviewAsync(reached, "chain_insufficient_funds", scene, Enough);
            node.Refuses("eth_estimateGas", "max fee per gas less than block base fee");
            await PreviewAsync(reached, "chain_fee_too_low", scene, Enough);
            node.Refuses("eth_estimateGas", "execution reverted: closed", 3);
            await PreviewAsync(reached, "chain_rejected", scene, Enough);
            node.Refuses("eth_estimateGas", "what is that", -32601);
            await PreviewAsync(reached, "chain_bad_node", scene, Enough);
        }
        await OfSolanaAsync(reached, node);
    }

    static Task<System.Text.Json.Nodes.JsonNode> PreviewAsync(ErrorsReached reached, string code, WalletScene scene, string maxFee = "1", string asset = WalletScene.Coin) =>
        reached.PostAsync(scene.Http, code, "/v1/transfers:preview", WalletScene.Payment(maxFee: maxFee, asset: asset));

    static async Task OfSolanaAsync(ErrorsReached reached, ScriptedNode node)
    {
        node.Says("getGenesisHash", $"\"{SolanaCluster.Devnet.GenesisHash}\"").Says("getMultipleAccounts", """{"context":{"slot":7},"value":[null]}""");
        var format = new SolanaFormat(SolanaCluster.Devnet);
        await using var scene = await WalletScene.StartAsync(with: o => o with { Chains = [new SolanaSettings(format, node.Url)] });
        var key = new WalletKey(SignatureScheme.Ed25519, new(new byte[32]), new(new byte[32]), 2, [1, 2]);
        foreach (var holder in (int[])[1, 2])
            await WalletScene.DoneAsync(scene.Server.Store.Wallets.DoAsync(WalletScene.Bare.ToString(), new WalletCommand.ReportKeys(Noon, holder, 1, [key])));
        var address = SolanaAddress.Parse("4uhcVJyU9pJkvQyS88uRDiswHXSGkY3zQawwpjk2NsNY").ToString();
        await WalletScene.DoneAsync(scene.Server.Store.Wallets.DoAsync(WalletScene.Bare.ToString(),
            new WalletCommand.IssueAddress(Noon, Id(ResourceKind.Address), format.Chain, SignatureScheme.Ed25519, 0, address, null)));
        await reached.PostAsync(scene.Http, "nonce_refused", $"/v1/wallets/{WalletScene.Bare}/nonces", new { chain = format.Chain.ToString(), address, nonce = address });
    }
}
