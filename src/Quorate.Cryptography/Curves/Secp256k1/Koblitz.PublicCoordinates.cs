namespace Quorate.Cryptography.Curves;

/// <summary>Affine coordinates of points that are public, as those that verification computes.</summary>
static partial class Koblitz<C>
{
    /// <summary>As <see cref="Encode"/>, with the faster inversion.</summary>
    internal static void EncodeVarTime(in Point<C> p, Span<byte> destination)
    {
        Load(out var lanes, p);
        var inverse = Secp256k1Field.FromLane(lanes, 2).InvertVarTime();
        Write(Secp256k1Field.FromLane(lanes, 0) * inverse, Secp256k1Field.FromLane(lanes, 1) * inverse, destination);
    }

    /// <summary>
    /// Whether x of a point other than the identity is r modulo the order: X = r·Z, or X = (r + n)·Z where r + n is below
    /// p. Needs no inversion.
    /// </summary>
    internal static bool HasXVarTime(in Point<C> p, in Scalar<C> r)
    {
        Load(out var lanes, p);
        var (x, z) = (Secp256k1Field.FromLane(lanes, 0), Secp256k1Field.FromLane(lanes, 2));
        if ((Secp256k1Field.From(r.Value) * z - x).IsZero)
            return true;
        var next = UInt256.Add(r.Value, C.Order, out var carry);
        return carry == 0 && Secp256k1Field.IsBelowModulus(next) && (Secp256k1Field.From(next) * z - x).IsZero;
    }
}
