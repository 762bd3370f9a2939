using System.Buffers.Binary;

namespace Quorate.Cryptography.Hashing;

/// <summary>
/// Keccak-256 as Ethereum uses it: the Keccak team's submission of 2011 with rate 1088, capacity 512 and the original
/// multi-rate padding (first byte 0x01), which is not FIPS 202's SHA3-256 (first byte 0x06).
/// </summary>
/// <remarks>Nothing is allocated. Neither timing nor memory access depends on the data, only on its length.</remarks>
public static class Keccak256
{
    /// <summary>Length in bytes of a digest.</summary>
    public const int Size = 32;

    /// <summary>First padding byte of the original Keccak.</summary>
    internal const byte KeccakPadding = 0x01;

    /// <summary>First padding byte of FIPS 202: the same sponge is then SHA3-256, which the framework can confirm.</summary>
    internal const byte Sha3Padding = 0x06;

    /// <summary>Bytes absorbed by one permutation.</summary>
    internal const int Rate = 136;

    /// <summary>Writes the digest of <paramref name="source"/> to the first 32 bytes of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 32 bytes.</exception>
    public static void HashData(ReadOnlySpan<byte> source, Span<byte> destination) =>
        Sponge(source, KeccakPadding, destination);

    /// <summary>The digest of <paramref name="source"/> as a new array of 32 bytes.</summary>
    public static byte[] HashData(ReadOnlySpan<byte> source)
    {
        var digest = new byte[Size];
        Sponge(source, KeccakPadding, digest);
        return digest;
    }

    /// <summary>Absorbs all of <paramref name="source"/>, pads, and squeezes 32 bytes. The spans may overlap.</summary>
    internal static void Sponge(ReadOnlySpan<byte> source, byte padding, Span<byte> destination)
    {
        if (destination.Length < Size)
            throw new ArgumentException("A digest takes 32 bytes.", nameof(destination));

        Span<ulong> state = stackalloc ulong[25];
        state.Clear();
        for (; source.Length >= Rate; source = source[Rate..])
        {
            Absorb(state, source[..Rate]);
            KeccakPermutation.Permute(state);
        }

        Span<byte> last = stackalloc byte[Rate];
        last.Clear();
        source.CopyTo(last);
        last[source.Length] = padding;
        last[Rate - 1] |= 0x80;
        Absorb(state, last);
        KeccakPermutation.Permute(state);

        for (var i = 0; i < Size / 8; i++)
            BinaryPrimitives.WriteUInt64LittleEndian(destination[(8 * i)..], state[i]);
        // What was hashed may have been secret.
        state.Clear();
        last.Clear();
    }

    static void Absorb(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        for (var i = 0; i < Rate / 8; i++)
            state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(8 * i)..]);
    }
}
