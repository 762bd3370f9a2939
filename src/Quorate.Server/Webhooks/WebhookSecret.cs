using System.Security.Cryptography;
using System.Text;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;

namespace Quorate.Server.Webhooks;

/// <summary>
/// What all signing keys of endpoints follow from: 32 bytes that servers of one database share and that are in no database
/// (docs/adr/0017-webhook-keys.md). A key is HKDF-SHA256 of them with the endpoint's id and the key's; it is made when
/// something is signed and wiped after it.
/// </summary>
public sealed class WebhookSecret : IDisposable
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    /// <summary>What its file is called in a server's data directory.</summary>
    public const string FileName = "webhook.key";

    readonly SecretBytes secret;

    /// <summary>Takes a copy; the caller's own is the caller's to clear.</summary>
    /// <exception cref="ArgumentException">They are not 32 bytes.</exception>
    public WebhookSecret(ReadOnlySpan<byte> secret) =>
        this.secret = secret.Length == Size ? new(secret) : throw new ArgumentException($"A webhook secret of {secret.Length} bytes; it has {Size}.", nameof(secret));

    /// <summary>Reads a text: base 64 of 32 bytes.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static WebhookSecret Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        Span<byte> bytes = stackalloc byte[Size + 1];
        try
        {
            return Convert.TryFromBase64String(text.Trim(), bytes, out var written) && written == Size
                ? new(bytes[..Size])
                : throw new FormatException($"A webhook secret is base 64 of {Size} bytes.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    /// <summary>Opens a file that its owner alone may read, with the secret as <see cref="Parse"/> reads it, and makes it with a new one where there is none.</summary>
    /// <exception cref="IOException">It cannot be read or made, or others may read it.</exception>
    /// <exception cref="FormatException">There is something else in it.</exception>
    public static WebhookSecret OpenFile(string path, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(random);
        if (!File.Exists(path))
            Make(path, random);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(UnixFileMode.UserRead | UnixFileMode.UserWrite)) != 0)
            throw new IOException($"{path} may be read by others than its owner: chmod 600.");
        return Parse(File.ReadAllText(path));
    }

    // Whole or not at all, and the first of two that begin at once.
    static void Make(string path, IRandom random)
    {
        Span<byte> bytes = stackalloc byte[Size];
        random.Fill(bytes);
        var temporary = $"{path}.{Environment.ProcessId}.new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes)));
            stream.Flush(flushToDisk: true);
        }
        CryptographicOperations.ZeroMemory(bytes);
        try
        {
            File.Move(temporary, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(temporary);
        }
    }

    /// <summary>The signing key of an endpoint under a key's id; the caller disposes of it.</summary>
    internal Ed25519Key KeyOf(string webhook, string keyId)
    {
        using var seed = new SecretBytes(Ed25519Key.SeedSize);
        // The endpoint's id has one length, so the two ids can not run into each other.
        HKDF.DeriveKey(HashAlgorithmName.SHA256, secret.Expose(), seed.Expose(), salt: [], info: Encoding.UTF8.GetBytes($"{Tags.WebhookKey.Text} {webhook} {keyId}"));
        return new(seed.Expose());
    }

    /// <summary>Wipes it.</summary>
    public void Dispose() => secret.Dispose();
}
