using System.Text.Json;
using System.Text.Json.Serialization;
using Quorate.Cli.Api;

namespace Quorate.Cli.Local;

/// <summary>
/// up.json: what <c>quorate up</c> runs and where; beside it profile.json, by which other commands find its API.
/// </summary>
sealed record LocalProfile
{
    const string CurrentFormat = "quorate-up/1";

    /// <summary>A process of it.</summary>
    internal sealed record RunningProcess(string Name, int Id, DateTime Started);

    /// <summary>A node.</summary>
    /// <param name="Name">As in the genesis document.</param>
    /// <param name="Url">Where it answers its operator.</param>
    /// <param name="Metrics">Where metrics and health are.</param>
    internal sealed record LocalNode(string Name, string Url, string Metrics);

    public string Format { get; init; } = CurrentFormat;

    /// <summary>The API's address for JSON.</summary>
    public required string Api { get; init; }

    /// <summary>Where nodes dial.</summary>
    public required string Relay { get; init; }

    /// <summary>Where the server's metrics and health are.</summary>
    public required string Metrics { get; init; }

    /// <summary>In whose name the key acts.</summary>
    public required string Member { get; init; }

    /// <summary>The API's address for gRPC, and the key that asks: profile.json, which all commands of the API find.</summary>
    [JsonIgnore]
    internal Profile Caller { get; init; } = null!;

    public required LocalNode[] Nodes { get; init; }

    public required LocalChain[] Chains { get; init; }

    /// <summary>Why the devnet's chains do not run; null where they do, or where there are none.</summary>
    public string? WithoutChains { get; init; }

    /// <summary>What runs, the one that runs the others first; null where nothing does.</summary>
    public RunningProcess[]? Running { get; init; }

    /// <summary>The profile of a folder; null where none was founded there.</summary>
    /// <exception cref="CliException">There is something else.</exception>
    internal static LocalProfile? Read(LocalPaths paths) => !File.Exists(paths.Profile) ? null
        : FormattedFile.Read(paths.Profile, FileJson.Default.LocalProfile, file => file.Format == CurrentFormat, $"a profile of format {CurrentFormat}")
            with { Caller = Profile.Read(paths.ApiProfile) };

    /// <summary>Writes both, each in one step.</summary>
    internal void Write(LocalPaths paths)
    {
        Replace(paths.ApiProfile, (Caller with { KeyFile = Path.GetRelativePath(paths.Root, Caller.KeyFile) }).ToJson());
        Replace(paths.Profile, JsonSerializer.Serialize(this, FileJson.Default.LocalProfile));
    }

    static void Replace(string path, string text)
    {
        File.WriteAllText(path + ".new", text + "\n");
        File.Move(path + ".new", path, overwrite: true);
    }
}
