namespace Quorate.Chains.Solana;

/// <summary>
/// The 32 bytes by which a message ends: the hash of a recent block, for about 150 blocks after which the message is dead,
/// or the value of a durable nonce, until that is advanced.
/// </summary>
public readonly record struct Blockhash
{
    /// <summary>Length in bytes.</summary>
    public const int Size = SolanaAddress.Size;

    // Hashes and addresses are both 32 bytes in Base58.
    readonly SolanaAddress value;

    /// <summary>A hash of 32 bytes.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes.</exception>
    public Blockhash(ReadOnlySpan<byte> bytes) => value = new(bytes);

    /// <summary>Writes the 32 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter.</exception>
    public void CopyTo(Span<byte> destination) => value.CopyTo(destination);

    /// <summary>Reads the Base58 of exactly 32 bytes.</summary>
    /// <exception cref="FormatException">It is something else.</exception>
    public static Blockhash Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Span<byte> bytes = stackalloc byte[Size];
        if (!SolanaAddress.TryParse(text, out var parsed))
            throw new FormatException("Not a blockhash: Base58 of 32 bytes.");
        parsed.CopyTo(bytes);
        return new(bytes);
    }

    /// <summary>The Base58 text.</summary>
    public override string ToString() => value.ToString();
}
