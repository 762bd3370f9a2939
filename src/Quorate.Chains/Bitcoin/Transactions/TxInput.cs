using System.Collections.Immutable;

namespace Quorate.Chains.Bitcoin;

/// <summary>An input of a transaction.</summary>
/// <param name="previous">The output it spends.</param>
/// <param name="sequence">nSequence.</param>
/// <param name="scriptSig">Empty in an unsigned transaction and for segregated witness.</param>
/// <param name="witness">The items of its witness, bottom first; empty for none.</param>
public readonly struct TxInput(
    OutPoint previous, uint sequence, ReadOnlyMemory<byte> scriptSig = default, ImmutableArray<ReadOnlyMemory<byte>> witness = default)
{
    /// <summary>The highest number that still says: may be replaced (BIP 125).</summary>
    public const uint ReplaceableSequence = 0xfffffffd;

    /// <summary>The output it spends.</summary>
    public OutPoint Previous { get; } = previous;

    /// <summary>nSequence.</summary>
    public uint Sequence { get; } = sequence;

    /// <summary>scriptSig.</summary>
    public ReadOnlyMemory<byte> ScriptSig { get; } = scriptSig;

    /// <summary>The witness's items, bottom first.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Witness { get; } = witness.IsDefault ? [] : witness;
}

/// <summary>An output of a transaction.</summary>
/// <param name="value">In satoshi.</param>
/// <param name="script">scriptPubKey.</param>
public readonly struct TxOutput(ulong value, ReadOnlyMemory<byte> script)
{
    /// <summary>In satoshi.</summary>
    public ulong Value { get; } = value;

    /// <summary>scriptPubKey.</summary>
    public ReadOnlyMemory<byte> Script { get; } = script;

    internal void Write(ByteWriter writer)
    {
        writer.Write(Value);
        writer.WriteBytes(Script.Span);
    }

    internal static TxOutput Read(ref ByteReader reader)
    {
        var value = reader.ReadUInt64();
        if (value > BitcoinTransaction.MaxMoney)
            throw reader.Malformed("an output is above 21 million bitcoin");
        return new(value, reader.ReadBytes());
    }
}
