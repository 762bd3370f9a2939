using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Quorate.Cryptography.Curves;

/// <summary>
/// An integer modulo the prime order of <typeparamref name="C"/>, always fully reduced. <c>default</c> is zero.
/// Constant time, comparison included, unless a name ends in VarTime.
/// </summary>
/// <remarks>
/// A bare scalar is for public values and for the inside of one expression. A secret that outlives a statement is a
/// <c>Secret&lt;Scalar&lt;C&gt;&gt;</c>.
/// </remarks>
public readonly struct Scalar<C> : IEquatable<Scalar<C>> where C : struct, ICurve<C>
{
    /// <summary>Length in bytes of an encoded scalar.</summary>
    public const int Size = 32;

    internal readonly UInt256 Value;

    internal Scalar(in UInt256 reduced) => Value = reduced;

    /// <summary>0.</summary>
    public static Scalar<C> Zero => default;

    /// <summary>1.</summary>
    public static Scalar<C> One => new(new UInt256(1, 0, 0, 0));

    /// <summary>Whether this is zero.</summary>
    public bool IsZero => Value.IsZero;

    /// <summary>Any 64-bit integer, reduced.</summary>
    public static Scalar<C> FromUInt64(ulong value) => Montgomery<C>.Reduce(new UInt256(value, 0, 0, 0));

    /// <summary>a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<C> operator +(in Scalar<C> a, in Scalar<C> b) => new(Montgomery<C>.Add(a.Value, b.Value));

    /// <summary>a − b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<C> operator -(in Scalar<C> a, in Scalar<C> b) => new(Montgomery<C>.Subtract(a.Value, b.Value));

    /// <summary>−a.</summary>
    public static Scalar<C> operator -(in Scalar<C> a) => new(Montgomery<C>.Subtract(default, a.Value));

    /// <summary>a·b.</summary>
    public static Scalar<C> operator *(in Scalar<C> a, in Scalar<C> b) => new(Montgomery<C>.Multiply(a.Value, b.Value));

    /// <summary>a⁻¹.</summary>
    /// <exception cref="DivideByZeroException">This is zero.</exception>
    public Scalar<C> Invert() => IsZero ? throw new DivideByZeroException() : new(Montgomery<C>.Invert(Value));

    /// <summary>a⁻¹ of a public value, several times as fast.</summary>
    /// <exception cref="DivideByZeroException">This is zero.</exception>
    public Scalar<C> InvertVarTime() =>
        IsZero ? throw new DivideByZeroException() : new(Montgomery<C>.InvertVarTime(Value));

    /// <summary>Replaces every element by its inverse, with one inversion in all.</summary>
    /// <exception cref="DivideByZeroException">An element is zero; nothing has been changed.</exception>
    public static void InvertAll(Span<Scalar<C>> values)
    {
        if (values.IsEmpty)
            return;
        var prefix = new Scalar<C>[values.Length];
        var product = One;
        for (var i = 0; i < values.Length; i++)
        {
            prefix[i] = product;
            product *= values[i];
        }
        var inverse = product.Invert();
        for (var i = values.Length - 1; i >= 0; i--)
        {
            var value = values[i];
            values[i] = inverse * prefix[i];
            inverse *= value;
        }
        CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(prefix.AsSpan()));
    }

    /// <summary>b where <paramref name="condition"/>, else a, without a branch.</summary>
    public static Scalar<C> Select(in Scalar<C> a, in Scalar<C> b, bool condition)
    {
        var mask = 0UL - Unsafe.As<bool, byte>(ref condition);
        return new(UInt256.Select(a.Value, b.Value, mask));
    }

    /// <summary>Decodes 32 bytes in the curve's byte order. False for a wrong length or a value not below the order.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, out Scalar<C> value)
    {
        value = default;
        if (encoded.Length != Size)
            return false;
        var raw = C.IsLittleEndian ? UInt256.ReadLittleEndian(encoded) : UInt256.ReadBigEndian(encoded);
        UInt256.Subtract(raw, C.Order, out var below);
        if (below == 0)
            return false;
        value = new(raw);
        return true;
    }

    /// <summary>Decodes as <see cref="TryDecode"/> does.</summary>
    /// <exception cref="FormatException">The bytes are no canonical scalar.</exception>
    public static Scalar<C> Decode(ReadOnlySpan<byte> encoded) =>
        TryDecode(encoded, out var value) ? value : throw new FormatException($"Not a canonical {C.Name} scalar.");

    /// <summary>
    /// An integer of 1 to 64 bytes in the curve's byte order, reduced. With at least 48 uniform bytes the result is
    /// uniform to within 2⁻¹²⁸ (RFC 9380, section 5).
    /// </summary>
    /// <exception cref="ArgumentException">Empty, or longer than 64 bytes.</exception>
    public static Scalar<C> Reduce(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is 0 or > 64)
            throw new ArgumentException("1 to 64 bytes.", nameof(bytes));
        Span<byte> wide = stackalloc byte[64];
        wide.Clear();
        UInt256 low, high;
        if (C.IsLittleEndian)
        {
            bytes.CopyTo(wide);
            low = UInt256.ReadLittleEndian(wide);
            high = UInt256.ReadLittleEndian(wide[32..]);
        }
        else
        {
            bytes.CopyTo(wide[(64 - bytes.Length)..]);
            high = UInt256.ReadBigEndian(wide);
            low = UInt256.ReadBigEndian(wide[32..]);
        }
        CryptographicOperations.ZeroMemory(wide);
        return Montgomery<C>.Reduce(low, high);
    }

    /// <summary>Writes 32 bytes in the curve's byte order.</summary>
    public void Encode(Span<byte> destination)
    {
        if (C.IsLittleEndian)
            Value.WriteLittleEndian(destination);
        else
            Value.WriteBigEndian(destination);
    }

    /// <summary>The 32 bytes as a new array: public values only.</summary>
    public byte[] Encode()
    {
        var encoded = new byte[Size];
        Encode(encoded);
        return encoded;
    }

    /// <summary>Constant-time equality.</summary>
    public static bool operator ==(in Scalar<C> a, in Scalar<C> b) => a.Value.Equals(b.Value);

    /// <summary>Constant-time inequality.</summary>
    public static bool operator !=(in Scalar<C> a, in Scalar<C> b) => !a.Value.Equals(b.Value);

    /// <summary>Constant-time equality.</summary>
    public bool Equals(Scalar<C> other) => Value.Equals(other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Scalar<C> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value.GetHashCode();

    /// <summary>The type only: a scalar may be secret.</summary>
    public override string ToString() => $"Scalar<{C.Name}>";
}
