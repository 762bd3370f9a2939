using System.Text.Json;

namespace Quorate.Testing;

/// <summary>
/// The large published suites (Wycheproof and the like), which are not part of the repository: they are read from
/// <c>shared/vectors</c> beside it, or beside any folder above it.
/// </summary>
public static class SharedVectors
{
    /// <summary>
    /// The file at <paramref name="relative"/> below shared/vectors. False when it is not there; a test then says so with
    /// <paramref name="reason"/> and passes.
    /// </summary>
    public static bool TryFind(string relative, out string path, out string reason)
    {
        for (var folder = new DirectoryInfo(Repository.Root).Parent; folder is not null; folder = folder.Parent)
        {
            path = Path.Combine(folder.FullName, "shared", "vectors", relative);
            if (File.Exists(path))
            {
                reason = "";
                return true;
            }
        }
        path = "";
        reason = $"NOT TESTED: no shared/vectors/{relative} beside the repository.";
        return false;
    }

    /// <summary>As <see cref="TryFind"/>, parsed.</summary>
    public static bool TryReadJson(string relative, out JsonElement json, out string reason)
    {
        json = default;
        if (!TryFind(relative, out var path, out reason))
            return false;
        using var document = JsonDocument.Parse(File.ReadAllBytes(path));
        json = document.RootElement.Clone();
        return true;
    }
}
