using System.Text.Json;

namespace Quorate.Threshold.Tests;

/// <summary>Published test vectors in JSON, embedded from the folder Vectors.</summary>
static class VectorFile
{
    /// <summary>A file of this project, unedited from its publisher.</summary>
    internal static JsonElement Read(string path)
    {
        using var stream = typeof(VectorFile).Assembly.GetManifestResourceStream(path)
            ?? throw new FileNotFoundException($"No vectors {path} in this assembly.");
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    internal static byte[] Hex(this JsonElement element, string property) => element.GetProperty(property).Hex();

    internal static byte[] Hex(this JsonElement element) => Convert.FromHexString(element.GetString()!);

    internal static byte[][] HexList(this JsonElement element, string property) =>
        [.. element.GetProperty(property).EnumerateArray().Select(e => e.Hex())];

    internal static int[] Integers(this JsonElement element, string property) =>
        [.. element.GetProperty(property).EnumerateArray().Select(e => e.GetInt32())];

    internal static bool IsNull(this JsonElement element, string property) =>
        !element.TryGetProperty(property, out var value) || value.ValueKind == JsonValueKind.Null;
}
