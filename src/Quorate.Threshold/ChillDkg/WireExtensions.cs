using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Sessions;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.ChillDkg;

/// <summary>
/// ChillDKG's lists: items back to back without a count, since both sides know t and n. Lengths have been checked as a
/// whole before anything is read.
/// </summary>
static class WireExtensions
{
    /// <summary>Points, the identity as 33 zero bytes.</summary>
    internal static void Extended(this WireWriter writer, ReadOnlySpan<Point> points)
    {
        Span<byte> encoded = stackalloc byte[33];
        foreach (ref readonly var point in points)
        {
            ExtendedEncoding.Encode(point, encoded);
            writer.Raw(encoded);
        }
    }

    internal static void Scalars(this WireWriter writer, ReadOnlySpan<Scalar> scalars)
    {
        foreach (ref readonly var scalar in scalars)
            writer.Scalar(scalar);
    }

    internal static bool TryExtended(this ref WireReader reader, int count, out Point[] points)
    {
        points = new Point[count];
        foreach (ref var point in points.AsSpan())
            if (!ExtendedEncoding.TryDecode(reader.Take(33), out point))
                return false;
        return true;
    }

    internal static bool TryScalars(this ref WireReader reader, int count, out Scalar[] scalars)
    {
        scalars = new Scalar[count];
        foreach (ref var scalar in scalars.AsSpan())
            if (!Scalar.TryDecode(reader.Take(Scalar.Size), out scalar))
                return false;
        return true;
    }

    internal static byte[][] Chunks(this ref WireReader reader, int count, int size)
    {
        var chunks = new byte[count][];
        for (var i = 0; i < count; i++)
            chunks[i] = reader.Take(size).ToArray();
        return chunks;
    }
}
