using System.Diagnostics;
using System.Security.Cryptography;

namespace Quorate.Chains.Solana;

/// <summary>
/// Addresses that follow from others. A program's own are hashes that are no point of the curve, so nobody has a key to
/// them and only the program can sign for them.
/// </summary>
public static class ProgramAddress
{
    /// <summary>Seeds at most, the bump included.</summary>
    public const int MaxSeeds = 16;

    /// <summary>Bytes of a seed at most.</summary>
    public const int MaxSeedSize = 32;

    static ReadOnlySpan<byte> Marker => "ProgramDerivedAddress"u8;

    // The bump, the program, the marker.
    static int Suffix => 1 + SolanaAddress.Size + Marker.Length;

    /// <summary>
    /// The program's address for these seeds, back to back: SHA-256(seeds ‖ bump ‖ program ‖ "ProgramDerivedAddress") with
    /// the largest bump for which it is off the curve.
    /// </summary>
    /// <exception cref="ArgumentException">More than 480 bytes of seeds.</exception>
    public static SolanaAddress Find(SolanaAddress program, ReadOnlySpan<byte> seeds, out byte bump)
    {
        if (seeds.Length > (MaxSeeds - 1) * MaxSeedSize)
            throw new ArgumentException($"{seeds.Length} bytes of seeds.", nameof(seeds));
        Span<byte> data = stackalloc byte[seeds.Length + Suffix];
        Fill(data, program, seeds);
        for (var candidate = 255; candidate >= 0; candidate--)
        {
            var address = Hash(data, (byte)candidate);
            if (!address.IsOnCurve)
            {
                bump = (byte)candidate;
                return address;
            }
        }
        throw new UnreachableException("256 hashes on the curve, which happens once in 2²⁵⁶.");
    }

    /// <summary>
    /// Where an owner's tokens are by convention: the address of the Associated Token Account program for the seeds owner,
    /// token program, mint.
    /// </summary>
    public static SolanaAddress AssociatedTokenAccount(SolanaAddress owner, SolanaAddress mint, SolanaAddress tokenProgram)
    {
        Span<byte> seeds = stackalloc byte[3 * SolanaAddress.Size];
        FillSeeds(seeds, owner, mint, tokenProgram);
        return Find(Programs.ProgramIds.AssociatedToken, seeds, out _);
    }

    /// <summary>
    /// Whether no account can be at this address but the owner's associated one. The hash alone says so for the bumps that
    /// nearly all have: nobody but the program can open an account there, and it opens only the one with the largest bump
    /// off the curve. So a smaller bump is let through, and a transaction that uses it fails.
    /// </summary>
    internal static bool CanOnlyBeAssociated(SolanaAddress account, SolanaAddress owner, SolanaAddress mint, SolanaAddress tokenProgram)
    {
        const int Likely = 8;
        Span<byte> seeds = stackalloc byte[3 * SolanaAddress.Size];
        FillSeeds(seeds, owner, mint, tokenProgram);
        Span<byte> data = stackalloc byte[seeds.Length + Suffix];
        Fill(data, Programs.ProgramIds.AssociatedToken, seeds);
        for (var bump = 255; bump > 255 - Likely; bump--)
        {
            if (Hash(data, (byte)bump) == account)
                return true;
        }
        return Find(Programs.ProgramIds.AssociatedToken, seeds, out _) == account;
    }

    /// <summary>An address that the holder of <paramref name="baseKey"/>'s key can open: SHA-256(base ‖ seed ‖ owner).</summary>
    /// <exception cref="ArgumentException">More than 32 bytes of seed, or an owner that could be mistaken for a program's marker.</exception>
    public static SolanaAddress WithSeed(SolanaAddress baseKey, ReadOnlySpan<byte> seed, SolanaAddress owner)
    {
        if (seed.Length > MaxSeedSize)
            throw new ArgumentException($"A seed of {seed.Length} bytes; it has at most {MaxSeedSize}.", nameof(seed));
        Span<byte> data = stackalloc byte[2 * SolanaAddress.Size + seed.Length];
        baseKey.CopyTo(data);
        seed.CopyTo(data[SolanaAddress.Size..]);
        owner.CopyTo(data[^SolanaAddress.Size..]);
        if (data.EndsWith(Marker))
            throw new ArgumentException("The owner ends as a program's own addresses are marked.", nameof(owner));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(data, hash);
        return new(hash);
    }

    static void FillSeeds(Span<byte> seeds, SolanaAddress owner, SolanaAddress mint, SolanaAddress tokenProgram)
    {
        owner.CopyTo(seeds);
        tokenProgram.CopyTo(seeds[SolanaAddress.Size..]);
        mint.CopyTo(seeds[(2 * SolanaAddress.Size)..]);
    }

    static void Fill(Span<byte> data, SolanaAddress program, ReadOnlySpan<byte> seeds)
    {
        seeds.CopyTo(data);
        program.CopyTo(data[(seeds.Length + 1)..]);
        Marker.CopyTo(data[^Marker.Length..]);
    }

    static SolanaAddress Hash(Span<byte> data, byte bump)
    {
        data[^Suffix] = bump;
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(data, hash);
        return new(hash);
    }
}
