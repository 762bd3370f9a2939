namespace Quorate.Cli.Local;

/// <summary>
/// What lies where below the folder of <c>quorate up</c>: a folder for each machine that a real deployment has, so that its
/// operator knows it again. What one machine holds is in no other's folder.
/// </summary>
/// <param name="Root">The folder, as a full path.</param>
sealed record LocalPaths(string Root)
{
    /// <summary>The administrators, who are the members as well.</summary>
    internal static IReadOnlyList<string> Members { get; } = ["alice", "bob", "carol"];

    /// <summary>How many nodes there are, and how many of them sign.</summary>
    internal const int Nodes = 3, Threshold = 2;

    /// <summary>How to find the API; a folder with it has been founded.</summary>
    internal string Profile => At("up.json");

    /// <summary>The profile of commands that ask the API.</summary>
    internal string ApiProfile => At(Quorate.Cli.Api.Profile.FileName);

    /// <summary>Held by whoever runs it.</summary>
    internal string Lock => At("up.lock");

    /// <summary>There while the founding has not come to its end.</summary>
    internal string Unfinished => At("founding");

    /// <summary>What every machine has a copy of.</summary>
    internal string Genesis => At("genesis.json");

    /// <summary>The first policy, to be read and tested; what counts is the copy in the genesis document.</summary>
    internal string Policy => At("policy.json");

    /// <summary>What is where, in words.</summary>
    internal string Guide => At("README");

    /// <summary>The server's machine.</summary>
    internal string Server => At("server");

    /// <summary>What members hold: on their own machines, in earnest.</summary>
    internal string People => At("people");

    /// <summary>What opens vaults and backups: on sticks in safes, in earnest.</summary>
    internal string Keys => At("keys");

    /// <summary>Where nodes back themselves up to.</summary>
    internal string Backups => At("backups");

    /// <summary>What the devnet's chains keep.</summary>
    internal string Chains => At("chains");

    /// <summary>What every process says.</summary>
    internal string Logs => At("logs");

    /// <summary>A node's machine, from 1.</summary>
    internal string Node(int number) => At($"node-{number}");

    /// <summary>What opens a node's vault.</summary>
    internal string VaultKey(int number) => Path.Combine(Keys, $"node-{number}.key");

    /// <summary>What opens a node's backups.</summary>
    internal string BackupKey(int number) => Path.Combine(Keys, $"node-{number}-backup.key");

    /// <summary>Where a node backs itself up to.</summary>
    internal string Backup(int number) => Path.Combine(Backups, $"node-{number}");

    /// <summary>A member's device.</summary>
    internal string Device(string member) => Path.Combine(People, $"{member}.device.json");

    /// <summary>What a process says.</summary>
    internal string Log(string process) => Path.Combine(Logs, $"{process}.log");

    /// <summary>All that a founding makes.</summary>
    internal IEnumerable<string> Founded =>
        [ApiProfile, Genesis, Policy, Guide, Server, People, Keys, Backups, Chains, .. Enumerable.Range(1, Nodes).Select(Node)];

    string At(string name) => Path.Combine(Root, name);
}
