using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Quorate.Chains.Bitcoin;

/// <summary>
/// A transaction as the network serialises it (BIP 144). Decoding is strict: shortest sizes, no superfluous marker, no
/// empty list, no input twice, no more than 21 million bitcoin; what is accepted encodes to the same bytes.
/// </summary>
public sealed class BitcoinTransaction
{
    /// <summary>More satoshi than these do not exist: 21 million bitcoin.</summary>
    public const ulong MaxMoney = 21_000_000 * 100_000_000UL;

    /// <summary>Bytes of the largest transaction a block can hold.</summary>
    public const int MaxSize = 4_000_000;

    /// <summary>Weight of the largest transaction that nodes relay.</summary>
    public const int MaxStandardWeight = 400_000;

    const int LeastInputSize = 41, LeastOutputSize = 9;

    TxId? id;

    /// <summary>A transaction of these parts.</summary>
    public BitcoinTransaction(uint version, ImmutableArray<TxInput> inputs, ImmutableArray<TxOutput> outputs, uint lockTime)
        : this(version, inputs, outputs, lockTime, null)
    {
    }

    BitcoinTransaction(uint version, ImmutableArray<TxInput> inputs, ImmutableArray<TxOutput> outputs, uint lockTime, TxId? id) =>
        (Version, Inputs, Outputs, LockTime, this.id) = (version, inputs, outputs, lockTime, id);

    /// <summary>nVersion.</summary>
    public uint Version { get; }

    /// <summary>The inputs.</summary>
    public ImmutableArray<TxInput> Inputs { get; }

    /// <summary>The outputs.</summary>
    public ImmutableArray<TxOutput> Outputs { get; }

    /// <summary>nLockTime.</summary>
    public uint LockTime { get; }

    /// <summary>Whether an input has a witness.</summary>
    public bool HasWitness
    {
        get
        {
            foreach (var input in Inputs)
            {
                if (!input.Witness.IsEmpty)
                    return true;
            }
            return false;
        }
    }

    /// <summary>The id.</summary>
    public TxId Id
    {
        get
        {
            if (id is { } known)
                return known;
            Span<byte> digest = stackalloc byte[Hash256.Size];
            Hash256.HashData(Write(withWitness: false).Written, digest);
            id = TxId.FromBytes(digest);
            return id.Value;
        }
    }

    /// <summary>Weight (BIP 141): a byte of witness counts once, every other four times.</summary>
    public int Weight => 3 * Write(withWitness: false).Length + Write(withWitness: true).Length;

    /// <summary>A quarter of the weight, rounded up.</summary>
    public int VirtualSize => (Weight + 3) / 4;

    /// <summary>Decodes one transaction and nothing after it.</summary>
    /// <exception cref="FormatException">It is none, or not in its one encoding; the message says what and where.</exception>
    public static BitcoinTransaction Decode(ReadOnlySpan<byte> bytes) => Decode(bytes.ToArray().AsMemory(), allowWitness: true);

    /// <summary>As the public one; the transaction keeps slices of <paramref name="bytes"/>, which must not change any more.</summary>
    internal static BitcoinTransaction Decode(ReadOnlyMemory<byte> bytes, bool allowWitness)
    {
        if (bytes.Length > MaxSize)
            throw new FormatException($"A transaction of {bytes.Length} bytes; no block could hold it.");
        var reader = new ByteReader(bytes);
        var version = reader.ReadUInt32();

        // A transaction without inputs can not be told from the marker; only PSBT's form of unsigned ones allows it.
        var hasWitness = allowWitness && reader.Peek() == 0;
        if (hasWitness && (reader.ReadByte() != 0 || reader.ReadByte() != 1))
            throw reader.Malformed("no inputs, or an unknown flag");
        var body = reader.Position;

        var inputs = new TxInput[reader.ReadCount(LeastInputSize)];
        for (var i = 0; i < inputs.Length; i++)
        {
            var transaction = TxId.FromBytes(reader.Span(TxId.Size));
            var index = reader.ReadUInt32();
            var script = reader.ReadBytes();
            inputs[i] = new(new(transaction, index), reader.ReadUInt32(), script);
        }
        if (inputs.Length == 0 && allowWitness)
            throw reader.Malformed("no inputs");
        if (HasTwice(inputs, out var twice))
            throw reader.Malformed($"{twice} is spent twice");

        var outputs = new TxOutput[reader.ReadCount(LeastOutputSize)];
        ulong sum = 0;
        for (var i = 0; i < outputs.Length; i++)
        {
            outputs[i] = TxOutput.Read(ref reader);
            sum += outputs[i].Value;
            if (sum > MaxMoney)
                throw reader.Malformed("the outputs exceed 21 million bitcoin");
        }
        if (outputs.Length == 0 && allowWitness)
            throw reader.Malformed("no outputs");
        var bodyEnd = reader.Position;

        if (hasWitness)
            ReadWitnesses(ref reader, inputs);
        var lockTime = reader.ReadUInt32();
        reader.End();

        TxId? known = hasWitness ? HashOfParts(bytes.Span, body, bodyEnd) : null;
        if (!hasWitness)
        {
            Span<byte> digest = stackalloc byte[Hash256.Size];
            Hash256.HashData(bytes.Span, digest);
            known = TxId.FromBytes(digest);
        }
        return new(version, Freeze(inputs), Freeze(outputs), lockTime, known);
    }

