using System.Text.Json;

namespace Quorate.Cryptography.Tests;

/// <summary>The published vectors embedded from the folder Vectors.</summary>
static class OfficialVectors
{
    /// <summary>The lines of a file, without empty ones and comments.</summary>
    internal static string[] Lines(string name)
    {
        using var reader = new StreamReader(Open(name));
        return [.. reader.ReadToEnd().Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Length > 0 && line[0] != '#')];
    }

    internal static JsonElement Json(string name)
    {
        using var stream = Open(name);
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    /// <summary>The bytes of a hexadecimal property; null for a null.</summary>
    internal static byte[]? Hex(this JsonElement element, string property) =>
        element.GetProperty(property).GetString() is { } text ? Convert.FromHexString(text) : null;

    static Stream Open(string name) =>
        typeof(OfficialVectors).Assembly.GetManifestResourceStream(name)
        ?? throw new FileNotFoundException($"No vectors {name} in this assembly.");
}
