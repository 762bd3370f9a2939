using System.Text;
using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Ethereum.Abi;
using Quorate.Chains.Ethereum.TypedData;
using Quorate.Chains;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;
using Quorate.Testing.Interop;

namespace Quorate.Benchmarks;

/// <summary>Building, decoding and digesting a token transfer and a permit, next to ethers on Node.js.</summary>
static class ChainsEthereumBenchmarks
{
    const string Permit =
        """
        {"types":{"EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},{"name":"chainId","type":"uint256"},{"name":"verifyingContract","type":"address"}],
        "Permit":[{"name":"owner","type":"address"},{"name":"spender","type":"address"},{"name":"value","type":"uint256"},{"name":"nonce","type":"uint256"},{"name":"deadline","type":"uint256"}]},
        "primaryType":"Permit","domain":{"name":"USD Coin","version":"2","chainId":1,"verifyingContract":"0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"},
        "message":{"owner":"0x70997970C51812dc3A010C7d01b50e0d17dc79C8","spender":"0x000000000022D473030F116dDEE9F6B43aC78BA3","value":"250000000","nonce":0,"deadline":"1800000000"}}
        """;

    static readonly AbiFunction transfer = AbiFunction.Parse("transfer(address to,uint256 amount)");

    internal static void Run(string[] args)
    {
        using var peer = new JsonLineProcess("node", Repository.PathOf("bench/Quorate.Benchmarks/peers/ethereum.mjs"), TimeSpan.FromMinutes(1));
        using var key = EcdsaKey.Generate(new SeededRandom(1, "bench"));
        var format = new EthereumFormat(1);
        var context = new DecodeContext(format.ToAddress(EthereumAddress.FromPublicKey(key.PublicKey)), Bip32Path.Root);
        var (token, to) = (EthereumAddress.Parse("0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48"), EthereumAddress.Parse("0x70997970C51812dc3A010C7d01b50e0d17dc79C8"));

        byte[] Build() => EthereumTransactionCodec.Encode(new()
        {
            Type = EthereumTransactionType.FeeMarket, ChainId = 1, Nonce = 5, GasLimit = 65_000, MaxFeePerGas = 30_000_000_000, MaxPriorityFeePerGas = 1_000_000_000,
            To = token, Data = transfer.Encode(AbiValue.From(to), AbiValue.From(250_000_000)),
        });
        var unsigned = Build();
        var signed = EthereumTransactionCodec.Encode(EthereumTransactionCodec.Decode(unsigned).Transaction, key.Sign(EthereumTransactionCodec.Decode(unsigned).Transaction.Digest()));
        var permit = Encoding.UTF8.GetBytes(Permit);

        PeerProcess.Heading("a token transfer, ns", "ethers");
        PeerProcess.Compare(peer, "build", Request("build", ("to", to.ToString())), () => Build());
        PeerProcess.Compare(peer, "decode into effects", Request("decode", ("bytes", Hex(unsigned))), () => format.Decode(unsigned, context));
        PeerProcess.Compare(peer, "digest, from the bytes", Request("digest", ("bytes", Hex(unsigned))), () => format.GetSigningInputs(unsigned, context));
        PeerProcess.Compare(peer, "signer, from the signed bytes", Request("signer", ("bytes", Hex(signed))), () => EthereumTransactionCodec.Decode(signed));
        // Ours reads the JSON too; the peer gets objects.
        PeerProcess.Compare(peer, "EIP-712 permit, digest", Request("typed", ("json", JsonNode.Parse(Permit)!)), () => TypedMessage.Parse(permit).Digest());
    }

    static string Hex(byte[] bytes) => "0x" + Convert.ToHexStringLower(bytes);

    static JsonObject Request(string what, (string Name, JsonNode Value) input) => new() { ["what"] = what, [input.Name] = input.Value };
}
