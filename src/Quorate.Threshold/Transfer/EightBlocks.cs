using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace Quorate.Threshold.Transfer;

/// <summary>
/// SHA-256 of eight inputs of 51 bytes at once: key 32 ‖ input 16 ‖ position 2 ‖ counter 1, which fill one block each. The
/// transfers hash thousands of these for one signature, and a call into the system's library costs ten times the hash.
/// FIPS 180-4 with a word of each input in a lane. Constant time.
/// </summary>
static class EightBlocks
{
    /// <summary>Inputs hashed at once.</summary>
    internal const int Lanes = 8;

    /// <summary>Length in bytes of one input.</summary>
    internal const int InputSize = 16;

    /// <summary>Length in bytes of one digest.</summary>
    internal const int DigestSize = SHA256.HashSizeInBytes;

    const int KeySize = 32, MessageSize = KeySize + InputSize + 3;

    static readonly uint[] k =
    [
        0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
        0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
        0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
        0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
        0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
        0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
        0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
        0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
    ];

    static readonly uint[] start =
        [0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19];

    /// <summary>Hashes eight inputs with consecutive positions.</summary>
    /// <param name="key">32 bytes, the same for all.</param>
    /// <param name="inputs">Eight times 16 bytes.</param>
    /// <param name="position">The first input's position; the others' follow it.</param>
    /// <param name="counter">The same for all.</param>
    /// <param name="digests">Eight times 32 bytes.</param>
    internal static void Hash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> inputs, int position, byte counter, Span<byte> digests)
    {
        if (key.Length != KeySize || inputs.Length != Lanes * InputSize || digests.Length != Lanes * DigestSize)
            throw new ArgumentException("A key of 32 bytes, eight inputs and eight digests.");
        if (Vector256.IsHardwareAccelerated)
            HashLanes(key, inputs, position, counter, digests);
        else
            HashOneByOne(key, inputs, position, counter, digests);
    }

    internal static void HashOneByOne(ReadOnlySpan<byte> key, ReadOnlySpan<byte> inputs, int position, byte counter, Span<byte> digests)
    {
        Span<byte> message = stackalloc byte[MessageSize];
        key.CopyTo(message);
        for (var lane = 0; lane < Lanes; lane++)
        {
            inputs.Slice(lane * InputSize, InputSize).CopyTo(message[KeySize..]);
            BinaryPrimitives.WriteUInt16BigEndian(message[(KeySize + InputSize)..], (ushort)(position + lane));
            message[^1] = counter;
            SHA256.HashData(message, digests[(lane * DigestSize)..]);
        }
        CryptographicOperations.ZeroMemory(message);
    }

    internal static void HashLanes(ReadOnlySpan<byte> key, ReadOnlySpan<byte> inputs, int position, byte counter, Span<byte> digests)
    {
        // The block: key, input, then position, counter and the bit that ends the message, zeros, and its length in bits.
        Span<Vector256<uint>> w = stackalloc Vector256<uint>[16];
        Span<uint> lanes = stackalloc uint[Lanes];
        for (var t = 0; t < 8; t++)
            w[t] = Vector256.Create(BinaryPrimitives.ReadUInt32BigEndian(key[(4 * t)..]));
        for (var t = 0; t < 4; t++)
        {
            for (var lane = 0; lane < Lanes; lane++)
                lanes[lane] = BinaryPrimitives.ReadUInt32BigEndian(inputs[(InputSize * lane + 4 * t)..]);
            w[8 + t] = Vector256.Create<uint>(lanes);
        }
        w[12] = ((Vector256.Create((uint)position) + Vector256<uint>.Indices) << 16) | Vector256.Create((uint)counter << 8 | 0x80);
        w[13] = w[14] = Vector256<uint>.Zero;
        w[15] = Vector256.Create(8u * MessageSize);

        var (a, b, c, d) = (Vector256.Create(start[0]), Vector256.Create(start[1]), Vector256.Create(start[2]), Vector256.Create(start[3]));
        var (e, f, g, h) = (Vector256.Create(start[4]), Vector256.Create(start[5]), Vector256.Create(start[6]), Vector256.Create(start[7]));
        for (var t = 0; t < 64; t += 8)
        {
            // The schedule goes round in sixteen words, half of them at a time.
            for (var i = t; t >= 16 && i < t + 8; i++)
            {
                var (x, y) = (w[(i + 1) & 15], w[(i + 14) & 15]);
                w[i & 15] += (Rotate(x, 7) ^ Rotate(x, 18) ^ x >>> 3) + w[(i + 9) & 15] + (Rotate(y, 17) ^ Rotate(y, 19) ^ y >>> 10);
            }
            var half = w.Slice(t & 8, 8);
            Round(a, b, c, ref d, e, f, g, ref h, half[0], k[t]);
            Round(h, a, b, ref c, d, e, f, ref g, half[1], k[t + 1]);
            Round(g, h, a, ref b, c, d, e, ref f, half[2], k[t + 2]);
            Round(f, g, h, ref a, b, c, d, ref e, half[3], k[t + 3]);
            Round(e, f, g, ref h, a, b, c, ref d, half[4], k[t + 4]);
            Round(d, e, f, ref g, h, a, b, ref c, half[5], k[t + 5]);
            Round(c, d, e, ref f, g, h, a, ref b, half[6], k[t + 6]);
            Round(b, c, d, ref e, f, g, h, ref a, half[7], k[t + 7]);
        }

        ReadOnlySpan<Vector256<uint>> state = [a, b, c, d, e, f, g, h];
        for (var word = 0; word < 8; word++)
        {
            (state[word] + Vector256.Create(start[word])).CopyTo(lanes);
            for (var lane = 0; lane < Lanes; lane++)
                BinaryPrimitives.WriteUInt32BigEndian(digests[(DigestSize * lane + 4 * word)..], lanes[lane]);
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(w));
        lanes.Clear();
    }

    /// <summary>One round (section 6.2.2, step 3), with the working variables renamed instead of moved.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Round(
        Vector256<uint> a, Vector256<uint> b, Vector256<uint> c, ref Vector256<uint> d,
        Vector256<uint> e, Vector256<uint> f, Vector256<uint> g, ref Vector256<uint> h, Vector256<uint> word, uint constant)
    {
        var choice = g ^ (e & (f ^ g));
        var majority = (a & b) | (c & (a | b));
        var first = h + (Rotate(e, 6) ^ Rotate(e, 11) ^ Rotate(e, 25)) + choice + Vector256.Create(constant) + word;
        d += first;
        h = first + (Rotate(a, 2) ^ Rotate(a, 13) ^ Rotate(a, 22)) + majority;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<uint> Rotate(Vector256<uint> value, [ConstantExpected] byte count) =>
        Avx512F.VL.IsSupported ? Avx512F.VL.RotateRight(value, count) : value >>> count | value << 32 - count;
}
