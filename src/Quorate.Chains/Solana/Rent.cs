namespace Quorate.Chains.Solana;

/// <summary>What an account must hold to be kept: the deposit, which comes back when it is closed.</summary>
public static class Rent
{
    /// <summary>Lamports for a byte and year, since the first block.</summary>
    public const ulong LamportsPerByteYear = 3480;

    /// <summary>Years that must be paid for ahead for an account to be kept for ever.</summary>
    public const ulong Years = 2;

    /// <summary>Bytes that every account counts besides its data.</summary>
    public const ulong Overhead = 128;

    /// <summary>Lamports that an account with so many bytes of data must hold: 890,880 for a wallet, 2,039,280 for a token account.</summary>
    public static ulong MinimumBalance(uint dataSize) => (Overhead + dataSize) * LamportsPerByteYear * Years;
}
