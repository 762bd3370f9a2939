using Quorate.Testing;

namespace Quorate.System.Tests.Architecture;

/// <summary>The repository's own files: not what a build, a package manager or a test run has put there.</summary>
static class SourceTree
{
    static readonly HashSet<string> notOurs =
        [".git", "bin", "obj", "node_modules", "artifacts", "TestResults", "StrykerOutput", "BenchmarkDotNet.Artifacts", ".vs", ".idea"];

    /// <summary>Paths relative to the root, with forward slashes, of all files below the given folders.</summary>
    internal static IEnumerable<string> Files(params string[] folders) => folders.SelectMany(Below).Order(StringComparer.Ordinal);

    /// <summary>The files below the given folders that end in <paramref name="extension"/>, with their lines.</summary>
    internal static IEnumerable<(string Path, string[] Lines)> Text(string extension, params string[] folders) =>
        Files(folders).Where(f => f.EndsWith(extension, StringComparison.Ordinal)).Select(f => (f, File.ReadAllLines(Repository.PathOf(f))));

    static IEnumerable<string> Below(string folder)
    {
        var absolute = Repository.PathOf(folder);
        foreach (var file in Directory.EnumerateFiles(absolute))
            yield return Path.GetRelativePath(Repository.Root, file).Replace('\\', '/');
        foreach (var child in Directory.EnumerateDirectories(absolute).Where(d => !notOurs.Contains(Path.GetFileName(d))))
            foreach (var file in Below(child))
                yield return file;
    }
}
