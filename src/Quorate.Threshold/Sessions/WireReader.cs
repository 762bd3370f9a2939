using System.Buffers.Binary;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;

namespace Quorate.Threshold.Sessions;

/// <summary>
/// Bytes that are no valid encoding: says at which item's first byte, and why. Never crosses a session; the kernel turns it into a fault.
/// </summary>
public sealed class WireException(int offset, string reason) : FormatException($"Byte {offset}: {reason}")
{
    /// <summary>Where in the input, counted from 0.</summary>
    public int Offset { get; } = offset;
}

/// <summary>
/// Reads the wire format: fixed-size items back to back, integers big-endian, lists and byte strings behind a count of
/// two bytes that is checked against a limit before anything is read or allocated.
/// </summary>
public ref struct WireReader(ReadOnlySpan<byte> input)
{
    readonly ReadOnlySpan<byte> input = input;

    /// <summary>Bytes read so far.</summary>
    public int Offset { get; private set; }

    /// <summary>Bytes left.</summary>
    public readonly int Remaining => input.Length - Offset;

    /// <summary>Exactly <paramref name="length"/> bytes, not copied.</summary>
    /// <exception cref="WireException">The input ends before.</exception>
    public ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > Remaining)
            throw Error($"{length} bytes wanted, {Remaining} left");
        var bytes = input.Slice(Offset, length);
        Offset += length;
        return bytes;
    }

    /// <summary>One byte.</summary>
    public byte Byte() => Take(1)[0];

    /// <summary>Two bytes, big-endian.</summary>
    public ushort UInt16() => BinaryPrimitives.ReadUInt16BigEndian(Take(2));

    /// <summary>Eight bytes, big-endian.</summary>
    public ulong UInt64() => BinaryPrimitives.ReadUInt64BigEndian(Take(8));

    /// <summary>A count of two bytes, at most <paramref name="max"/>.</summary>
    public int Count(int max)
    {
        var at = Offset;
        var count = UInt16();
        return count <= max ? count : throw new WireException(at, $"count {count} above the limit of {max}");
    }

    /// <summary>A byte string behind its length, at most <paramref name="max"/> bytes, not copied.</summary>
    public ReadOnlySpan<byte> Bytes(int max) => Take(Count(max));

    /// <summary>A party's number.</summary>
    public PartyId Party()
    {
        var at = Offset;
        var value = UInt16();
        return value != 0 ? new(value) : throw new WireException(at, "party 0");
    }

    /// <summary>A point: canonical, in the prime-order group, not the identity.</summary>
    public Point<C> Point<C>() where C : struct, ICurve<C>
    {
        var at = Offset;
        return Cryptography.Curves.Point<C>.TryDecode(Take(C.PointSize), out var point)
            ? point
            : throw new WireException(at, $"not a {C.Name} point");
    }

    /// <summary>A list of points behind its count.</summary>
    public Point<C>[] Points<C>(int max) where C : struct, ICurve<C>
    {
        var count = Count(max);
        if (count * C.PointSize > Remaining)
            throw Error($"{count} points wanted, {Remaining} bytes left");
        var points = new Point<C>[count];
        foreach (ref var point in points.AsSpan())
            point = Point<C>();
        return points;
    }

    /// <summary>A public scalar below the group order.</summary>
    public Scalar<C> Scalar<C>() where C : struct, ICurve<C>
    {
        var at = Offset;
        return Cryptography.Curves.Scalar<C>.TryDecode(Take(Cryptography.Curves.Scalar<C>.Size), out var scalar)
            ? scalar
            : throw new WireException(at, $"not a canonical {C.Name} scalar");
    }

    /// <summary>A secret scalar below the group order.</summary>
    public Secret<Scalar<C>> SecretScalar<C>() where C : struct, ICurve<C> => new(Scalar<C>());

    /// <summary>Refuses trailing bytes.</summary>
    /// <exception cref="WireException">Something is left.</exception>
    public readonly void End()
    {
        if (Remaining != 0)
            throw Error($"{Remaining} trailing bytes");
    }

    /// <summary>An error at the present offset, to be thrown by a message's own checks.</summary>
    public readonly WireException Error(string reason) => new(Offset, reason);
}
