using System.Text.Json;

namespace Quorate.Chains.Tests.Bitcoin;

static class Resources
{
    public static JsonElement Json(string name)
    {
        using var stream = typeof(Resources).Assembly.GetManifestResourceStream(name) ?? throw new FileNotFoundException(name);
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    public static byte[] Hex(this JsonElement element, string name) =>
        element.GetProperty(name) is { ValueKind: JsonValueKind.String } text ? Convert.FromHexString(text.GetString()!) : [];
}
