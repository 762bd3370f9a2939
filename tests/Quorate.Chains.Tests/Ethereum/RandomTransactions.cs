using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Chains.Tests.Ethereum;

/// <summary>Valid transactions of all kinds under a seed, with numbers of all sizes and often none.</summary>
sealed class RandomTransactions(ulong seed) : IDisposable
{
    readonly SeededRandom random = new(seed, "ethereum transactions");

    internal EthereumTransaction Next(ulong? chain = null)
    {
        var type = (EthereumTransactionType)((int[])[0, 1, 2, 4])[random.Below(4)];
        var (tip, fee) = (Number(11), Number(11));
        if (tip > fee)
            (tip, fee) = (fee, tip);
        var hasTip = type is EthereumTransactionType.FeeMarket or EthereumTransactionType.SetCode;
        Number(7).TryToUInt64(out var gas);
        return new()
        {
            Type = type,
            ChainId = chain ?? 1 + UInt64(7),
            Nonce = random.Below(3) == 0 ? 0 : UInt64(7),
            GasLimit = gas,
            MaxFeePerGas = fee,
            MaxPriorityFeePerGas = hasTip ? tip : fee,
            To = type == EthereumTransactionType.SetCode || random.Below(6) != 0 ? Address() : null,
            Value = Number(32),
            Data = Bytes(random.Below(3) == 0 ? 0 : random.Below(300)),
            AccessList = type == EthereumTransactionType.Legacy
                ? []
                : [.. Enumerable.Range(0, random.Below(4)).Select(_ => new AccessListEntry(
                    Address(), [.. Enumerable.Range(0, random.Below(3)).Select(_ => (ReadOnlyMemory<byte>)Bytes(32))]))],
            Authorizations = type == EthereumTransactionType.SetCode ? [.. Enumerable.Range(0, 1 + random.Below(3)).Select(_ => Authorization())] : [],
        };
    }

    internal EcdsaKey Key() => EcdsaKey.Generate(random);

    internal EthereumAddress Address() => new(Bytes(20));

    internal byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        random.Fill(bytes);
        return bytes;
    }

    internal int Below(int bound) => random.Below(bound);

    internal Amount Number(int maxSize) => random.Below(6) == 0 ? Amount.Zero : Amount.FromBigEndian(Bytes(1 + random.Below(maxSize)));

    /// <summary>The fields as ethers takes them.</summary>
    internal static JsonObject ToJson(EthereumTransaction t)
    {
        var json = new JsonObject
        {
            ["type"] = (int)t.Type, ["chainId"] = Hex.Of((Amount)t.ChainId!.Value), ["nonce"] = Hex.Of((Amount)t.Nonce),
            ["gasLimit"] = Hex.Of((Amount)t.GasLimit), ["value"] = Hex.Of(t.Value), ["data"] = Hex.Of(t.Data.Span),
        };
        if (t.To is { } to)
            json["to"] = to.ToString();
        if (t.HasPriorityFee)
            (json["maxFeePerGas"], json["maxPriorityFeePerGas"]) = (Hex.Of(t.MaxFeePerGas), Hex.Of(t.MaxPriorityFeePerGas));
        else
            json["gasPrice"] = Hex.Of(t.MaxFeePerGas);
        if (t.Type != EthereumTransactionType.Legacy)
            json["accessList"] = new JsonArray([.. t.AccessList.Select(e => new JsonObject
            {
                ["address"] = e.Address.ToString(),
                ["storageKeys"] = new JsonArray([.. e.StorageKeys.Select(k => (JsonNode)Hex.Of(k.Span))]),
            })]);
        if (t.Type == EthereumTransactionType.SetCode)
            json["authorizationList"] = new JsonArray([.. t.Authorizations.Select(a => new JsonObject
            {
                ["chainId"] = Hex.Of(a.ChainId), ["address"] = a.Delegate.ToString(), ["nonce"] = Hex.Of((Amount)a.Nonce),
                ["yParity"] = (int)a.YParity, ["r"] = Word(a.R), ["s"] = Word(a.S),
            })]);
        return json;
    }

    public void Dispose() => random.Dispose();

    static string Word(Amount value)
    {
        var bytes = new byte[32];
        value.WriteBigEndian(bytes);
        return Hex.Of(bytes);
    }

    SetCodeAuthorization Authorization()
    {
        using var key = Key();
        return Authorization(key, random.Below(2) == 0 ? 0UL : (Amount)(1 + UInt64(3)), Address(), UInt64(3));
    }

    /// <summary>An authorisation that a key has signed.</summary>
    internal static SetCodeAuthorization Authorization(EcdsaKey key, Amount chain, EthereumAddress to, ulong nonce)
    {
        var unsigned = new SetCodeAuthorization(chain, to, nonce, 0, default, default);
        var signature = key.Sign(unsigned.Digest());
        var compact = signature.Signature.EncodeCompact();
        return unsigned with
        {
            YParity = (byte)signature.RecoveryId, R = Amount.FromBigEndian(compact.AsSpan(0, 32)), S = Amount.FromBigEndian(compact.AsSpan(32)),
        };
    }

    // At most seven bytes: ethers takes numbers that JavaScript can count for nonces.
    ulong UInt64(int maxSize)
    {
        Amount.FromBigEndian(Bytes(1 + random.Below(Math.Min(maxSize, 6)))).TryToUInt64(out var value);
        return value;
    }
}
