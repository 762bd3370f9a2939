using System.Diagnostics;

namespace Quorate.Node.Tests.Processes;

/// <summary>
/// A file system of some megabytes over a directory, with what was in it: a tmpfs in a mount namespace of its own, which takes
/// no rights where user namespaces are allowed. It is gone when this process is.
/// </summary>
sealed class SmallDisk : IDisposable
{
    const string Script = """
        cp -a "$1" "$1.before" && mount -t tmpfs -o "size=$2" none "$1" && cp -a "$1.before/." "$1" && echo mounted && exec cat
        """;

    readonly Process holder;
    readonly string directory;

    SmallDisk(Process holder, string directory) => (this.holder, this.directory) = (holder, directory);

    /// <summary>Mounts it; null where this is not permitted, with the reason.</summary>
    internal static SmallDisk? Mount(string directory, int megabytes, out string problem)
    {
        var holder = Process.Start(new ProcessStartInfo("unshare", ["-Urm", "sh", "-c", Script, "sh", directory, $"{megabytes}m"])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        if (holder.StandardOutput.ReadLine() == "mounted")
        {
            problem = "";
            return new(holder, directory);
        }
        problem = holder.StandardError.ReadToEnd();
        holder.Dispose();
        return null;
    }

    /// <summary>What runs a command where the disk is seen.</summary>
    internal IReadOnlyList<string> Wrapper => ["nsenter", "-t", $"{holder.Id}", "-U", "-m", "--preserve-credentials"];

    /// <summary>A file on the disk, as it is seen from here.</summary>
    internal string PathOf(string name) => $"/proc/{holder.Id}/root{Path.Combine(directory, name)}";

    /// <summary>Copies what is on it. SQLite would follow the link that <see cref="PathOf"/> goes by to what the disk hides.</summary>
    internal string Copy()
    {
        var copy = Directory.CreateDirectory(directory + ".copy").FullName;
        foreach (var file in Directory.EnumerateFiles(PathOf("")))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)), overwrite: true);
        return copy;
    }

    /// <summary>Leaves no byte of room.</summary>
    internal void Fill()
    {
        using var ballast = new FileStream(PathOf("ballast"), FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        try
        {
            for (var size = 1 << 20; size > 0;)
            {
                try
                {
                    ballast.Write(new byte[size]);
                }
                catch (IOException) when (size > 1)
                {
                    size /= 2;
                }
            }
        }
        catch (IOException)
        {
        }
    }

    /// <summary>Makes room again.</summary>
    internal void Clear() => File.Delete(PathOf("ballast"));

    public void Dispose()
    {
        holder.StandardInput.Close();
        holder.WaitForExit();
        holder.Dispose();
    }
}
