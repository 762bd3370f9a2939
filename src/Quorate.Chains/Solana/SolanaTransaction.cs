using System.Collections.Immutable;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Solana;

/// <summary>
/// A message and its signatures, as it is broadcast: their number, 64 bytes each in the order of the message's first
/// accounts, and the message. A signature that is still missing is 64 zero bytes.
/// </summary>
public sealed class SolanaTransaction
{
    /// <summary>Length in bytes of a signature.</summary>
    public const int SignatureSize = Ed25519Signature.Size;

    /// <summary>A message and as many signatures as it needs, 64 bytes each.</summary>
    /// <exception cref="ArgumentException">Too few or too many signatures, or not 64 bytes.</exception>
    public SolanaTransaction(SolanaMessage message, ImmutableArray<ReadOnlyMemory<byte>> signatures)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (signatures.Length != message.RequiredSignatures || signatures.Any(s => s.Length != SignatureSize))
            throw new ArgumentException($"A message for {message.RequiredSignatures} signatures of {SignatureSize} bytes.", nameof(signatures));
        (Message, Signatures) = (message, signatures);
    }

    /// <summary>What is signed.</summary>
    public SolanaMessage Message { get; }

    /// <summary>The signatures in the order of <see cref="SolanaMessage.Signers"/>.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Signatures { get; }

    /// <summary>The transaction's id: its first signature, the payer's, in Base58.</summary>
    public string Id => Base58.Encode(Signatures[0].Span);

    /// <summary>Whether every signature is there and verifies.</summary>
    public bool IsFullySigned
    {
        get
        {
            var payload = Message.Encode();
            for (var i = 0; i < Signatures.Length; i++)
            {
                if (!Ed25519Signature.Verify(Message.Accounts[i].ToArray(), payload, Signatures[i].Span))
                    return false;
            }
            return true;
        }
    }

    /// <summary>Reads a transaction in its one encoding; signatures are not verified.</summary>
    /// <exception cref="FormatException">The bytes are none.</exception>
    public static SolanaTransaction Decode(ReadOnlySpan<byte> encoded)
    {
        if (encoded.Length > SolanaMessage.MaxTransactionSize)
            throw new FormatException($"Not a transaction: {encoded.Length} bytes, where there are at most {SolanaMessage.MaxTransactionSize}.");
        if (!CompactU16.TryRead(encoded, out var count, out var read) || count == 0 || count > (encoded.Length - read) / SignatureSize)
            throw new FormatException("Not a transaction: the number of signatures is 0, not in its fewest bytes, or more than there are bytes for.");
        var message = SolanaMessageCodec.Decode(encoded[(read + count * SignatureSize)..]);
        if (count != message.RequiredSignatures)
            throw new FormatException($"{count} signatures for a message that needs {message.RequiredSignatures}.");
        var signatures = ImmutableArray.CreateBuilder<ReadOnlyMemory<byte>>(count);
        for (var i = 0; i < count; i++)
            signatures.Add(encoded.Slice(read + i * SignatureSize, SignatureSize).ToArray());
        return new(message, signatures.MoveToImmutable());
    }

    /// <summary>The bytes that are broadcast.</summary>
    public byte[] Encode()
    {
        var encoded = new byte[Message.TransactionSize];
        var end = CompactU16.Write(encoded, Signatures.Length);
        foreach (var signature in Signatures)
        {
            signature.Span.CopyTo(encoded.AsSpan(end));
            end += SignatureSize;
        }
        Message.Encode().CopyTo(encoded.AsSpan(end));
        return encoded;
    }
}
