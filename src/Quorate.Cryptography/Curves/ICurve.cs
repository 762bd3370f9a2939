namespace Quorate.Cryptography.Curves;

/// <summary>
/// A group of prime order: what <see cref="Point{C}"/> and <see cref="Scalar{C}"/> need to know about it.
/// The type parameter is the whole configuration, so two curves can never be mixed and the JIT specialises every call.
/// </summary>
/// <remarks>
/// Everything is constant time in scalars and points unless its name ends in <c>VarTime</c>.
/// Points handed to these members are always in the prime-order group: decoding is the only way in.
/// </remarks>
public interface ICurve<C> where C : struct, ICurve<C>
{
    /// <summary>The field's usual name, for messages and transcripts.</summary>
    static abstract string Name { get; }

    /// <summary>The prime order of the group.</summary>
    static abstract UInt256 Order { get; }

    /// <summary>True where scalars are encoded little-endian (RFC 8032), false for big-endian (SEC 1).</summary>
    static abstract bool IsLittleEndian { get; }

    /// <summary>Length in bytes of an encoded point: 33 for SEC 1 compressed, 32 for RFC 8032.</summary>
    static abstract int PointSize { get; }

    /// <summary>The standard base point.</summary>
    static abstract Point<C> Generator { get; }

    /// <summary>p + q, for every pair including equal, opposite and identity.</summary>
    static abstract Point<C> Add(in Point<C> p, in Point<C> q);

    /// <summary>2p.</summary>
    static abstract Point<C> Double(in Point<C> p);

    /// <summary>−p.</summary>
    static abstract Point<C> Negate(in Point<C> p);

    /// <summary>Whether p and q are the same group element, whatever their internal coordinates.</summary>
    static abstract bool AreEqual(in Point<C> p, in Point<C> q);

    /// <summary>k·G from a precomputed table, every entry of a row read.</summary>
    static abstract Point<C> MultiplyBase(in Scalar<C> k);

    /// <summary>k·p.</summary>
    static abstract Point<C> Multiply(in Scalar<C> k, in Point<C> p);

    /// <summary>k·p, for public inputs only.</summary>
    static abstract Point<C> MultiplyVarTime(in Scalar<C> k, in Point<C> p);

    /// <summary>a·G + b·p, the shape of a signature's verification, for public inputs only.</summary>
    static abstract Point<C> MultiplyAddBaseVarTime(in Scalar<C> a, in Scalar<C> b, in Point<C> p);

    /// <summary>Σ kᵢ·pᵢ, for public inputs only. The spans have equal length; the empty sum is the identity.</summary>
    static abstract Point<C> SumOfProductsVarTime(ReadOnlySpan<Scalar<C>> k, ReadOnlySpan<Point<C>> p);

    /// <summary>
    /// Decodes exactly <see cref="PointSize"/> bytes. False for a wrong length, a non-canonical or off-curve encoding,
    /// the identity, and anything outside the prime-order group.
    /// </summary>
    static abstract bool TryDecode(ReadOnlySpan<byte> encoded, out Point<C> p);

    /// <summary>Writes exactly <see cref="PointSize"/> bytes. The caller has excluded the identity.</summary>
    static abstract void Encode(in Point<C> p, Span<byte> destination);

    /// <summary>Encodes many points with one shared inversion; <paramref name="destination"/> holds them back to back.</summary>
    static abstract void EncodeMany(ReadOnlySpan<Point<C>> points, Span<byte> destination);
}
