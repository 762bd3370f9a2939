using System.Buffers.Binary;
using Quorate.Cryptography.Derivation;

namespace Quorate.Chains.Bitcoin;

/// <summary>What a PSBT says about an input.</summary>
sealed class PsbtInput
{
    internal PsbtInput(PsbtMap map)
    {
        Map = map;
        foreach (var entry in map.Entries)
        {
            PsbtField.CheckInput(entry);
            if (entry.Key.Length != 1)
                continue;
            switch (entry.Type)
            {
                case PsbtField.NonWitnessUtxo:
                    Previous = BitcoinTransaction.Decode(entry.Value, allowWitness: true);
                    break;
                case PsbtField.WitnessUtxo:
                    var reader = new ByteReader(entry.Value);
                    WitnessUtxo = TxOutput.Read(ref reader);
                    reader.End();
                    break;
                case PsbtField.FinalWitness:
                    var witness = new ByteReader(entry.Value);
                    BitcoinTransaction.ReadWitness(ref witness);
                    witness.End();
                    break;
            }
        }
    }

    internal PsbtMap Map { get; }

    /// <summary>The transaction that is spent from.</summary>
    internal BitcoinTransaction? Previous { get; }

    /// <summary>The output that is spent, on the word of whoever wrote the PSBT.</summary>
    internal TxOutput? WitnessUtxo { get; }

    internal uint? SighashType => Map[PsbtField.SighashType] is { } value ? BinaryPrimitives.ReadUInt32LittleEndian(value.Span) : null;

    internal ReadOnlyMemory<byte>? RedeemScript => Map[PsbtField.RedeemScript];

    internal ReadOnlyMemory<byte>? TaprootInternalKey => Map[PsbtField.TaprootInternalKey];

    internal ReadOnlyMemory<byte>? TaprootMerkleRoot => Map[PsbtField.TaprootMerkleRoot];

    /// <summary>Whether the input is signed and done.</summary>
    internal bool IsFinal => Map[PsbtField.FinalScriptSig] is not null || Map[PsbtField.FinalWitness] is not null;

    internal IEnumerable<PsbtDerivation> Derivations => PsbtDerivation.Read(Map, PsbtField.Derivation, PsbtField.TaprootDerivation);
}

/// <summary>What a PSBT says about an output.</summary>
sealed class PsbtOutput
{
    internal PsbtOutput(PsbtMap map)
    {
        Map = map;
        foreach (var entry in map.Entries)
            PsbtField.CheckOutput(entry);
    }

    internal PsbtMap Map { get; }

    internal IEnumerable<PsbtDerivation> Derivations => PsbtDerivation.Read(Map, PsbtField.OutputDerivation, PsbtField.OutputTaprootDerivation);
}

/// <summary>
/// A claim that a key stems from a master key along a path. Nothing follows from it until somebody who holds the key above
/// has derived the same.
/// </summary>
/// <param name="Fingerprint">The master key's, as <see cref="ExtendedPublicKey.Fingerprint"/>.</param>
/// <param name="Path">From the master key.</param>
sealed record PsbtDerivation(uint Fingerprint, Bip32Path Path)
{
    internal static IEnumerable<PsbtDerivation> Read(PsbtMap map, byte plain, byte taproot)
    {
        foreach (var entry in map.All(plain))
            yield return Parse(entry.Value.Span);
        foreach (var entry in map.All(taproot))
        {
            var reader = new ByteReader(entry.Value);
            var leaves = reader.ReadCount(32);
            reader.Span(32 * leaves);
            // The key path's key is in no leaf.
            if (leaves == 0)
                yield return Parse(entry.Value.Span[reader.Position..]);
        }
    }

    static PsbtDerivation Parse(ReadOnlySpan<byte> value)
    {
        Span<uint> path = stackalloc uint[(value.Length - 4) / 4];
        for (var i = 0; i < path.Length; i++)
            path[i] = BinaryPrimitives.ReadUInt32LittleEndian(value[(4 + 4 * i)..]);
        return new(BinaryPrimitives.ReadUInt32BigEndian(value), new Bip32Path(path));
    }

    internal byte[] Encode(bool isTaproot)
    {
        var writer = new ByteWriter();
        if (isTaproot)
            writer.WriteCompactSize(0);
        BinaryPrimitives.WriteUInt32BigEndian(writer.Take(4), Fingerprint);
        foreach (var index in Path.Indices)
            writer.Write(index);
        return writer.ToArray();
    }
}
