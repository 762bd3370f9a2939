using System.Net;
using System.Text.Json.Nodes;
using Quorate.Chains;
using Quorate.Chains.Bitcoin;
using Quorate.Chains.Solana;
using Quorate.Server.Hosting;
using Quorate.Server.Tests.Errors;
using Quorate.Server.Tests.Governance;

namespace Quorate.Server.Tests.Api;

/// <summary>Beside amounts stands how they are written, as far as the server knows it without asking anybody.</summary>
public sealed class UnitTests
{
    static readonly AssetId token = AssetId.Parse($"{WalletScene.Chain}/erc20:{WalletScene.Recipient}"), other = AssetId.Parse($"{WalletScene.Chain}/erc20:0x00000000000000000000000000000000000000C0");

    [Fact]
    public async Task Of_transfers_previews_lists_and_balances()
    {
        using var node = new ScriptedNode();
        await using var scene = await WalletScene.StartAsync(node.Url, o => o with { Genesis = Acme.Genesis("fee"), Chains = [.. o.Chains.Select(c => c with { Units = c.Units.Add(token, new(6, "USDX")) })] });
        await scene.GiveAddressAsync();
        JsonObject Body(string asset) => System.Text.Json.JsonSerializer.SerializeToNode(WalletScene.Payment(maxFee: "1000000000000000", asset: asset))!.AsObject();
        var preview = await scene.Http.SendAsync(HttpMethod.Post, "/v1/transfers:preview", Body(WalletScene.Coin));
        Assert.Equal("", preview["problem"].Text());
        foreach (var shown in (JsonNode[])[preview["transfer"]!, preview["transfer"]!["transactions"]![0]!["effects"]![0]!, preview["reservations"]!.AsArray().Single(r => r!["kind"].Text() == "funds")!])
            Assert.Equal((18, "ETH"), ((int)shown["decimals"]!, shown["symbol"].Text()));
        Assert.Equal((18, "ETH"), ((int)preview["transfer"]!["feeDecimals"]!, preview["transfer"]!["feeSymbol"].Text()));
        // What has no asset has no unit.
        var nonce = preview["reservations"]!.AsArray().Single(r => r!["kind"].Text() == "nonce")!;
        Assert.Equal((null, ""), (nonce["decimals"], nonce["symbol"].Text()));

        var made = await scene.Http.SendAsync(HttpMethod.Post, "/v1/transfers", Body(token.ToString()), HttpStatusCode.Created, ("Idempotency-Key", "one"));
        Assert.Equal((6, "USDX", "ETH"), ((int)made["decimals"]!, made["symbol"].Text(), made["feeSymbol"].Text()));
        var unknown = await scene.Http.SendAsync(HttpMethod.Post, "/v1/transfers", Body(other.ToString()), HttpStatusCode.Created, ("Idempotency-Key", "two"));
        Assert.Equal((null, ""), (unknown["decimals"], unknown["symbol"].Text()));
        var lines = (await scene.Http.UntilAsync("/v1/transfers", l => l["transfers"]!.AsArray().Count == 2))["transfers"]!.AsArray();
        Assert.Equal((6, "USDX"), ((int)lines.Single(l => l!["id"].Text() == made["id"].Text())!["decimals"]!, lines.Single(l => l!["id"].Text() == made["id"].Text())!["symbol"].Text()));
        Assert.Null(lines.Single(l => l!["id"].Text() == unknown["id"].Text())!["decimals"]);
    }

    [Fact]
    public void What_a_chain_knows_of_itself_comes_after_what_is_said_of_it()
    {
        static AssetUnit Of(ChainSettings settings, AssetId asset) => settings.Connect(new(new HttpClient(), new NoLog(), new(), TimeProvider.System)).UnitOf(asset);
        Uri nowhere = new("http://127.0.0.1:9");
        var polygon = new EthereumSettings(new(137), nowhere);
        Assert.Equal(new AssetUnit(18, ""), Of(polygon, polygon.Format.Coin));
        Assert.Equal(new AssetUnit(18, "POL"), Of(polygon with { Units = polygon.Units.Add(polygon.Format.Coin, new(null, "POL")) }, polygon.Format.Coin));
        Assert.Equal(AssetUnit.Unknown, Of(polygon, AssetId.Parse($"eip155:137/erc20:{WalletScene.Recipient}")));
        Assert.Equal(new AssetUnit(8, "BTC"), Of(new BitcoinSettings(BitcoinNetwork.Mainnet, nowhere), BitcoinNetwork.Mainnet.Coin));
        Assert.Equal(new AssetUnit(8, "tBTC"), Of(new BitcoinSettings(BitcoinNetwork.Signet, nowhere), BitcoinNetwork.Signet.Coin));
        var mint = SolanaAddress.Parse("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v");
        var solana = new SolanaSettings(new(SolanaCluster.Devnet, KnownAccounts.None.WithMint(mint, new(mint, 6))), nowhere);
        Assert.Equal(new AssetUnit(9, "SOL"), Of(solana, solana.Format.Coin));
        Assert.Equal(new AssetUnit(6, ""), Of(solana, AssetId.Parse($"{solana.Chain}/token:{mint}")));
    }

    sealed class NoLog : Server.Lanes.IEventLog
    {
        public Task<IReadOnlyList<Journal.RecordedEvent>> ReadAsync(string stream, long afterVersion, CancellationToken cancellation) => throw new NotSupportedException();

        public Task<long> AppendAsync(string stream, long expectedVersion, IReadOnlyList<Journal.NewEvent> events, CancellationToken cancellation) => throw new NotSupportedException();
    }
}
