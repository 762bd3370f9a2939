using System.Buffers.Binary;
using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;

namespace Quorate.Threshold.Sessions;

/// <summary>Writes what <see cref="WireReader"/> reads. The buffer is pinned and wiped, since a message may carry a secret.</summary>
public sealed class WireWriter : IDisposable
{
    byte[] buffer = GC.AllocateUninitializedArray<byte>(256, pinned: true);

    /// <summary>Bytes written so far.</summary>
    public int Length { get; private set; }

    /// <summary>The bytes written so far, valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => buffer.AsSpan(0, Length);

    /// <summary>Raw bytes, without a length.</summary>
    public void Raw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>One byte.</summary>
    public void Byte(byte value) => Reserve(1)[0] = value;

    /// <summary>Two bytes, big-endian.</summary>
    public void UInt16(int value) => BinaryPrimitives.WriteUInt16BigEndian(Reserve(2), checked((ushort)value));

    /// <summary>Eight bytes, big-endian.</summary>
    public void UInt64(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Reserve(8), value);

    /// <summary>A byte string behind its length in two bytes.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        UInt16(bytes.Length);
        Raw(bytes);
    }

    /// <summary>A party's number.</summary>
    public void Party(PartyId party) => UInt16(party.Value);

    /// <summary>A point other than the identity.</summary>
    public void Point<C>(in Point<C> point) where C : struct, ICurve<C> => point.Encode(Reserve(C.PointSize));

    /// <summary>Two points other than the identity, with one inversion for both.</summary>
    public void Pair<C>(in Point<C> p, in Point<C> q) where C : struct, ICurve<C>
    {
        if (p.IsIdentity || q.IsIdentity)
            throw new InvalidOperationException("The identity has no encoding.");
        C.EncodeMany([p, q], Reserve(2 * C.PointSize));
    }

    /// <summary>A list of points behind its count.</summary>
    public void Points<C>(ReadOnlySpan<Point<C>> points) where C : struct, ICurve<C>
    {
        UInt16(points.Length);
        foreach (ref readonly var point in points)
            if (point.IsIdentity)
                throw new InvalidOperationException("The identity has no encoding.");
        C.EncodeMany(points, Reserve(checked(points.Length * C.PointSize)));
    }

    /// <summary>A public scalar.</summary>
    public void Scalar<C>(in Scalar<C> scalar) where C : struct, ICurve<C> =>
        scalar.Encode(Reserve(Cryptography.Curves.Scalar<C>.Size));

    /// <summary>A secret scalar, on its way to the one party that may know it.</summary>
    public void SecretScalar<C>(Secret<Scalar<C>> scalar) where C : struct, ICurve<C> =>
        scalar.Expose().Encode(Reserve(Cryptography.Curves.Scalar<C>.Size));

    /// <summary>Wipes the buffer.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(buffer);
        Length = 0;
    }

    Span<byte> Reserve(int length)
    {
        if (length > buffer.Length - Length)
        {
            var larger = GC.AllocateUninitializedArray<byte>(Math.Max(2 * buffer.Length, checked(Length + length)), pinned: true);
            Written.CopyTo(larger);
            CryptographicOperations.ZeroMemory(buffer);
            buffer = larger;
        }
        var reserved = buffer.AsSpan(Length, length);
        Length += length;
        return reserved;
    }
}
