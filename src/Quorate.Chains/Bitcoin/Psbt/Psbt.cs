using System.Collections.Immutable;

namespace Quorate.Chains.Bitcoin;

/// <summary>
/// A partially signed transaction of version 0 (BIP 174, with BIP 371's fields for Taproot). Known fields are checked,
/// unknown ones kept. Its one encoding has the keys of every map in ascending order and no explicit version 0;
/// <see cref="Decode"/> reads that alone, <see cref="Import(ReadOnlySpan{byte})"/> what other software writes.
/// </summary>
public sealed class Psbt
{
    /// <summary>Longest PSBT: the previous transactions of a few hundred ordinary inputs.</summary>
    public const int MaxSize = 4_000_000;

    internal static ReadOnlySpan<byte> Magic => [(byte)'p', (byte)'s', (byte)'b', (byte)'t', 0xff];

    readonly PsbtMap global;

    internal Psbt(BitcoinTransaction transaction, PsbtMap global, ImmutableArray<PsbtInput> inputs, ImmutableArray<PsbtOutput> outputs) =>
        (Transaction, this.global, Inputs, Outputs) = (transaction, global, inputs, outputs);

    /// <summary>The unsigned transaction.</summary>
    public BitcoinTransaction Transaction { get; }

    /// <summary>Bytes of the unsigned transaction.</summary>
    internal int UnsignedSize => global[PsbtField.UnsignedTransaction]!.Value.Length;

    internal ImmutableArray<PsbtInput> Inputs { get; }

    internal ImmutableArray<PsbtOutput> Outputs { get; }

    /// <summary>Reads a PSBT in its one encoding.</summary>
    /// <exception cref="FormatException">It is none, or in another encoding; the message says what is wrong.</exception>
    public static Psbt Decode(ReadOnlySpan<byte> bytes) => Read(bytes, PsbtOrder.Canonical);

    /// <summary>Reads a PSBT whose maps are in any order; its <see cref="Encode"/> is the one encoding.</summary>
    /// <exception cref="FormatException">It is no PSBT of version 0; the message says what is wrong.</exception>
    public static Psbt Import(ReadOnlySpan<byte> bytes) => Read(bytes, PsbtOrder.Any);

    /// <summary>Reads a PSBT in base64, as people copy them.</summary>
    /// <exception cref="FormatException">It is no PSBT of version 0; the message says what is wrong.</exception>
    public static Psbt Import(string base64)
    {
        ArgumentNullException.ThrowIfNull(base64);
        return base64.Length / 4 * 3 > MaxSize ? throw TooLong() : Import(Convert.FromBase64String(base64));
    }

    /// <summary>The one encoding.</summary>
    public byte[] Encode()
    {
        var writer = new ByteWriter(1024);
        writer.Write(Magic);
        global.Write(writer);
        foreach (var input in Inputs)
            input.Map.Write(writer);
        foreach (var output in Outputs)
            output.Map.Write(writer);
        return writer.ToArray();
    }

    /// <summary>The encoding in base64.</summary>
    public override string ToString() => Convert.ToBase64String(Encode());

    internal static bool IsPsbt(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Magic);

    /// <summary>A PSBT of maps made here.</summary>
    internal static Psbt Create(BitcoinTransaction transaction, IEnumerable<PsbtMap> inputs, IEnumerable<PsbtMap> outputs) => new(
        transaction, new PsbtMap().Add(PsbtField.UnsignedTransaction, [], transaction.Encode()),
        [.. inputs.Select(map => new PsbtInput(map))], [.. outputs.Select(map => new PsbtOutput(map))]);

    static Psbt Read(ReadOnlySpan<byte> bytes, PsbtOrder order)
    {
        if (bytes.Length > MaxSize)
            throw TooLong();
        if (!IsPsbt(bytes))
            throw new FormatException("Not a PSBT: it does not begin with \"psbt\" and ff.");
        var reader = new ByteReader(bytes.ToArray());
        reader.Read(Magic.Length);

        var global = PsbtMap.Read(ref reader, order);
        foreach (var entry in global.Entries)
            PsbtField.CheckGlobal(entry);
        if (global[PsbtField.Version] is not null)
        {
            if (order == PsbtOrder.Canonical)
                throw new FormatException("The PSBT says that its version is 0, which goes without saying.");
            global = global.Without(PsbtField.Version);
        }
        if (global[PsbtField.UnsignedTransaction] is not { } unsigned)
            throw new FormatException("The PSBT has no unsigned transaction.");
        var transaction = BitcoinTransaction.Decode(unsigned, allowWitness: false);
        foreach (var input in transaction.Inputs)
        {
            if (!input.ScriptSig.IsEmpty)
                throw new FormatException("The PSBT's unsigned transaction has a signature script.");
        }

        var inputs = ImmutableArray.CreateBuilder<PsbtInput>(transaction.Inputs.Length);
        for (var i = 0; i < transaction.Inputs.Length; i++)
            inputs.Add(new(PsbtMap.Read(ref reader, order)));
        var outputs = ImmutableArray.CreateBuilder<PsbtOutput>(transaction.Outputs.Length);
        for (var i = 0; i < transaction.Outputs.Length; i++)
            outputs.Add(new(PsbtMap.Read(ref reader, order)));
        reader.End();
        return new(transaction, global, inputs.MoveToImmutable(), outputs.MoveToImmutable());
    }

    static FormatException TooLong() => new($"The PSBT is longer than {MaxSize} bytes.");
}
