using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
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

    /// <summary>Montgomery's form, so that a product is one pass; unique, as it is reduced too.</summary>
    readonly UInt256 form;

    Scalar(in UInt256 form) => this.form = form;

    /// <summary>The integer in [0, order).</summary>
    internal UInt256 Value => Montgomery<C>.FromForm(form);

    /// <summary>Any 256-bit integer, reduced.</summary>
    internal static Scalar<C> From(in UInt256 value) => new(Montgomery<C>.ToForm(value));

    /// <summary>0.</summary>
    public static Scalar<C> Zero => default;

    /// <summary>1.</summary>
    public static Scalar<C> One => new(Montgomery<C>.One);

    /// <summary>Whether this is zero.</summary>
    public bool IsZero => form.IsZero;

    /// <summary>Any 64-bit integer, reduced.</summary>
    public static Scalar<C> FromUInt64(ulong value) => From(new UInt256(value, 0, 0, 0));

    /// <summary>a + b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<C> operator +(in Scalar<C> a, in Scalar<C> b) => new(Montgomery<C>.Add(a.form, b.form));

    /// <summary>a − b.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Scalar<C> operator -(in Scalar<C> a, in Scalar<C> b) => new(Montgomery<C>.Subtract(a.form, b.form));

    /// <summary>−a.</summary>
    public static Scalar<C> operator -(in Scalar<C> a) => new(Montgomery<C>.Subtract(default, a.form));

    /// <summary>a·b.</summary>
    public static Scalar<C> operator *(in Scalar<C> a, in Scalar<C> b) => new(Montgomery<C>.Multiply(a.form, b.form));

    /// <summary>a⁻¹.</summary>
    /// <exception cref="DivideByZeroException">This is zero.</exception>
    public Scalar<C> Invert() => IsZero ? throw new DivideByZeroException() : new(Montgomery<C>.Invert(form));

    /// <summary>a⁻¹ in variable time: for public values only.</summary>
    /// <exception cref="DivideByZeroException">This is zero.</exception>
    public Scalar<C> InvertVarTime() =>
        IsZero ? throw new DivideByZeroException() : new(Montgomery<C>.InvertVarTime(form));

    /// <summary>Replaces every element by its inverse, with one inversion for every 64 (Montgomery's trick).</summary>
    /// <exception cref="DivideByZeroException">An element is zero; nothing has been changed.</exception>
    public static void InvertAll(Span<Scalar<C>> values)
    {
        foreach (ref readonly var value in values)
            if (value.IsZero)
                throw new DivideByZeroException();

        const int Batch = 64;
        Span<Scalar<C>> before = stackalloc Scalar<C>[Batch];
        for (var rest = values; !rest.IsEmpty; rest = rest[Math.Min(Batch, rest.Length)..])
        {
            var batch = rest[..Math.Min(Batch, rest.Length)];
            var product = One;
            for (var i = 0; i < batch.Length; i++)
            {
                before[i] = product;
                product *= batch[i];
            }
            var inverse = product.Invert();
            for (var i = batch.Length - 1; i >= 0; i--)
            {
                var value = batch[i];
                batch[i] = inverse * before[i];
                inverse *= value;
            }
        }
        CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(before));
    }

    /// <summary>b where <paramref name="condition"/>, else a, without a branch.</summary>
    public static Scalar<C> Select(in Scalar<C> a, in Scalar<C> b, bool condition)
    {
        var mask = 0UL - Unsafe.As<bool, byte>(ref condition);
        return new(UInt256.Select(a.form, b.form, mask));
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
        value = From(raw);
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
        return bytes.Length > Size ? new(Montgomery<C>.ToForm(low, high)) : From(low);
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
    public static bool operator ==(in Scalar<C> a, in Scalar<C> b) => a.form.Equals(b.form);

    /// <summary>Constant-time inequality.</summary>
    public static bool operator !=(in Scalar<C> a, in Scalar<C> b) => !a.form.Equals(b.form);

    /// <summary>Constant-time equality.</summary>
    public bool Equals(Scalar<C> other) => form.Equals(other.form);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Scalar<C> other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => form.GetHashCode();

    /// <summary>The type only: a scalar may be secret.</summary>
    public override string ToString() => $"Scalar<{C.Name}>";
}
