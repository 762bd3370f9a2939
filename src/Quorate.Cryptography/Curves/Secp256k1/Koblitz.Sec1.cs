namespace Quorate.Cryptography.Curves;

/// <summary>Affine coordinates of many points, and SEC 1 compressed encoding.</summary>
static partial class Koblitz<C>
{
    const int Size = 33;

    /// <summary>Points to an inversion: its share becomes small beside the products each point costs. 2.5 KB of stack.</summary>
    const int Batch = 64;

    /// <summary>02 or 03 by the parity of y, then x. False for anything but such a point of the curve.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> encoded, out Point<C> p)
    {
        p = default;
        return encoded.Length == Size
            && (encoded[0] | 1) == 3
            && Secp256k1Field.TryRead(encoded[1..], out var x)
            && TryLift(x, encoded[0] & 1u, out p);
    }

    internal static void Encode(in Point<C> p, Span<byte> destination)
    {
        ToAffine(p, out var x, out var y);
        Write(x, y, destination);
    }

    internal static void EncodeMany(ReadOnlySpan<Point<C>> points, Span<byte> destination)
    {
        Span<Secp256k1Field> inverses = stackalloc Secp256k1Field[Batch];
        while (!points.IsEmpty)
        {
            var batch = points[..Math.Min(Batch, points.Length)];
            InvertZ(batch, inverses);
            for (var i = 0; i < batch.Length; i++)
            {
                Load(out var lanes, batch[i]);
                Write(
                    Secp256k1Field.FromLane(lanes, 0) * inverses[i], Secp256k1Field.FromLane(lanes, 1) * inverses[i],
                    destination.Slice(Size * i, Size));
            }
            points = points[batch.Length..];
            destination = destination[(Size * batch.Length)..];
        }
    }

    /// <summary>Gives every point Z = 1. None is the identity.</summary>
    internal static void MakeAffine(Span<Point<C>> points)
    {
        Span<Secp256k1Field> inverses = stackalloc Secp256k1Field[Batch];
        while (!points.IsEmpty)
        {
            var batch = points[..Math.Min(Batch, points.Length)];
            InvertZ(batch, inverses);
            for (var i = 0; i < batch.Length; i++)
            {
                Load(out var lanes, batch[i]);
                batch[i] = FromAffine(
                    Secp256k1Field.FromLane(lanes, 0) * inverses[i], Secp256k1Field.FromLane(lanes, 1) * inverses[i]);
            }
            points = points[batch.Length..];
        }
    }

    /// <summary>1/Z of every point with one inversion: of the product of all, undone one by one (Montgomery's trick).</summary>
    static void InvertZ(ReadOnlySpan<Point<C>> points, Span<Secp256k1Field> inverses)
    {
        var product = Secp256k1Field.One;
        for (var i = 0; i < points.Length; i++)
        {
            inverses[i] = product;
            Load(out var lanes, points[i]);
            product *= Secp256k1Field.FromLane(lanes, 2);
        }
        var inverse = product.Invert();
        for (var i = points.Length - 1; i >= 0; i--)
        {
            Load(out var lanes, points[i]);
            inverses[i] *= inverse;
            inverse *= Secp256k1Field.FromLane(lanes, 2);
        }
    }

    static void Write(in Secp256k1Field x, in Secp256k1Field y, Span<byte> destination)
    {
        destination[0] = (byte)(2 | y.Parity);
        x.Write(destination[1..]);
    }
}
