using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Quorate.Journal.Chain;

/// <summary>
/// The three hashes of docs/spec/journal.md: genesis, event digest, link. A link covers the previous hash, the position
/// and the event's digest, so that who holds digests alone can check that one head extends another.
/// </summary>
static class HashChain
{
    const int LinkSize = HashTag.PrefixSize + ChainHash.Size + sizeof(long) + ChainHash.Size;

    /// <summary>Events up to this size are hashed from the stack.</summary>
    const int StackLimit = 1_024;

    /// <summary>H₀ = SHA-256(T ‖ T ‖ journal id).</summary>
    internal static ChainHash Genesis(Guid journal)
    {
        Span<byte> input = stackalloc byte[HashTag.PrefixSize + EventEncoding.GuidSize];
        HashTag.Genesis.Prefix.CopyTo(input);
        EventEncoding.WriteGuid(input[HashTag.PrefixSize..], journal);
        return Hash(input);
    }

    /// <summary>Dₚ = SHA-256(T ‖ T ‖ <see cref="EventEncoding">encoding of the event</see>).</summary>
    internal static ChainHash Digest(RecordedEvent recorded)
    {
        var size = HashTag.PrefixSize + EventEncoding.SizeOf(recorded);
        if (size <= StackLimit)
        {
            Span<byte> small = stackalloc byte[size];
            EventEncoding.Write(recorded, small[HashTag.PrefixSize..]);
            return DigestEncoded(small);
        }
        var rented = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var large = rented.AsSpan(0, size);
            EventEncoding.Write(recorded, large[HashTag.PrefixSize..]);
            return DigestEncoded(large);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    /// <summary>The digest of an event whose encoding stands behind room for the prefix, which is filled in here.</summary>
    internal static ChainHash DigestEncoded(Span<byte> prefixed)
    {
        HashTag.Event.Prefix.CopyTo(prefixed);
        return Hash(prefixed);
    }

    /// <summary>Hₚ = SHA-256(T ‖ T ‖ Hₚ₋₁ ‖ p ‖ Dₚ), p as eight bytes big-endian.</summary>
    internal static ChainHash Link(ChainHash previous, long position, ChainHash digest)
    {
        Span<byte> input = stackalloc byte[LinkSize];
        HashTag.Link.Prefix.CopyTo(input);
        var rest = input[HashTag.PrefixSize..];
        previous.CopyTo(rest);
        BinaryPrimitives.WriteInt64BigEndian(rest[ChainHash.Size..], position);
        digest.CopyTo(rest[(ChainHash.Size + sizeof(long))..]);
        return Hash(input);
    }

    static ChainHash Hash(ReadOnlySpan<byte> input)
    {
        Span<byte> hash = stackalloc byte[ChainHash.Size];
        SHA256.HashData(input, hash);
        return ChainHash.FromBytes(hash);
    }
}
