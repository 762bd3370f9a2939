using System.Text.Json.Nodes;

namespace Quorate.Node.Tests.Processes;

/// <summary>What a fleet of processes has otherwise than usual.</summary>
sealed record FleetSettings
{
    /// <summary>The organisation's policy; the usual one where null.</summary>
    internal JsonObject? Policy { get; init; }

    /// <summary>Whether the nodes dial each other; then there is no relay.</summary>
    internal bool IsDirect { get; init; }

    /// <summary>ECDSA signatures that a lead prepares ahead.</summary>
    internal int Presignatures { get; init; }

    /// <summary>A node that has files and no process: the test is it.</summary>
    internal int? Impostor { get; init; }

    /// <summary>How long nodes wait for each other, in seconds.</summary>
    internal int Patience { get; init; } = 5;

    /// <summary>How each node's process is started, by its number and the directory of its files.</summary>
    internal Func<int, string, Launch> Launch { get; init; } = (_, _) => new();
}

/// <summary>What a node's process is started with and in.</summary>
/// <param name="Wrapper">A command that runs what follows it.</param>
/// <param name="Environment">Variables besides this process's own.</param>
sealed record Launch(IReadOnlyList<string>? Wrapper = null, IReadOnlyDictionary<string, string>? Environment = null);
