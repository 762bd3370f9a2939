using System.Buffers.Binary;
using System.Security.Cryptography;
using Quorate.Cryptography.Secrets;

namespace Quorate.Node.Vault;

/// <summary>
/// The body of a backup: frames of a length in four bytes and so many sealed ones, under one key for the whole file. The
/// nonce is the frame's number and whether it is the last, so that frames cannot be moved, left out or cut off (STREAM,
/// Hoang, Reyhanitabar, Rogaway, Vizár, ePrint 2015/189). Both directions are bound to the file's head.
/// </summary>
sealed class BackupFrames(Stream stream, SecretBytes key, byte[] associatedData) : IDisposable
{
    readonly AesGcm aes = new(key.Expose(), RecordSeal.TagSize);
    long number;

    /// <summary>Frames written or read so far.</summary>
    internal long Count => number;

    internal void Write(ReadOnlySpan<byte> plain, bool isLast = false)
    {
        var frame = new byte[4 + plain.Length + RecordSeal.TagSize];
        BinaryPrimitives.WriteInt32BigEndian(frame, plain.Length + RecordSeal.TagSize);
        aes.Encrypt(Nonce(isLast), plain, frame.AsSpan(4, plain.Length), frame.AsSpan(^RecordSeal.TagSize..), associatedData);
        number++;
        stream.Write(frame);
    }

    /// <summary>The next frame, or null behind the last one.</summary>
    /// <exception cref="VaultException">It is not what was written, or the file goes on behind the last one.</exception>
    internal SecretBytes? Read()
    {
        VaultException Damaged(string detail) => new(VaultFault.Damaged, null, $"Frame {number}: {detail}");

        Span<byte> length = stackalloc byte[4];
        if (stream.ReadAtLeast(length, 4, throwOnEndOfStream: false) < 4)
            throw Damaged("the file is cut off.");
        var size = BinaryPrimitives.ReadInt32BigEndian(length);
        if (size is < RecordSeal.TagSize or > RecordHeader.Size + RecordSeal.MaxPlainSize + RecordSeal.TagSize)
            throw Damaged($"a length of {size} bytes.");
        // What is not there is not allocated for.
        if (stream.Length - stream.Position < size)
            throw Damaged("the file is cut off.");
        var frame = new byte[size];
        stream.ReadExactly(frame);

        var plain = new SecretBytes(size - RecordSeal.TagSize);
        if (!TryOpen(frame, plain, isLast: false))
        {
            var isLast = TryOpen(frame, plain, isLast: true) && plain.Length == 0;
            plain.Dispose();
            if (!isLast)
                throw Damaged("it is not what was written.");
            return stream.Position == stream.Length ? null : throw Damaged("the file goes on behind its end.");
        }
        number++;
        return plain;
    }

    public void Dispose()
    {
        aes.Dispose();
        key.Dispose();
    }

    bool TryOpen(byte[] frame, SecretBytes plain, bool isLast)
    {
        try
        {
            aes.Decrypt(Nonce(isLast), frame.AsSpan(..^RecordSeal.TagSize), frame.AsSpan(^RecordSeal.TagSize..), plain.Expose(), associatedData);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            return false;
        }
    }

    byte[] Nonce(bool isLast)
    {
        var nonce = new byte[12];
        nonce[0] = isLast ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt64BigEndian(nonce.AsSpan(4), number);
        return nonce;
    }
}
