using System.Security.Cryptography;
using Quorate.Cryptography.Hashing;

namespace Quorate.Chains.Bitcoin;

/// <summary>
/// The digests that signatures of one transaction sign: the original ones, BIP 143's for witness version 0 and BIP 341's
/// for Taproot's key path. Hashes that all inputs share are found once. Not for several threads at a time.
/// </summary>
/// <param name="transaction">The transaction; scripts and witnesses in it do not matter.</param>
/// <param name="spent">The outputs it spends, in the order of its inputs. BIP 341 signs all of them, the others their own.</param>
sealed class SignatureHash(BitcoinTransaction transaction, ReadOnlyMemory<TxOutput> spent)
{
    const int ShaSize = SHA256.HashSizeInBytes;

    byte[]? prevouts, sequences, outputs, amounts, scripts;

    // SHA-256 of all outpoints, sequences, outputs, amounts and scripts: BIP 341 signs these, BIP 143 the hashes of the first three.
    internal ReadOnlySpan<byte> Prevouts => prevouts ??= Hash(36 * transaction.Inputs.Length, WritePrevouts);

    internal ReadOnlySpan<byte> Sequences => sequences ??= Hash(4 * transaction.Inputs.Length, WriteSequences);

    internal ReadOnlySpan<byte> Outputs => outputs ??= Hash(44 * transaction.Outputs.Length, WriteOutputs);

    internal ReadOnlySpan<byte> Amounts => amounts ??= Hash(8 * spent.Length, WriteAmounts);

    internal ReadOnlySpan<byte> Scripts => scripts ??= Hash(36 * spent.Length, WriteScripts);

    /// <summary>BIP 143 for an input whose key hash is <paramref name="keyHash"/>.</summary>
    internal void WitnessKeyHash(int input, ReadOnlySpan<byte> keyHash, SighashType type, Span<byte> destination) =>
        Version0(input, OutputScript.KeyHash(keyHash), type, destination);

    /// <summary>BIP 143, "Specification"; the numbers are its items.</summary>
    internal void Version0(int input, ReadOnlySpan<byte> scriptCode, SighashType type, Span<byte> destination)
    {
        var spends = transaction.Inputs[input];
        var others = !type.HasFlag(SighashType.AnyoneCanPay);
        var basic = (SighashType)((int)type & 0x1f);
        var allOutputs = basic is not (SighashType.None or SighashType.Single);
        var writer = new ByteWriter(160 + scriptCode.Length);
        writer.Write(transaction.Version);                                                          // 1
        WriteTwice(writer, others ? Prevouts : default);                                            // 2
        WriteTwice(writer, others && allOutputs ? Sequences : default);                             // 3
        spends.Previous.Transaction.CopyTo(writer.Take(TxId.Size));                                 // 4
        writer.Write(spends.Previous.Index);
        writer.WriteBytes(scriptCode);                                                              // 5
        writer.Write(spent.Span[input].Value);                                                      // 6
        writer.Write(spends.Sequence);                                                              // 7
        if (basic == SighashType.Single && input < transaction.Outputs.Length)
            WriteTwice(writer, OneOutput(input));                                                   // 8
        else
            WriteTwice(writer, allOutputs ? Outputs : default);
        writer.Write(transaction.LockTime);                                                         // 9
        writer.Write((uint)type);                                                                   // 10
        Hash256.HashData(writer.Written, destination);
    }

    /// <summary>BIP 341, "Common signature message", for the key path and without annex.</summary>
    /// <exception cref="FormatException">The type covers an output of the input's number, and there is none.</exception>
    internal void TaprootKey(int input, SighashType type, Span<byte> destination)
    {
        var spends = transaction.Inputs[input];
        var others = !type.HasFlag(SighashType.AnyoneCanPay);
        var basic = (SighashType)((int)type & 3);
        var writer = new ByteWriter(208);
        writer.Write((byte)0); // the epoch
        writer.Write((byte)type);
        writer.Write(transaction.Version);
        writer.Write(transaction.LockTime);
        if (others)
        {
            writer.Write(Prevouts);
            writer.Write(Amounts);
            writer.Write(Scripts);
            writer.Write(Sequences);
        }
        if (basic is not (SighashType.None or SighashType.Single))
            writer.Write(Outputs);
        writer.Write((byte)0); // spend_type: key path, no annex
        if (others)
        {
            writer.Write((uint)input);
        }
        else
        {
            spends.Previous.Transaction.CopyTo(writer.Take(TxId.Size));
            writer.Write(spends.Previous.Index);
            spent.Span[input].Write(writer);
            writer.Write(spends.Sequence);
        }
        if (basic == SighashType.Single)
        {
            if (input >= transaction.Outputs.Length)
                throw new FormatException($"Input {input} signs the output of its number, and there is none.");
            writer.Write(OneOutput(input));
        }
        TaggedHash.HashData(Tags.TapSighash, destination, writer.Written);
    }

    /// <summary>The original digest over everything, with <paramref name="scriptCode"/> in the signed input's place.</summary>
    internal void Legacy(int input, ReadOnlySpan<byte> scriptCode, Span<byte> destination)
    {
        var writer = new ByteWriter(64 + 44 * (transaction.Inputs.Length + transaction.Outputs.Length));
        writer.Write(transaction.Version);
        writer.WriteCompactSize((ulong)transaction.Inputs.Length);
        for (var i = 0; i < transaction.Inputs.Length; i++)
        {
            var spends = transaction.Inputs[i];
            spends.Previous.Transaction.CopyTo(writer.Take(TxId.Size));
            writer.Write(spends.Previous.Index);
            writer.WriteBytes(i == input ? scriptCode : default);
            writer.Write(spends.Sequence);
        }
        writer.WriteCompactSize((ulong)transaction.Outputs.Length);
        WriteOutputs(writer);
        writer.Write(transaction.LockTime);
        writer.Write((uint)SighashType.All);
        Hash256.HashData(writer.Written, destination);
    }

    static byte[] Hash(int size, Action<ByteWriter> write)
    {
        var writer = new ByteWriter(size);
        write(writer);
        return SHA256.HashData(writer.Written);
    }

    byte[] OneOutput(int index) => Hash(44, writer => transaction.Outputs[index].Write(writer));

    /// <summary>The hash of a hash, or zeros where there is none.</summary>
    static void WriteTwice(ByteWriter writer, ReadOnlySpan<byte> hash)
    {
        var place = writer.Take(ShaSize);
        if (hash.IsEmpty)
            place.Clear();
        else
            SHA256.HashData(hash, place);
    }

    void WritePrevouts(ByteWriter writer)
    {
        foreach (var input in transaction.Inputs)
        {
            input.Previous.Transaction.CopyTo(writer.Take(TxId.Size));
            writer.Write(input.Previous.Index);
        }
    }

    void WriteSequences(ByteWriter writer)
    {
        foreach (var input in transaction.Inputs)
            writer.Write(input.Sequence);
    }

    void WriteOutputs(ByteWriter writer)
    {
        foreach (var output in transaction.Outputs)
            output.Write(writer);
    }

    void WriteAmounts(ByteWriter writer)
    {
        foreach (ref readonly var output in spent.Span)
            writer.Write(output.Value);
    }

    void WriteScripts(ByteWriter writer)
    {
        foreach (ref readonly var output in spent.Span)
            writer.WriteBytes(output.Script.Span);
    }
}
