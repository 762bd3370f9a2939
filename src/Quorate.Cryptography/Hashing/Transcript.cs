using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Hashing;

/// <summary>
/// A hash over a sequence of typed, length-prefixed items under a domain tag, so that two different sequences never
/// give the same input bytes. SHA-512(T ‖ T ‖ items ‖ end) with T = SHA-512(tag), after the pattern of BIP 340.
/// </summary>
/// <remarks>
/// An item is one type byte, its length as eight bytes big-endian, and its bytes. The end marker names the kind of
/// output, so a digest never coincides with the bytes of a challenge. Not for secrets: a transcript's buffers are not wiped.
/// </remarks>
public sealed class Transcript : IDisposable
{
    enum Item : byte { Bytes = 1, Integer = 2, Text = 3, Point = 4, Scalar = 5, List = 6, End = 255 }

    readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);

    /// <summary>Starts a transcript in the domain of <paramref name="tag"/>.</summary>
    public Transcript(Tag tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        Span<byte> tagHash = stackalloc byte[64];
        SHA512.HashData(Encoding.UTF8.GetBytes(tag.Text), tagHash);
        hash.AppendData(tagHash);
        hash.AppendData(tagHash);
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
    public Transcript Append(string text) => Append(Item.Text, Encoding.UTF8.GetBytes(text));

    /// <summary>Appends a point; the identity is the empty item of its type.</summary>
    public Transcript Append<C>(in Point<C> point) where C : struct, ICurve<C>
    {
        if (point.IsIdentity)
            return Append(Item.Point, default);
        Span<byte> bytes = stackalloc byte[C.PointSize];
        point.Encode(bytes);
        return Append(Item.Point, bytes);
    }

    /// <summary>Appends a scalar.</summary>
    public Transcript Append<C>(in Scalar<C> scalar) where C : struct, ICurve<C>
    {
        Span<byte> bytes = stackalloc byte[Scalar<C>.Size];
        scalar.Encode(bytes);
        return Append(Item.Scalar, bytes);
    }

    /// <summary>Appends a list of points: its count, then each.</summary>
    public Transcript Append<C>(ReadOnlySpan<Point<C>> points) where C : struct, ICurve<C>
    {
        List(points.Length);
        foreach (ref readonly var point in points)
            Append(point);
        return this;
    }

    /// <summary>Opens a list of <paramref name="count"/> elements; the caller appends them next.</summary>
    public Transcript List(int count)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)count);
        return Append(Item.List, bytes);
    }

    /// <summary>Ends the transcript as a digest of 32 bytes. The transcript can not be used again.</summary>
    public byte[] Digest()
    {
        Span<byte> output = stackalloc byte[64];
        Finish("digest"u8, output);
        return output[..32].ToArray();
    }

    /// <summary>Ends the transcript as a scalar, uniform to within 2⁻²⁵⁶. The transcript can not be used again.</summary>
    public Scalar<C> Challenge<C>() where C : struct, ICurve<C>
    {
        Span<byte> output = stackalloc byte[64];
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

    Transcript Append(Item type, ReadOnlySpan<byte> bytes)
    {
        Span<byte> header = stackalloc byte[9];
        header[0] = (byte)type;
        BinaryPrimitives.WriteUInt64BigEndian(header[1..], (ulong)bytes.Length);
        hash.AppendData(header);
        hash.AppendData(bytes);
        return this;
    }
}
