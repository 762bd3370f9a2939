using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;

namespace Quorate.Chains;

/// <summary>
/// A quantity of an asset in its smallest unit (wei, satoshi, lamport), an integer from 0 to 2²⁵⁶ − 1. Never a fraction and
/// never negative; arithmetic that leaves the range throws. Amounts are public: nothing here is constant time.
/// </summary>
public readonly record struct Amount : IComparable<Amount>
{
    /// <summary>Bytes of an amount written big-endian in full: 32.</summary>
    public const int Size = 32;

    /// <summary>Digits of the largest amount: 78.</summary>
    public const int MaxDigits = 78;

    readonly UInt128 high, low;

    /// <summary>An amount of two halves: <paramref name="high"/>·2¹²⁸ + <paramref name="low"/>.</summary>
    public Amount(UInt128 high, UInt128 low) => (this.high, this.low) = (high, low);

    /// <summary>Nothing.</summary>
    public static Amount Zero => default;

    /// <summary>2²⁵⁶ − 1, which token contracts take for "no limit".</summary>
    public static Amount MaxValue => new(UInt128.MaxValue, UInt128.MaxValue);

    /// <summary>Whether the amount is nothing.</summary>
    public bool IsZero => high == 0 && low == 0;

    /// <summary>An amount below 2⁶⁴.</summary>
    public static implicit operator Amount(ulong value) => new(0, value);

    /// <summary>An amount below 2¹²⁸.</summary>
    public static implicit operator Amount(UInt128 value) => new(0, value);

    /// <summary>The sum.</summary>
    /// <exception cref="OverflowException">It is above <see cref="MaxValue"/>.</exception>
    public static Amount operator +(Amount a, Amount b)
    {
        var low = unchecked(a.low + b.low);
        var carry = low < a.low ? UInt128.One : UInt128.Zero;
        return new(checked(a.high + b.high + carry), low);
    }

    /// <summary>The difference.</summary>
    /// <exception cref="OverflowException"><paramref name="b"/> is the larger.</exception>
    public static Amount operator -(Amount a, Amount b)
    {
        if (a < b)
            throw new OverflowException("An amount is never below zero.");
        var borrow = a.low < b.low ? UInt128.One : UInt128.Zero;
        return new(unchecked(a.high - b.high - borrow), unchecked(a.low - b.low));
    }

    /// <summary>The product with a number below 2⁶⁴, as of units and a price.</summary>
    /// <exception cref="OverflowException">It is above <see cref="MaxValue"/>.</exception>
    public static Amount operator *(Amount a, ulong b)
    {
        Span<ulong> limbs = stackalloc ulong[4];
        a.ToLimbs(limbs);
        UInt128 carry = 0;
        foreach (ref var limb in limbs)
        {
            carry += (UInt128)limb * b;
            limb = (ulong)(carry & ulong.MaxValue);
            carry >>= 64;
        }
        return carry == 0 ? FromLimbs(limbs) : throw new OverflowException("An amount is at most 2²⁵⁶ − 1.");
    }

    /// <summary>The quotient, rounded down.</summary>
    /// <exception cref="DivideByZeroException"><paramref name="b"/> is zero.</exception>
    public static Amount operator /(Amount a, ulong b) => a.DivideBy(b, out _);

    /// <summary>Whether <paramref name="a"/> is the smaller.</summary>
    public static bool operator <(Amount a, Amount b) => a.CompareTo(b) < 0;

    /// <summary>Whether <paramref name="a"/> is the larger.</summary>
    public static bool operator >(Amount a, Amount b) => a.CompareTo(b) > 0;

    /// <summary>Whether <paramref name="a"/> is not the larger.</summary>
    public static bool operator <=(Amount a, Amount b) => a.CompareTo(b) <= 0;

    /// <summary>Whether <paramref name="a"/> is not the smaller.</summary>
    public static bool operator >=(Amount a, Amount b) => a.CompareTo(b) >= 0;

    /// <inheritdoc/>
    public int CompareTo(Amount other) =>
        high != other.high ? high.CompareTo(other.high) : low.CompareTo(other.low);

    /// <summary>Adds where the sum fits; false, and nothing changed, where it does not.</summary>
    public bool TryAdd(Amount other, out Amount sum)
    {
        // The result may well be where this amount stands, so it is written last.
        var fits = other <= MaxValue - this;
        sum = fits ? this + other : default;
        return fits;
    }

    /// <summary>The amount as a 64-bit number, where it is one.</summary>
    public bool TryToUInt64(out ulong value)
    {
        value = unchecked((ulong)low);
        return high == 0 && low <= ulong.MaxValue;
    }

    /// <summary>The amount as a 128-bit number, where it is one.</summary>
    public bool TryToUInt128(out UInt128 value)
    {
        value = low;
        return high == 0;
    }

    /// <summary>Reads at most 32 bytes, big-endian; leading zeros are allowed.</summary>
    /// <exception cref="ArgumentException">More than 32 bytes.</exception>
    public static Amount FromBigEndian(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > Size)
            throw new ArgumentException($"{bytes.Length} bytes; an amount has at most {Size}.", nameof(bytes));
        Span<byte> full = stackalloc byte[Size];
        full.Clear();
        bytes.CopyTo(full[(Size - bytes.Length)..]);
        return new(BinaryPrimitives.ReadUInt128BigEndian(full), BinaryPrimitives.ReadUInt128BigEndian(full[16..]));
    }

    /// <summary>Writes 32 bytes, big-endian.</summary>
    public void WriteBigEndian(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt128BigEndian(destination, high);
        BinaryPrimitives.WriteUInt128BigEndian(destination[16..], low);
    }

    /// <summary>Reads decimal digits as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">The text is no amount.</exception>
    public static Amount Parse(string text) =>
        TryParse(text, out var amount) ? amount : throw new FormatException("Not an amount: decimal digits, below 2²⁵⁶.");

    /// <summary>Reads decimal digits without sign, spaces or leading zeros, below 2²⁵⁶.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Amount amount)
    {
        amount = default;
        if (text is null || text.Length is 0 or > MaxDigits || (text[0] == '0' && text.Length > 1)
            || text.AsSpan().ContainsAnyExceptInRange('0', '9'))
            return false;
        var result = Zero;
        var limit = MaxValue / 10;
        foreach (var digit in text)
        {
            if (result > limit || !(result * 10).TryAdd((ulong)(digit - '0'), out result))
                return false;
        }
        amount = result;
        return true;
    }

    /// <summary>Decimal digits, in the smallest unit.</summary>
    public override string ToString()
    {
        const ulong Chunk = 10_000_000_000_000_000_000;
        if (high == 0)
            return low.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var text = "";
        var rest = this;
        while (rest >= Chunk)
        {
            rest = rest.DivideBy(Chunk, out var digits);
            text = digits.ToString("D19", System.Globalization.CultureInfo.InvariantCulture) + text;
        }
        return rest.low.ToString(System.Globalization.CultureInfo.InvariantCulture) + text;
    }

    Amount DivideBy(ulong divisor, out ulong remainder)
    {
        Span<ulong> limbs = stackalloc ulong[4];
        ToLimbs(limbs);
        UInt128 rest = 0;
        for (var i = 3; i >= 0; i--)
        {
            rest = (rest << 64) | limbs[i];
            limbs[i] = (ulong)(rest / divisor);
            rest %= divisor;
        }
        remainder = (ulong)rest;
        return FromLimbs(limbs);
    }

    void ToLimbs(Span<ulong> limbs)
    {
        unchecked
        {
            (limbs[0], limbs[1]) = ((ulong)low, (ulong)(low >> 64));
            (limbs[2], limbs[3]) = ((ulong)high, (ulong)(high >> 64));
        }
    }

    static Amount FromLimbs(ReadOnlySpan<ulong> limbs) => new(new UInt128(limbs[3], limbs[2]), new UInt128(limbs[1], limbs[0]));
}
