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

    /// <summary>
    /// The program's address for these seeds, back to back: SHA-256(seeds ‖ bump ‖ program ‖ "ProgramDerivedAddress") with
    /// the largest bump for which it is off the curve.
    /// </summary>
    /// <exception cref="ArgumentException">More than 480 bytes of seeds.</exception>
    public static SolanaAddress Find(SolanaAddress program, ReadOnlySpan<byte> seeds, out byte bump)
    {
        if (seeds.Length > (MaxSeeds - 1) * MaxSeedSize)
            throw new ArgumentException($"{seeds.Length} bytes of seeds.", nameof(seeds));
        Span<byte> data = stackalloc byte[seeds.Length + 1 + SolanaAddress.Size + Marker.Length];
        seeds.CopyTo(data);
        program.CopyTo(data[(seeds.Length + 1)..]);
        Marker.CopyTo(data[(seeds.Length + 1 + SolanaAddress.Size)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        for (var candidate = 255; candidate >= 0; candidate--)
        {
            data[seeds.Length] = (byte)candidate;
            SHA256.HashData(data, hash);
            var address = new SolanaAddress(hash);
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
        owner.CopyTo(seeds);
        tokenProgram.CopyTo(seeds[SolanaAddress.Size..]);
        mint.CopyTo(seeds[(2 * SolanaAddress.Size)..]);
        return Find(Programs.ProgramIds.AssociatedToken, seeds, out _);
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
}
