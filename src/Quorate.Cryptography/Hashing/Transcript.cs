using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Hashing;

/// <summary>
/// A hash over a sequence of typed, length-prefixed items under a domain tag, so that two different sequences never
/// give the same input bytes. SHA-512(T ‖ T ‖ items ‖ end) with T = SHA-512(tag), after the pattern of BIP 340.
/// </summary>
/// <remarks>
/// An item is one type byte, its length as eight bytes big-endian, and its bytes. A point or scalar begins with the name
/// of its curve and one zero byte, so that curves do not mix. The end marker names the kind of output, so a digest never
/// coincides with the bytes of a challenge. Not for secrets: a transcript's buffers are not wiped.
/// </remarks>
public sealed class Transcript : IDisposable
{
    enum Item : byte { Bytes = 1, Integer = 2, Text = 3, Point = 4, Scalar = 5, List = 6, End = 255 }

    const int HeaderSize = 9;

    /// <summary>Items up to this size go to the hash together with their header, in one call.</summary>
    const int JoinLimit = 247;

    /// <summary>Points encoded with one shared inversion at a time; bounds the buffer on the stack.</summary>
    const int PointsAtOnce = 32;

    // A lone surrogate would otherwise become U+FFFD, and two different texts the same bytes.
    static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);

    /// <summary>Starts a transcript in the domain of <paramref name="tag"/>.</summary>
    public Transcript(Tag tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        hash.AppendData(tag.Sha512Prefix);
    }

    /// <summary>Appends bytes.</summary>
    public Transcript Append(ReadOnlySpan<byte> bytes) => Append(Item.Bytes, bytes);

    /// <summary>Appends a non-negative integer.</summary>
    public Transcript Append(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return Append(Item.Integer, bytes);
    }

    /// <summary>Appends text in UTF-8.</summary>
    /// <exception cref="ArgumentException">The text has a lone surrogate, so it has no encoding.</exception>
    public Transcript Append(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Append(Item.Text, StrictUtf8.GetBytes(text));
    }

    /// <summary>Appends a point; the identity is its curve's name alone.</summary>
    public Transcript Append<C>(in Point<C> point) where C : struct, ICurve<C>
    {
        if (point.IsIdentity)
            return Append<C>(Item.Point, default);
        Span<byte> bytes = stackalloc byte[C.PointSize];
        C.Encode(point, bytes);
        return Append<C>(Item.Point, bytes);
    }

    /// <summary>Appends a scalar.</summary>
    public Transcript Append<C>(in Scalar<C> scalar) where C : struct, ICurve<C>
    {
        Span<byte> bytes = stackalloc byte[Scalar<C>.Size];
        scalar.Encode(bytes);
        return Append<C>(Item.Scalar, bytes);
    }

    /// <summary>Appends a list of points: its count, then each, with one inversion for many encodings.</summary>
    public Transcript Append<C>(ReadOnlySpan<Point<C>> points) where C : struct, ICurve<C>
    {
        List(points.Length);
        for (; points.Length > PointsAtOnce; points = points[PointsAtOnce..])
            AppendFew(points[..PointsAtOnce]);
        AppendFew(points);
        return this;
    }

    /// <summary>Opens a list of <paramref name="count"/> elements; the caller appends them next.</summary>
    public Transcript List(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)count);
        return Append(Item.List, bytes);
    }

    /// <summary>Ends the transcript as a digest of 32 bytes. The transcript can not be used again.</summary>
    public byte[] Digest()
    {
        Span<byte> output = stackalloc byte[SHA512.HashSizeInBytes];
        Finish("digest"u8, output);
        return output[..32].ToArray();
    }

    /// <summary>Ends the transcript as a scalar, uniform to within 2⁻²⁵⁶. The transcript can not be used again.</summary>
    public Scalar<C> Challenge<C>() where C : struct, ICurve<C>
    {
        Span<byte> output = stackalloc byte[SHA512.HashSizeInBytes];
        Finish("challenge"u8, output);
        return Scalar<C>.Reduce(output);
    }

    /// <inheritdoc/>
    public void Dispose() => hash.Dispose();

    void Finish(ReadOnlySpan<byte> kind, Span<byte> output)
    {
        Append(Item.End, kind);
        hash.GetHashAndReset(output);
        hash.Dispose();
    }

    [SkipLocalsInit]
    void AppendFew<C>(ReadOnlySpan<Point<C>> points) where C : struct, ICurve<C>
    {
        foreach (ref readonly var point in points)
            if (point.IsIdentity)
            {
                // Rare, and not encodable with the others.
                foreach (ref readonly var one in points)
                    Append(one);
                return;
            }

        Span<byte> bytes = stackalloc byte[points.Length * C.PointSize];
        C.EncodeMany(points, bytes);
        for (; !bytes.IsEmpty; bytes = bytes[C.PointSize..])
            Append<C>(Item.Point, bytes[..C.PointSize]);
    }

    /// <summary>An item of a curve: name, zero byte, encoding.</summary>
    Transcript Append<C>(Item type, ReadOnlySpan<byte> encoding) where C : struct, ICurve<C>
    {
        Span<byte> bytes = stackalloc byte[C.Name.Length + 1 + encoding.Length];
        Encoding.ASCII.GetBytes(C.Name, bytes);
        bytes[C.Name.Length] = 0;
        encoding.CopyTo(bytes[(C.Name.Length + 1)..]);
        return Append(type, bytes);
    }

    [SkipLocalsInit]
    Transcript Append(Item type, ReadOnlySpan<byte> bytes)
    {
        Span<byte> buffer = stackalloc byte[HeaderSize + JoinLimit];
        buffer[0] = (byte)type;
        BinaryPrimitives.WriteUInt64BigEndian(buffer[1..], (ulong)bytes.Length);
        if (bytes.Length <= JoinLimit)
        {
            bytes.CopyTo(buffer[HeaderSize..]);
            hash.AppendData(buffer[..(HeaderSize + bytes.Length)]);
            return this;
        }
        hash.AppendData(buffer[..HeaderSize]);
        hash.AppendData(bytes);
        return this;
    }
}
