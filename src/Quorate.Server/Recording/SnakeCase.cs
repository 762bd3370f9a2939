using System.Text.Json;
using System.Text.Json.Serialization;

namespace Quorate.Server.Recording;

/// <summary>Values of an enumeration as the API and the events write them: snake_case, and never a number.</summary>
sealed class SnakeCase<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false) where T : struct, Enum;

/// <summary>The same text outside of JSON.</summary>
static class SnakeCase
{
    /// <summary>The value's text.</summary>
    internal static string Text<T>(T value) where T : struct, Enum => JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString());
}
