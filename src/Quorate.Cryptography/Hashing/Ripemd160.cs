using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Quorate.Cryptography.Hashing;

/// <summary>
/// RIPEMD-160 (Dobbertin, Bosselaers, Preneel, 1996; ISO/IEC 10118-3), which the framework does not have. Bitcoin hashes
/// public keys with it: BIP 32 fingerprints, P2PKH, P2WPKH. Its 160 bits are for identifiers, not for collision resistance.
/// </summary>
public static class Ripemd160
{
    /// <summary>Length in bytes of a digest.</summary>
    public const int Size = 20;

    const int BlockSize = 64;

    // Which of the sixteen message words each of the 80 steps takes: left line, then right line.
    static ReadOnlySpan<byte> LeftWord =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8,
        3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12,
        1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2,
        4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13,
    ];

    static ReadOnlySpan<byte> RightWord =>
    [
        5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12,
        6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2,
        15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13,
        8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14,
        12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11,
    ];

    // By how much each step rotates.
    static ReadOnlySpan<byte> LeftShift =>
    [
        11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8,
        7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12,
        11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5,
        11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12,
        9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6,
    ];

    static ReadOnlySpan<byte> RightShift =>
    [
        8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6,
        9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11,
        9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5,
        15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8,
        8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11,
    ];

    // Integer parts of 2³⁰ times the square (left) and cube (right) roots of 2, 3, 5 and 7.
    static ReadOnlySpan<uint> LeftConstant => [0, 0x5A827999, 0x6ED9EBA1, 0x8F1BBCDC, 0xA953FD4E];

    static ReadOnlySpan<uint> RightConstant => [0x50A28BE6, 0x5C4DD124, 0x6D703EF3, 0x7A6D76E9, 0];

    /// <summary>Writes the digest of <paramref name="source"/> to the first 20 bytes of <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 20 bytes.</exception>
    public static void HashData(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        if (destination.Length < Size)
            throw new ArgumentException("A digest takes 20 bytes.", nameof(destination));

        Span<uint> state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476, 0xC3D2E1F0];
        var bits = (ulong)source.Length * 8;
        for (; source.Length >= BlockSize; source = source[BlockSize..])
            Compress(state, source[..BlockSize]);

        // MD4's padding: one bit, zeros, the length in bits as eight bytes little-endian; one block or two.
        Span<byte> tail = stackalloc byte[2 * BlockSize];
        tail.Clear();
        source.CopyTo(tail);
        tail[source.Length] = 0x80;
        var length = source.Length < BlockSize - 8 ? BlockSize : 2 * BlockSize;
        BinaryPrimitives.WriteUInt64LittleEndian(tail[(length - 8)..], bits);
        for (var i = 0; i < length; i += BlockSize)
            Compress(state, tail.Slice(i, BlockSize));

        for (var i = 0; i < state.Length; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(destination[(4 * i)..], state[i]);
    }

    /// <summary>RIPEMD-160 of SHA-256: Bitcoin's HASH160, 20 bytes.</summary>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is shorter than 20 bytes.</exception>
    public static void HashSha256(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        Span<byte> inner = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(source, inner);
        HashData(inner, destination);
    }

    static void Compress(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> word = stackalloc uint[16];
        for (var i = 0; i < 16; i++)
            word[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * i)..]);

        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4]);
        var (f, g, h, k, l) = (a, b, c, d, e);
        for (var j = 0; j < 80; j++)
        {
            var left = a + Mix(j / 16, b, c, d) + word[LeftWord[j]] + LeftConstant[j / 16];
            (a, b, c, d, e) = (e, BitOperations.RotateLeft(left, LeftShift[j]) + e, b, BitOperations.RotateLeft(c, 10), d);

            var right = f + Mix(4 - j / 16, g, h, k) + word[RightWord[j]] + RightConstant[j / 16];
            (f, g, h, k, l) = (l, BitOperations.RotateLeft(right, RightShift[j]) + l, g, BitOperations.RotateLeft(h, 10), k);
        }

        var t = state[1] + c + k;
        state[1] = state[2] + d + l;
        state[2] = state[3] + e + f;
        state[3] = state[4] + a + g;
        state[4] = state[0] + b + h;
        state[0] = t;
    }

    static uint Mix(int round, uint x, uint y, uint z) => round switch
    {
        0 => x ^ y ^ z,
        1 => (x & y) | (~x & z),
        2 => (x | ~y) ^ z,
        3 => (x & z) | (y & ~z),
        _ => x ^ (y | ~z),
    };
}
