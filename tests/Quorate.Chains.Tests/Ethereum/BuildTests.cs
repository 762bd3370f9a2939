using System.Text;
using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum;
using Quorate.Cryptography.Derivation;
using Quorate.Testing;

namespace Quorate.Chains.Tests.Ethereum;

/// <summary>What is built for a wish does that and nothing else, whatever the node says about fees, gas and nonces.</summary>
public class BuildTests
{
    /// <summary>A node whose numbers are made up and whose accounts have everything.</summary>
    sealed class RichNode(SeededRandom random, EthereumAddress owner) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var calls = JsonNode.Parse(await request.Content!.ReadAsStringAsync(cancellationToken))!.AsArray();
            var answers = new JsonArray([.. calls.Select(call => new JsonObject { ["jsonrpc"] = "2.0", ["id"] = (int)call!["id"]!, ["result"] = Answer(call) })]);
            return new() { Content = new StringContent(answers.ToJsonString(), Encoding.UTF8, "application/json") };
        }

        JsonNode Answer(JsonNode call) => (string)call["method"]! switch
        {
            "eth_chainId" => "0x1",
            "eth_getBalance" => "0x" + new string('f', 60),
            "eth_feeHistory" => new JsonObject { ["baseFeePerGas"] = new JsonArray(Number(1_000_000_000), Number(1_000_000_000)), ["reward"] = new JsonArray(new JsonArray(Number(100_000_000))) },
            "eth_estimateGas" => Number(1_000_000),
            "eth_getTransactionCount" => Number(1000),
            // Who owns a token of a collection, or how much of it there is.
            "eth_call" => ((string)call["params"]![0]!["data"]!).StartsWith("0x6352211e", StringComparison.Ordinal)
                ? "0x" + new string('0', 24) + owner.ToString()[2..].ToLowerInvariant()
                : "0x" + new string('f', 64),
            var method => throw new InvalidOperationException(method),
        };

        JsonValue Number(int bound) => JsonValue.Create(Hex.Of((Amount)(ulong)(1 + random.Below(bound))));
    }

    [Fact]
    public async Task What_is_built_decodes_to_exactly_the_wish()
    {
        using var random = new SeededRandom(5, "wishes");
        using var values = new RandomTransactions(5);
        var format = new EthereumFormat(1);
        var owner = values.Address();
        using var http = new HttpClient(new RichNode(random, owner));
        var chain = new EthereumChain(format, http, new("http://127.0.0.1:1/"));
        var context = new DecodeContext(format.ToAddress(owner), Bip32Path.Root);
        for (var i = 0; i < 400; i++)
        {
            var to = format.ToAddress(i % 20 == 0 ? owner : values.Address());
            var (asset, amount) = (i % 4) switch
            {
                0 => (format.Coin, values.Number(29)),
                1 => (format.Token(TokenKind.Erc20, values.Address()), values.Number(32)),
                2 => (format.Token(TokenKind.Erc721, values.Address(), values.Number(32)), (Amount)1UL),
                _ => (format.Token(TokenKind.Erc1155, values.Address(), values.Number(32)), values.Number(32)),
            };
            var wish = new Transfer(context.Signer, to, asset, amount);

            var unsigned = await chain.BuildAsync(wish, Amount.MaxValue, default);

            var effects = format.Decode(unsigned, context);
            Assert.Empty(effects.NotUnderstood);
            var moved = new Effect.Transfer(context.Signer, to, asset, amount, ToSelf: to == context.Signer);
            Assert.Equal(asset == format.Coin ? [moved] : [Assert.IsType<Effect.Call>(effects.Items[0]), moved], effects.Items.AsEnumerable());
            var t = EthereumTransactionCodec.Decode(unsigned).Transaction;
            Assert.Equal(new Fee(context.Signer, format.Coin, t.MaxFeePerGas * t.GasLimit), effects.Fee);
        }
    }
}
