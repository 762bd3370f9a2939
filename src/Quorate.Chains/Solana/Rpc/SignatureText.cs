using Quorate.Cryptography.Derivation;

namespace Quorate.Chains.Solana.Rpc;

/// <summary>A transaction's id: its first signature, 64 bytes in Base58.</summary>
static class SignatureText
{
    const int MaxLength = 88;

    internal static bool IsOne(string text)
    {
        Span<byte> bytes = stackalloc byte[SolanaTransaction.SignatureSize];
        return text.Length <= MaxLength && Base58.TryDecode(text, bytes, out var written) && written == bytes.Length;
    }

    /// <exception cref="FormatException">The text is none.</exception>
    internal static string Require(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return IsOne(text) ? text : throw new FormatException("Not a transaction's id: Base58 of 64 bytes.");
    }
}
