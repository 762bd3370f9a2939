using System.Text.Json;

namespace Quorate.Threshold.Tests.Vectors;

/// <summary>
/// Published test vectors in JSON. Those under <c>Vectors/</c> travel with the tests; others are read from a folder
/// <c>shared/vectors</c> beside the repository where there is one.
/// </summary>
static class VectorFile
{
    /// <summary>A file of this project, unedited from its publisher.</summary>
    internal static JsonElement Read(string path) => Parse(Path.Combine(AppContext.BaseDirectory, "Vectors", path));

    /// <summary>A file of the shared folder, or null where that is not there.</summary>
    internal static JsonElement? ReadShared(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var candidate = Path.Combine(folder.FullName, "shared", "vectors", path);
            if (File.Exists(candidate))
                return Parse(candidate);
        }
        return null;
    }

    internal static byte[] Hex(this JsonElement element, string property) => element.GetProperty(property).Hex();

    internal static byte[] Hex(this JsonElement element) => Convert.FromHexString(element.GetString()!);

    internal static byte[][] HexList(this JsonElement element, string property) =>
        [.. element.GetProperty(property).EnumerateArray().Select(e => e.Hex())];

    internal static int[] Integers(this JsonElement element, string property) =>
        [.. element.GetProperty(property).EnumerateArray().Select(e => e.GetInt32())];

    internal static bool IsNull(this JsonElement element, string property) =>
        !element.TryGetProperty(property, out var value) || value.ValueKind == JsonValueKind.Null;

    static JsonElement Parse(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(file));
        return document.RootElement.Clone();
    }
}
