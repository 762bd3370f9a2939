using System.Numerics;

namespace Quorate.Cryptography.Derivation;

/// <summary>
/// Base58 with Bitcoin's alphabet: the bytes as one big-endian number in base 58, and a '1' for every leading zero byte. Every
/// text of the alphabet decodes to one byte string and every byte string has one text. Variable time.
/// </summary>
public static class Base58
{
    /// <summary>
    /// Longest byte string in either direction: a whole Solana packet (1232 bytes) fits, and the work, which grows with
    /// the square, stays below a millisecond.
    /// </summary>
    public const int MaxSize = 1280;

    const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    // Five digits at a time: 58⁵ is the largest power below 2³².
    const int GroupSize = 5;
    const uint GroupBase = 58 * 58 * 58 * 58 * 58;

    /// <summary>Longest text of <paramref name="size"/> bytes: log 256 / log 58 is just below 1.3658.</summary>
    public static int GetMaxEncodedLength(int size) => (int)((long)size * 13658 / 10000) + 1;

    /// <summary>The text of <paramref name="bytes"/>.</summary>
    /// <exception cref="ArgumentException">More than <see cref="MaxSize"/> bytes.</exception>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[GetMaxEncodedLength(bytes.Length)];
        return new string(text, 0, Encode(bytes, text));
    }

    /// <summary>Writes the text of <paramref name="bytes"/> and returns its length.</summary>
    /// <exception cref="ArgumentException">
    /// More than <see cref="MaxSize"/> bytes, or <paramref name="destination"/> is shorter than
    /// <see cref="GetMaxEncodedLength"/>.
    /// </exception>
    public static int Encode(ReadOnlySpan<byte> bytes, Span<char> destination)
    {
        if (bytes.Length > MaxSize)
            throw new ArgumentException($"{bytes.Length} bytes; at most {MaxSize}.", nameof(bytes));
        if (destination.Length < GetMaxEncodedLength(bytes.Length))
            throw new ArgumentException("Too short for the text.", nameof(destination));

        var zeros = bytes.IndexOfAnyExcept((byte)0);
        if (zeros < 0)
            zeros = bytes.Length;
        destination[..zeros].Fill('1');

        Span<uint> limbs = stackalloc uint[MaxSize / 4];
        limbs = limbs[..((bytes.Length - zeros + 3) / 4)];
        Read(bytes[zeros..], limbs);

        // Digits come least significant first; the last group's leading zeros are not part of the number.
        var digits = destination[zeros..];
        var count = 0;
        for (var start = 0; ;)
        {
            while (start < limbs.Length && limbs[start] == 0)
                start++;
            if (start == limbs.Length)
                break;
            var group = DivideByGroup(limbs[start..]);
            for (var i = 0; i < GroupSize && count < digits.Length; i++, group /= 58)
                digits[count++] = Alphabet[(int)(group % 58)];
        }
        while (count > 0 && digits[count - 1] == '1')
            count--;
        digits[..count].Reverse();
        limbs.Clear();
        return zeros + count;
    }

    /// <summary>
    /// Decodes <paramref name="text"/>. False for a character outside the alphabet or more bytes than
    /// <paramref name="destination"/> or <see cref="MaxSize"/> holds.
    /// </summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination, out int written)
    {
        written = 0;
        var zeros = text.IndexOfAnyExcept('1');
        if (zeros < 0)
            zeros = text.Length;
        var digits = text[zeros..];
        if (zeros > MaxSize || digits.Length > GetMaxEncodedLength(MaxSize))
            return false;

        Span<uint> limbs = stackalloc uint[MaxSize / 4];
        limbs.Clear();
        // The first group takes what is over, so that all others are full.
        for (var length = digits.Length % GroupSize; !digits.IsEmpty; digits = digits[length..], length = GroupSize)
        {
            if (length == 0)
                length = GroupSize;
            uint group = 0, factor = 1;
            foreach (var character in digits[..length])
            {
                var digit = Alphabet.IndexOf(character, StringComparison.Ordinal);
                if (digit < 0)
                    return false;
                group = group * 58 + (uint)digit;
                factor *= 58;
            }
            if (!MultiplyAdd(limbs, factor, group))
                return false;
        }

        var start = limbs.IndexOfAnyExcept(0u);
        var size = start < 0 ? 0 : 4 * (limbs.Length - start) - BitOperations.LeadingZeroCount(limbs[start]) / 8;
        if (zeros + size > Math.Min(destination.Length, MaxSize))
            return false;
        destination[..zeros].Clear();
        Write(limbs, destination.Slice(zeros, size));
        limbs.Clear();
        written = zeros + size;
        return true;
    }

    /// <summary>Big-endian limbs of big-endian bytes, aligned at the end.</summary>
    static void Read(ReadOnlySpan<byte> bytes, Span<uint> limbs)
    {
        limbs.Clear();
        for (var i = 0; i < bytes.Length; i++)
            limbs[^(1 + i / 4)] |= (uint)bytes[^(1 + i)] << (8 * (i % 4));
    }

    static void Write(ReadOnlySpan<uint> limbs, Span<byte> bytes)
    {
        for (var i = 0; i < bytes.Length; i++)
            bytes[^(1 + i)] = (byte)(limbs[^(1 + i / 4)] >> (8 * (i % 4)));
    }

    static uint DivideByGroup(Span<uint> limbs)
    {
        ulong remainder = 0;
        foreach (ref var limb in limbs)
        {
            var value = (remainder << 32) | limb;
            limb = (uint)(value / GroupBase);
            remainder = value % GroupBase;
        }
        return (uint)remainder;
    }

    static bool MultiplyAdd(Span<uint> limbs, uint factor, uint addend)
    {
        ulong carry = addend;
        for (var i = limbs.Length - 1; i >= 0; i--)
        {
            carry += (ulong)limbs[i] * factor;
            limbs[i] = (uint)carry;
            carry >>= 32;
        }
        return carry == 0;
    }
}
