using System.Collections.Immutable;

namespace Quorate.Chains;

/// <summary>
/// The pure half of a chain: what its addresses and transactions mean. A node that signs holds only this half, and judges
/// with it what it is asked to sign. Total, bounded and without I/O: any bytes give a result or a
/// <see cref="FormatException"/> that says what is wrong and where.
/// </summary>
public interface ITransactionFormat
{
    /// <summary>The chain.</summary>
    ChainId Chain { get; }

    /// <summary>The chain's own coin, in which fees are paid.</summary>
    AssetId Coin { get; }

    /// <summary>Reads an address in any form the chain's users write, and checks it in full (checksum, network, length).</summary>
    /// <exception cref="FormatException">It is no address of this chain; the message says why.</exception>
    Address ParseAddress(string text);

    /// <summary>
    /// What an unsigned or signed transaction does. Unsigned means: an RLP payload to sign (Ethereum), a PSBT (Bitcoin), a
    /// message (Solana). What is accepted has exactly one encoding, the given one.
    /// </summary>
    /// <exception cref="FormatException">Not a transaction of this chain, or not in its canonical encoding.</exception>
    Effects Decode(ReadOnlyMemory<byte> transaction, DecodeContext context);

    /// <summary>The signatures an unsigned transaction needs, with what each of them signs.</summary>
    /// <exception cref="FormatException">As <see cref="Decode"/>.</exception>
    ImmutableArray<SigningInput> GetSigningInputs(ReadOnlyMemory<byte> unsigned, DecodeContext context);

    /// <summary>
    /// Whether an unsigned transaction may take another's place, as nodes judge it: at most one of the two can ever take
    /// effect, and both do the same but for the fee and for what returns to the wallet itself.
    /// </summary>
    /// <param name="original">The unsigned transaction that is to be replaced.</param>
    /// <param name="replacement">The unsigned transaction that is to replace it.</param>
    /// <param name="context">Who signs both.</param>
    /// <returns>Null where it may; otherwise why not, in words.</returns>
    /// <exception cref="FormatException">As <see cref="Decode"/>, for either.</exception>
    string? WhyNotReplacing(ReadOnlyMemory<byte> original, ReadOnlyMemory<byte> replacement, DecodeContext context);

    /// <summary>The transaction ready to broadcast. Every signature is verified first.</summary>
    /// <exception cref="FormatException">As <see cref="Decode"/>.</exception>
    /// <exception cref="ArgumentException">A signature is missing, superfluous, or does not verify.</exception>
    ReadOnlyMemory<byte> Assemble(
        ReadOnlyMemory<byte> unsigned, DecodeContext context, IReadOnlyList<InputSignature> signatures);
}
