using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Tests.Ethereum;

/// <summary>Byte for byte with ethers: what is built here is read there, and the reverse.</summary>
public class EthersInteropTests
{
    const int Count = 2000;
    const int Chunk = 250;

    [Fact]
    public void Transactions_built_here_are_the_bytes_ethers_builds_signs_and_reads()
    {
        using var random = new RandomTransactions(20261121);
        using var key = random.Key();
        var secret = random.Bytes(32);
        Assert.True(EcdsaKey.TryImport(secret, out var signer));
        using var _ = signer;
        for (var done = 0; done < Count; done += Chunk)
        {
            var transactions = Enumerable.Range(0, Chunk).Select(_ => random.Next()).ToArray();
            var built = Ethers.Call("tx.sign", new()
            {
                ["key"] = Hex.Of(secret), ["transactions"] = new JsonArray([.. transactions.Select(RandomTransactions.ToJson)]),
            }).AsArray();
            foreach (var (ours, theirs) in transactions.Zip(built))
            {
                var signed = EthereumTransactionCodec.Encode(ours, signer.Sign(ours.Digest()));
                Assert.Equal((string?)theirs!["unsigned"], Hex.Of(EthereumTransactionCodec.Encode(ours)));
                Assert.Equal((string?)theirs["digest"], Hex.Of(ours.Digest()));
                Assert.Equal((string?)theirs["signed"], Hex.Of(signed));
                Assert.Equal((string?)theirs["hash"], EthereumFormat.TransactionId(signed));
                Assert.Equal((string?)theirs["from"], EthereumAddress.FromPublicKey(signer.PublicKey).ToString());
                var decoded = EthereumTransactionCodec.Decode(signed);
                Assert.Equal(ours, decoded.Transaction);
            }
        }
    }

    [Fact]
    public void Transactions_made_up_by_ethers_are_read_here_field_by_field()
    {
        for (var chunk = 0; chunk < Count / Chunk; chunk++)
        {
            foreach (var theirs in Ethers.Call("tx.random", new() { ["seed"] = $"quorate {chunk}", ["count"] = Chunk }).AsArray())
            {
                var signed = Hex.Bytes(theirs!["signed"]);
                var (ours, signature, signer) = EthereumTransactionCodec.Decode(signed);
                Assert.Equal((string?)theirs["from"], signer?.ToString());
                Assert.Equal(signed, EthereumTransactionCodec.Encode(ours, signature));
                Assert.Equal(Hex.Bytes(theirs["unsigned"]), EthereumTransactionCodec.Encode(EthereumTransactionCodec.Decode(Hex.Bytes(theirs["unsigned"])).Transaction));
                AssertFields(theirs, ours);
            }
        }
    }

    [Fact]
    public void Calls_have_the_bytes_that_ethers_encodes()
    {
        using var random = new RandomTransactions(7);
        var calls = Enumerable.Range(0, 500).Select(_ => RandomAbi.Call(random)).ToArray();
        var encoded = Ethers.Call("abi.encode", new()
        {
            ["calls"] = new JsonArray([.. calls.Select(c => new JsonObject
            {
                ["signature"] = c.Function.Signature,
                ["values"] = new JsonArray([.. c.Function.Parameters.Zip(c.Values, (p, v) => RandomAbi.ToJson(p.Type, v))]),
            })]),
        }).AsArray();
        foreach (var (call, theirs) in calls.Zip(encoded))
        {
            Assert.Equal((string?)theirs, Hex.Of(call.Function.Encode(call.Values)));
            var decoded = call.Function.Decode(Hex.Bytes(theirs));
            Assert.Equal((string?)theirs, Hex.Of(call.Function.Encode(decoded.AsSpan())));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("Grüße, 世界")]
    public void Personal_messages_have_the_digest_that_ethers_gives_them(string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        Assert.Equal((string?)Ethers.Call("message.digest", new() { ["message"] = Hex.Of(bytes) }), Hex.Of(new PersonalMessage(bytes).Digest()));
    }

    static void AssertFields(JsonNode theirs, EthereumTransaction ours)
    {
        Assert.Equal((int)theirs["type"]!, (int)ours.Type);
        Assert.Equal(Hex.Number(theirs["chainId"]), ours.ChainId!.Value);
        Assert.Equal((ulong)theirs["nonce"]!, ours.Nonce);
        Assert.Equal(Hex.Number(theirs["gasLimit"]), ours.GasLimit);
        Assert.Equal(Hex.Number(theirs[ours.HasPriorityFee ? "maxFeePerGas" : "gasPrice"]), ours.MaxFeePerGas);
        Assert.Equal(ours.HasPriorityFee ? Hex.Number(theirs["maxPriorityFeePerGas"]) : ours.MaxFeePerGas, ours.MaxPriorityFeePerGas);
        Assert.Equal((string?)theirs["to"], ours.To?.ToString());
        Assert.Equal(Hex.Number(theirs["value"]), ours.Value);
        Assert.Equal(Hex.Bytes(theirs["data"]), ours.Data.ToArray());
        Assert.Equal(theirs["accessList"]?.ToJsonString() ?? "[]", RandomTransactions.ToJson(ours)["accessList"]?.ToJsonString() ?? "[]");
        if (ours.Type == EthereumTransactionType.SetCode)
            Assert.Equal(theirs["authorizationList"]!.ToJsonString(), RandomTransactions.ToJson(ours)["authorizationList"]!.ToJsonString());
    }
}
