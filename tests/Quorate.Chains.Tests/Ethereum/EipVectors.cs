using System.Text.Json;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Ethereum.TypedData;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Tests.Ethereum;

/// <summary>The examples in the texts of the EIPs.</summary>
public class EipVectors
{
    internal static JsonElement Read(string name)
    {
        using var stream = typeof(EipVectors).Assembly.GetManifestResourceStream("Ethereum/eips.json")!;
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.GetProperty(name).Clone();
    }

    [Fact]
    public void Eip_155_example_is_encoded_hashed_and_signed_as_it_says()
    {
        var v = Read("eip155");
        var transaction = new EthereumTransaction
        {
            Type = EthereumTransactionType.Legacy, ChainId = v.GetProperty("chainId").GetUInt64(), Nonce = v.GetProperty("nonce").GetUInt64(),
            GasLimit = v.GetProperty("gasLimit").GetUInt64(), To = EthereumAddress.Parse(v.GetProperty("to").GetString()!),
            MaxFeePerGas = Amount.Parse(v.GetProperty("gasPrice").GetString()!), MaxPriorityFeePerGas = Amount.Parse(v.GetProperty("gasPrice").GetString()!),
            Value = Amount.Parse(v.GetProperty("value").GetString()!),
        };
        Assert.True(EcdsaKey.TryImport(Hex.Bytes(v.GetProperty("privateKey")), out var key));
        using var _ = key;

        Assert.Equal(v.GetProperty("signingData").GetString(), Hex.Of(EthereumTransactionCodec.Encode(transaction)));
        Assert.Equal(v.GetProperty("signingHash").GetString(), Hex.Of(transaction.Digest()));
        Assert.Equal(v.GetProperty("signed").GetString(), Hex.Of(EthereumTransactionCodec.Encode(transaction, key.Sign(transaction.Digest()))));
        var decoded = EthereumTransactionCodec.Decode(Hex.Bytes(v.GetProperty("signed")));
        Assert.Equal((transaction, EthereumAddress.FromPublicKey(key.PublicKey)), (decoded.Transaction, decoded.Signer));
    }

    [Fact]
    public void Eip_712_example_is_hashed_and_signed_as_it_says()
    {
        var v = Read("eip712");
        var message = TypedMessage.Parse(JsonSerializer.SerializeToUtf8Bytes(v.GetProperty("typedData")));
        Assert.True(EcdsaKey.TryImport(Hex.Bytes(v.GetProperty("privateKey")), out var key));
        using var _ = key;
        var format = new EthereumFormat(1);
        var signer = Signing.ContextOf(format, key);

        Assert.Equal(v.GetProperty("encodeType").GetString(), message.EncodedType);
        Assert.Equal(v.GetProperty("domainSeparator").GetString(), Hex.Of(message.DomainSeparator.Span));
        Assert.Equal(v.GetProperty("digest").GetString(), Hex.Of(message.Digest()));
        var input = format.GetSigningInput(message, signer);
        Assert.Equal(v.GetProperty("signature").GetString(), Hex.Of(format.Assemble(message, signer, Signing.Sign(key, input))));
    }
}
