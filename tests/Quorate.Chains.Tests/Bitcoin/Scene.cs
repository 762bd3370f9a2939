using System.Collections.Immutable;
using Quorate.Chains.Bitcoin;
using Quorate.Cryptography.Derivation;
using Quorate.Testing;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>Random wallets, coins and payments under a seed.</summary>
sealed class Scene(ulong seed) : IDisposable
{
    public static readonly BitcoinNetwork Network = BitcoinNetwork.Regtest;

    public static readonly KeyScript[] Kinds = [KeyScript.KeyHash, KeyScript.NestedWitnessKeyHash, KeyScript.WitnessKeyHash, KeyScript.Taproot];

    readonly List<TestKey> keys = [];

    public SeededRandom Random { get; } = new(seed, "bitcoin");

    public BitcoinFormat Format { get; } = new(Network);

    public IReadOnlyList<TestKey> Keys => keys;

    public TestKey Key(KeyScript kind)
    {
        var key = new TestKey(Bytes(32), kind);
        keys.Add(key);
        return key;
    }

    public byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        Random.Fill(bytes);
        return bytes;
    }

    public Coin Coin(ulong value, KeyScript? kind = null, bool isConfirmed = true) =>
        CoinOf(value, Key(kind ?? Kinds[Random.Below(4)]).Script, isConfirmed);

    /// <summary>An output of a transaction made up for it, among others, with or without witness.</summary>
    public Coin CoinOf(ulong value, WalletScript owner, bool isConfirmed = true)
    {
        var outputs = Enumerable.Range(0, 1 + Random.Below(3)).Select(_ => new TxOutput((ulong)Random.Below(1_000_000), AnyScript())).ToList();
        var index = Random.Below(outputs.Count + 1);
        outputs.Insert(index, new(value, owner.Script));
        ImmutableArray<ReadOnlyMemory<byte>> witness = Random.Below(2) == 0 ? [] : [Bytes(64)];
        var previous = new BitcoinTransaction(2, [new(Point(), 0xffffffff, Bytes(Random.Below(30)), witness)], [.. outputs], 0);
        return new(new(previous.Id, (uint)index), value, owner, previous, isConfirmed);
    }

    public OutPoint Point() => new(TxId.FromBytes(Bytes(32)), (uint)Random.Below(5));

    /// <summary>A script of any standard form that has an address.</summary>
    public byte[] AnyScript() => Random.Below(6) switch
    {
        0 => OutputScript.KeyHash(Bytes(20)),
        1 => OutputScript.ScriptHash(Bytes(20)),
        2 => OutputScript.Witness(0, Bytes(20)),
        3 => OutputScript.Witness(0, Bytes(32)),
        4 => OutputScript.Witness(1, Key(KeyScript.Taproot).Script.Script.Span[2..]),
        _ => OutputScript.PublicKey(Key(KeyScript.KeyHash).Script.Key.Encode()),
    };

    public SpendRequest Request(params Coin[] coins) => new()
    {
        Available = [.. coins], Change = Key(KeyScript.WitnessKeyHash).Script, FeeRate = new(2000), MaxFee = 1_000_000,
    };

    public Payment Pay(ulong value) => new(Format.AddressOf(AnyScript())!, value);

    /// <summary>Every address of the scene's keys is the wallet's.</summary>
    public DecodeContext Context()
    {
        var own = keys.Select(key => key.Script.AddressOn(Network)).ToHashSet();
        return new(own.First(), Bip32Path.Root, own.Contains);
    }

    public byte[] SignedBy(Psbt psbt, DecodeContext context)
    {
        var unsigned = psbt.Encode();
        var byAddress = keys.ToDictionary(key => key.Script.AddressOn(Network));
        var signatures = Format.GetSigningInputs(unsigned, context).Select(input => byAddress[input.Signer].Sign(input)).ToArray();
        return Format.Assemble(unsigned, context, signatures).ToArray();
    }

    public void Dispose()
    {
        Random.Dispose();
        keys.ForEach(key => key.Dispose());
    }
}
