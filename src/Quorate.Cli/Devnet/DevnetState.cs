using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Quorate.Cli.Devnet;

/// <summary>What a running devnet has written down about itself.</summary>
/// <param name="Supervisor">The process that stops everything when it is told to end.</param>
/// <param name="SupervisorStarted">When that process started, in UTC: its number may come to belong to another.</param>
/// <param name="Nodes">The nodes that answer.</param>
sealed record DevnetState(int Supervisor, DateTime SupervisorStarted, IReadOnlyList<DevnetState.Node> Nodes)
{
    const string FileName = "devnet.json";

    internal sealed record Node(string Chain, int Port);

    /// <summary>Where a devnet keeps its state and logs unless told otherwise.</summary>
    internal static string DefaultFolder => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } data
            ? data
            : Path.GetTempPath(),
        "quorate", "devnet");

    /// <summary>The state of the devnet that runs with this folder; false, and what is left of a dead one removed, where none does.</summary>
    internal static bool TryRead(string folder, [NotNullWhen(true)] out DevnetState? state)
    {
        state = null;
        var path = Path.Combine(folder, FileName);
        try
        {
            state = JsonSerializer.Deserialize(File.ReadAllText(path), FileJson.Default.DevnetState);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (JsonException)
        {
            // Only ever written whole; anything else is not ours to trust.
        }
        if (state is not null && state.Open() is { } process)
        {
            process.Dispose();
            return true;
        }
        File.Delete(path);
        state = null;
        return false;
    }

    /// <summary>Writes the state for others to find, in one step.</summary>
    internal void Write(string folder)
    {
        var path = Path.Combine(folder, FileName);
        File.WriteAllText(path + ".new", JsonSerializer.Serialize(this, FileJson.Default.DevnetState));
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Takes the state away at the end.</summary>
    internal static void Delete(string folder) => File.Delete(Path.Combine(folder, FileName));

    /// <summary>The supervisor, or null where it has ended.</summary>
    internal Process? Open() => EarlierProcess.Open(Supervisor, SupervisorStarted);
}
