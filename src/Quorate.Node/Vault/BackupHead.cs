using System.Security.Cryptography;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Vault;

/// <summary>How a backup begins: which vault, when, how the KEK is found, and the file's key wrapped by it. Not secret.</summary>
sealed record BackupHead(Guid Vault, long Revision, DateTimeOffset Made, byte[] Parameters, byte[] Wrapped)
{
    static ReadOnlySpan<byte> Magic => "quorate backup 1"u8;

    /// <summary>Draws the file's key, wraps it and writes the head.</summary>
    internal static BackupFrames Begin(Stream stream, VaultAnchor vault, DateTimeOffset made, IKeyEncryption kek, IRandom random)
    {
        var key = new SecretBytes(RecordSeal.DataKeySize);
        random.Fill(key.Expose());
        var head = new BackupHead(vault.Vault, vault.Revision, made, kek.Parameters.ToArray(), []);
        head = head with { Wrapped = kek.Wrap(key.Expose(), head.Encode()) };
        var encoded = head.Encode();
        stream.Write(encoded);
        return new(stream, key, SHA256.HashData(encoded));
    }

    /// <summary>Reads the head and opens the file's key.</summary>
    /// <exception cref="VaultException">Not a backup of a known version, or another KEK.</exception>
    internal static BackupFrames Open(Stream stream, OpenKeyEncryption openKek, out BackupHead head)
    {
        head = Read(stream);
        using var kek = openKek(head.Parameters);
        var key = new SecretBytes(RecordSeal.DataKeySize);
        if (kek.TryUnwrap(head.Wrapped, (head with { Wrapped = [] }).Encode(), key.Expose()))
            return new(stream, key, SHA256.HashData(head.Encode()));
        key.Dispose();
        throw new VaultException(VaultFault.WrongKey, null, "Wrong passphrase, key file or token; or the backup's first bytes have been changed.");
    }

    static BackupHead Read(Stream stream)
    {
        var buffer = new byte[Magic.Length + 32 + 2 * (2 + RecordSeal.MaxWrappedSize)];
        var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        try
        {
            var reader = new WireReader(buffer.AsSpan(0, length));
            if (!reader.Take(Magic.Length).SequenceEqual(Magic))
                throw reader.Error("another beginning");
            var vault = new Guid(reader.Take(16), bigEndian: true);
            var revision = reader.UInt64();
            if (revision > long.MaxValue)
                throw reader.Error($"revision {revision}");
            var made = RestoreMark.ReadTime(ref reader);
            var parameters = reader.Bytes(RecordSeal.MaxWrappedSize).ToArray();
            var wrapped = reader.Bytes(RecordSeal.MaxWrappedSize).ToArray();
            stream.Position = reader.Offset;
            return new(vault, (long)revision, made, parameters, wrapped);
        }
        catch (WireException unknown)
        {
            throw new VaultException(VaultFault.UnknownFormat, null, $"Not a backup that this build knows: {unknown.Message}", unknown);
        }
    }

    byte[] Encode()
    {
        using var writer = new WireWriter();
        writer.Raw(Magic);
        writer.Raw(Vault.ToByteArray(bigEndian: true));
        writer.UInt64((ulong)Revision);
        writer.UInt64((ulong)Made.ToUnixTimeMilliseconds());
        writer.Bytes(Parameters);
        writer.Bytes(Wrapped);
        return writer.Written.ToArray();
    }
}
