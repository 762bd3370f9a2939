using System.Buffers.Binary;
using System.Security.Cryptography;
using Quorate.Cryptography.Secrets;

namespace Quorate.Node.Vault;

/// <summary>
/// A record as it lies on the disk: its data key wrapped by the KEK behind a length of two bytes, then the contents under
/// AES-256-GCM, then the tag. Both encryptions are bound to the record's header.
/// </summary>
static class RecordSeal
{
    /// <summary>Length in bytes of a data key.</summary>
    internal const int DataKeySize = 32;

    /// <summary>The longest wrapped key that is read: a token may add to it, but not without bound.</summary>
    internal const int MaxWrappedSize = 1_024;

    /// <summary>
    /// The largest record: 2,500 sharings of a DKLs23 key between three parties, 26 between a hundred. Bounds what reading
    /// a hostile file may allocate.
    /// </summary>
    internal const int MaxPlainSize = 16 << 20;

    /// <summary>The most that a record's sealed form has.</summary>
    internal const int MaxSealedSize = 2 + MaxWrappedSize + MaxPlainSize + TagSize;

    internal const int TagSize = 16;

    // A data key seals one revision of one record and nothing else, so the nonce need not vary.
    static ReadOnlySpan<byte> Nonce => new byte[12];

    /// <exception cref="InvalidOperationException">The record is larger than <see cref="MaxPlainSize"/>.</exception>
    internal static byte[] Seal(IKeyEncryption kek, ReadOnlySpan<byte> header, ReadOnlySpan<byte> plain, IRandom random)
    {
        if (plain.Length > MaxPlainSize)
            throw new InvalidOperationException($"A record of {plain.Length} bytes; it has at most {MaxPlainSize}.");
        using var key = new SecretBytes(DataKeySize);
        random.Fill(key.Expose());
        var wrapped = kek.Wrap(key.Expose(), header);
        var body = new byte[2 + wrapped.Length + plain.Length + TagSize];
        BinaryPrimitives.WriteUInt16BigEndian(body, checked((ushort)wrapped.Length));
        wrapped.CopyTo(body, 2);
        using var aes = new AesGcm(key.Expose(), TagSize);
        aes.Encrypt(Nonce, plain, body.AsSpan(2 + wrapped.Length, plain.Length), body.AsSpan(^TagSize..), header);
        return body;
    }

    /// <summary>The contents, or null where key, header or bytes are not those of the sealing.</summary>
    internal static SecretBytes? TryOpen(IKeyEncryption kek, ReadOnlySpan<byte> header, ReadOnlySpan<byte> body)
    {
        if (body.Length < 2 + TagSize || BinaryPrimitives.ReadUInt16BigEndian(body) is var length && length > body.Length - 2 - TagSize)
            return null;
        using var key = new SecretBytes(DataKeySize);
        if (!kek.TryUnwrap(body.Slice(2, length), header, key.Expose()))
            return null;
        var sealedBytes = body[(2 + length)..];
        var plain = new SecretBytes(sealedBytes.Length - TagSize);
        try
        {
            using var aes = new AesGcm(key.Expose(), TagSize);
            aes.Decrypt(Nonce, sealedBytes[..^TagSize], sealedBytes[^TagSize..], plain.Expose(), header);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            plain.Dispose();
            return null;
        }
    }
}
