using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Ethereum.TypedData;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Tests.Ethereum;

/// <summary>The test cases that ethers publishes: thousands of transactions and typed messages.</summary>
public class EthersVectorTests
{
    [Fact]
    public void Legacy_transactions_are_read_signed_and_written_as_they_say()
    {
        var cases = Ethers.TestCases("transactions");
        var beyondGas = 0;
        foreach (var v in cases.EnumerateArray())
        {
            using var key = Key(v, "privateKey");
            foreach (var suffix in (string[])["", "ChainId5"])
            {
                var unsigned = Hex.Bytes(v.GetProperty("unsignedTransaction" + suffix));
                if (GasIsBeyond(v))
                {
                    beyondGas++;
                    Assert.Throws<FormatException>(() => EthereumTransactionCodec.Decode(unsigned));
                    continue;
                }
                var transaction = EthereumTransactionCodec.Decode(unsigned).Transaction;
                Assert.Equal(suffix == "" ? null : 5UL, transaction.ChainId);
                Assert.Equal(unsigned, EthereumTransactionCodec.Encode(transaction));
                var signed = EthereumTransactionCodec.Encode(transaction, key.Sign(transaction.Digest()));
                Assert.Equal(v.GetProperty("signedTransaction" + suffix).GetString(), Hex.Of(signed));
                var decoded = EthereumTransactionCodec.Decode(signed);
                Assert.Equal((transaction, v.GetProperty("accountAddress").GetString()), (decoded.Transaction, decoded.Signer?.ToString().ToLowerInvariant()));
            }
        }
        Assert.InRange(beyondGas, 0, cases.GetArrayLength() / 2);
    }

    [Fact]
    public void Typed_transactions_are_read_signed_and_written_as_they_say()
    {
        var (read, refused) = (0, 0);
        foreach (var v in Ethers.TestCases("typed-transactions").EnumerateArray())
        {
            var unsigned = Hex.Bytes(v.GetProperty("unsigned"));
            // The cases go beyond what any chain accepts: no chain, a tip above the fee, or gas that no block has.
            if (!v.GetProperty("tx").TryGetProperty("chainId", out var chain) || IsZero(chain) || TipIsAboveFee(v.GetProperty("tx")) || GasIsBeyond(v.GetProperty("tx")))
            {
                refused++;
                Assert.Throws<FormatException>(() => EthereumTransactionCodec.Decode(unsigned));
                continue;
            }
            read++;
            using var key = Key(v, "key");
            var transaction = EthereumTransactionCodec.Decode(unsigned).Transaction;
            Assert.Equal(unsigned, EthereumTransactionCodec.Encode(transaction));
            var signed = EthereumTransactionCodec.Encode(transaction, key.Sign(transaction.Digest()));
            Assert.Equal(v.GetProperty("signed").GetString(), Hex.Of(signed));
            Assert.Equal(v.GetProperty("address").GetString(), EthereumTransactionCodec.Decode(signed).Signer?.ToString().ToLowerInvariant());
        }
        Assert.True(read > 500, $"{read} read, {refused} refused");
    }

    [Fact]
    public void Typed_messages_have_the_digests_they_say()
    {
        var read = 0;
        foreach (var v in Ethers.TestCases("eip712").EnumerateArray())
        {
            var json = new JsonObject();
            foreach (var (name, from) in ((string, string)[])[("types", "types"), ("primaryType", "primaryType"), ("domain", "domain"), ("message", "data")])
                json[name] = JsonNode.Parse(v.GetProperty(from).GetRawText());
            var message = TypedMessage.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()));
            Assert.Equal(v.GetProperty("digest").GetString(), Hex.Of(message.Digest()));
            read++;
        }
        Assert.True(read > 1000, $"{read} read");
    }

    static bool GasIsBeyond(JsonElement fields) =>
        fields.TryGetProperty("gasLimit", out var gas) && gas.ValueKind == JsonValueKind.String && Hex.Bytes(Even(gas)).AsSpan().TrimStart((byte)0).Length > 8;

    static bool TipIsAboveFee(JsonElement fields) =>
        Value(fields, "maxPriorityFeePerGas") > Value(fields, "maxFeePerGas");

    static Amount Value(JsonElement fields, string name) => fields.TryGetProperty(name, out var value)
        ? value.ValueKind == JsonValueKind.Number ? value.GetUInt64() : Amount.FromBigEndian(Hex.Bytes(Even(value)))
        : Amount.Zero;

    static bool IsZero(JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetUInt64() == 0 : Amount.FromBigEndian(Hex.Bytes(Even(value))).IsZero;

    static string Even(JsonElement hex) => hex.GetString()! is var text && text.Length % 2 == 0 ? text : "0x0" + text[2..];

    static EcdsaKey Key(JsonElement v, string name)
    {
        Assert.True(EcdsaKey.TryImport(Hex.Bytes(v.GetProperty(name)), out var key));
        return key;
    }
}
