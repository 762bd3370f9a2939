namespace Quorate.Cli;

/// <summary>Files with nothing secret in them.</summary>
static class NewFile
{
    /// <summary>Writes a file that was not there. Never overwrites.</summary>
    internal static void Write(string path, string text)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write);
            using var writer = new StreamWriter(stream);
            writer.WriteLine(text);
        }
        catch (IOException) when (Path.Exists(path))
        {
            throw new CliException($"{path} exists; nothing is overwritten.");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path}: {problem.Message}");
        }
    }
}
