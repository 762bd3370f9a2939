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
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var allowed = IsCredential(path) ? owner | UnixFileMode.GroupRead : owner;
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(stream.SafeFileHandle) & ~allowed) is not 0 and var mode)
            throw new IOException($"{path}: others than its owner may use it ({mode}); a key file has mode 0600.");
        if (stream.Length != Size)
            throw new IOException($"{path}: a key file has {Size} bytes, not {stream.Length}.");
        var key = new SecretBytes(Size);
        stream.ReadExactly(key.Expose());
        return key;
    }

    // What a service manager hands to this unit alone (systemd.exec(5)). It is root's, with an access list for the unit's user,
    // and where a file has one the group's bits show the list's mask.
    static bool IsCredential(string path) => Environment.GetEnvironmentVariable("CREDENTIALS_DIRECTORY") is { Length: > 0 } given
        && Path.GetDirectoryName(Path.GetFullPath(path)) == Path.TrimEndingDirectorySeparator(Path.GetFullPath(given));
}
