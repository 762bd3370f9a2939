namespace Quorate.Cli.Local;

/// <summary>Held while <c>quorate up</c> runs in a folder. The system lets go of it with the process, however that ends.</summary>
sealed class LocalLock : IDisposable
{
    readonly FileStream file;

    LocalLock(FileStream file) => this.file = file;

    /// <summary>Takes it; null where somebody else has it.</summary>
    internal static LocalLock? TryTake(LocalPaths paths)
    {
        try
        {
            return new(new FileStream(paths.Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(paths.Lock))
        {
            return null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{paths.Lock}: {problem.Message}");
        }
    }

    /// <summary>Whether somebody has it.</summary>
    internal static bool IsTaken(LocalPaths paths)
    {
        if (!File.Exists(paths.Lock))
            return false;
        using var mine = TryTake(paths);
        return mine is null;
    }

    public void Dispose() => file.Dispose();
}
