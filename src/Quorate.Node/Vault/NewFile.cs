using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;

namespace Quorate.Node.Vault;

/// <summary>
/// A file that appears whole and durable, or not at all: written under another name beside its own, of mode 0600, then
/// flushed, moved and its directory flushed. Never overwrites.
/// </summary>
sealed class NewFile : IDisposable
{
    readonly string path;

    NewFile(string path, string temporary, FileStream stream) => (this.path, Temporary, Stream) = (path, temporary, stream);

    /// <summary>Where it is written.</summary>
    internal string Temporary { get; }

    internal FileStream Stream { get; }

    /// <exception cref="IOException">There is a file of this name, or the file system refuses.</exception>
    internal static NewFile Begin(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        path = Path.GetFullPath(path);
        if (Path.Exists(path))
            throw new IOException($"{path} exists; nothing is overwritten.");
        // What a crash leaves under a name like this was never in use and may be removed.
        var temporary = $"{path}.{Path.GetRandomFileName()}.new";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.ReadWrite | FileShare.Delete };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new(path, temporary, new(temporary, options));
    }

    /// <summary>Puts it in its place.</summary>
    /// <exception cref="IOException">There is a file of this name by now, or the file system refuses.</exception>
    internal void Finish()
    {
        Stream.Flush(flushToDisk: true);
        Stream.Dispose();
        File.Move(Temporary, path, overwrite: false);
        FlushDirectory(Path.GetDirectoryName(path)!);
    }

    public void Dispose()
    {
        Stream.Dispose();
        File.Delete(Temporary);
    }

    /// <summary>A name in a directory outlives a crash once the directory is flushed; .NET opens no directories.</summary>
    static void FlushDirectory(string directory)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open([.. Encoding.UTF8.GetBytes(directory), 0], 0);
        if (descriptor < 0)
            throw new IOException($"{directory}: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}");
        var failed = FSync(descriptor) != 0;
        _ = Close(descriptor);
        if (failed)
            throw new IOException($"{directory} cannot be flushed.");
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync")]
    static extern int FSync(int descriptor);

    [DllImport("libc", EntryPoint = "close")]
    static extern int Close(int descriptor);
}
