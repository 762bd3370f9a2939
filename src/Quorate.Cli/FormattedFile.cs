using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Quorate.Cli;

/// <summary>JSON files that say what they are.</summary>
static class FormattedFile
{
    /// <summary>Reads one.</summary>
    /// <param name="path">Where it is.</param>
    /// <param name="type">How it is read.</param>
    /// <param name="isCurrent">Whether it is of the format that this build knows.</param>
    /// <param name="what">What it should be, in words.</param>
    internal static T Read<T>(string path, JsonTypeInfo<T> type, Func<T, bool> isCurrent, string what) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), type) is { } file && isCurrent(file) ? file : throw new CliException($"{path}: not {what}.");
        }
        catch (JsonException problem)
        {
            throw new CliException($"{path}: not {what}: {problem.Message}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path}: {problem.Message}");
        }
    }
}