    /// <summary>The bytes that the network carries, with witnesses where there are any.</summary>
    public byte[] Encode() => Write(withWitness: true).ToArray();

    internal ByteWriter Write(bool withWitness)
    {
        withWitness = withWitness && HasWitness;
        var writer = new ByteWriter(16 + 48 * Inputs.Length + 48 * Outputs.Length + (withWitness ? 120 * Inputs.Length : 0));
        writer.Write(Version);
        if (withWitness)
        {
            writer.Write((byte)0);
            writer.Write((byte)1);
        }
        writer.WriteCompactSize((ulong)Inputs.Length);
        foreach (var input in Inputs)
        {
            input.Previous.Transaction.CopyTo(writer.Take(TxId.Size));
            writer.Write(input.Previous.Index);
            writer.WriteBytes(input.ScriptSig.Span);
            writer.Write(input.Sequence);
        }
        writer.WriteCompactSize((ulong)Outputs.Length);
        foreach (var output in Outputs)
            output.Write(writer);
        if (withWitness)
        {
            foreach (var input in Inputs)
            {
                writer.WriteCompactSize((ulong)input.Witness.Length);
                foreach (var item in input.Witness)
                    writer.WriteBytes(item.Span);
            }
        }
        writer.Write(LockTime);
        return writer;
    }

    static void ReadWitnesses(ref ByteReader reader, TxInput[] inputs)
    {
        var any = false;
        for (var i = 0; i < inputs.Length; i++)
        {
            var witness = ReadWitness(ref reader);
            any |= !witness.IsEmpty;
            inputs[i] = new(inputs[i].Previous, inputs[i].Sequence, inputs[i].ScriptSig, witness);
        }
        if (!any)
            throw reader.Malformed("a witness marker and no witness");
    }

    internal static ImmutableArray<ReadOnlyMemory<byte>> ReadWitness(ref ByteReader reader)
    {
        var items = new ReadOnlyMemory<byte>[reader.ReadCount(1)];
        for (var i = 0; i < items.Length; i++)
            items[i] = reader.ReadBytes();
        return Freeze(items);
    }

    /// <summary>Few inputs are compared with each other, many through a set.</summary>
    static bool HasTwice(TxInput[] inputs, [NotNullWhen(true)] out OutPoint? twice)
    {
        twice = null;
        if (inputs.Length > 16)
        {
            var seen = new HashSet<OutPoint>(inputs.Length);
            foreach (var input in inputs)
            {
                if (!seen.Add(input.Previous))
                    twice = input.Previous;
            }
            return twice is not null;
        }
        for (var i = 1; i < inputs.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (inputs[i].Previous == inputs[j].Previous)
                    twice = inputs[i].Previous;
            }
        }
        return twice is not null;
    }

    /// <summary>The id of a serialisation with witnesses: version, inputs and outputs, lock time.</summary>
    static TxId HashOfParts(ReadOnlySpan<byte> bytes, int body, int bodyEnd)
    {
        var writer = new ByteWriter(8 + bodyEnd - body);
        writer.Write(bytes[..4]);
        writer.Write(bytes[body..bodyEnd]);
        writer.Write(bytes[^4..]);
        Span<byte> digest = stackalloc byte[Hash256.Size];
        Hash256.HashData(writer.Written, digest);
        return TxId.FromBytes(digest);
    }

    static ImmutableArray<T> Freeze<T>(T[] array) =>
        System.Runtime.InteropServices.ImmutableCollectionsMarshal.AsImmutableArray(array);
}
