using Quorate.Cryptography.Secrets;

namespace Quorate.Node.Vault;

/// <summary>A file of 32 random bytes that opens a vault or a backup: on Unix readable by its owner alone, or refused.</summary>
public static class KekFile
{
    /// <summary>Length in bytes.</summary>
    public const int Size = 32;

    /// <summary>Makes a new file of mode 0600. Never overwrites.</summary>
    /// <exception cref="IOException">It is there already, or the file system refuses.</exception>
    public static void Create(string path, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        using var key = new SecretBytes(Size);
        random.Fill(key.Expose());
        using var file = NewFile.Begin(path);
        file.Stream.Write(key.Expose());
        file.Finish();
    }

    /// <summary>Reads one.</summary>
    /// <exception cref="IOException">It is not there, has not 32 bytes, or others may read or write it: says which.</exception>
    public static SecretBytes Read(string path)
    {
        // No buffer in between that nobody wipes.
        using var stream = new FileStream(path, new FileStreamOptions { BufferSize = 0 });
        const UnixFileMode others = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(stream.SafeFileHandle) & others) is not 0 and var mode)
            throw new IOException($"{path}: others than its owner may use it ({mode}); a key file has mode 0600.");
        if (stream.Length != Size)
            throw new IOException($"{path}: a key file has {Size} bytes, not {stream.Length}.");
        var key = new SecretBytes(Size);
        stream.ReadExactly(key.Expose());
        return key;
    }
}
