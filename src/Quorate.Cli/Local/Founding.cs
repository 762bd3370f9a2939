using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Cli.Api;
using Quorate.Cli.Ceremonies;
using Quorate.Cryptography.Secrets;
using Quorate.Node;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Server.Hosting;

namespace Quorate.Cli.Local;

/// <summary>
/// Makes an organisation from nothing, as its operators and administrators would with <c>node init</c>, <c>device new</c>,
/// <c>node genesis install</c> and <c>server key add</c>: only that here one process plays them all.
/// </summary>
sealed class Founding(LocalPaths paths, IReadOnlyCollection<LocalChain> chains, string? postgres, string? redis)
{
    /// <summary>The API key is good for a year: whoever tries things does not renew keys.</summary>
    static readonly TimeSpan keyLifetime = TimeSpan.FromDays(366);

    static readonly string[] roles = ["admin", "initiator", "approver", "auditor"];

    /// <summary>Does it, in a folder that was cleared for it. Ends with the profile, which makes it a founded one.</summary>
    internal async Task<LocalProfile> RunAsync(LocalPorts ports, CancellationToken cancellation)
    {
        foreach (var member in LocalPaths.Members)
        {
            var device = DeviceFile.Create(member, "shell", passphrase: null, SystemRandom.Shared);
            PrivateFile.Write(paths.Device(member), JsonSerializer.Serialize(device, FileJson.Default.DeviceFile));
        }
        File.WriteAllText(paths.Policy, LocalPolicy.Write(chains) + "\n");
        var genesis = WriteGenesis([.. Enumerable.Range(1, LocalPaths.Nodes).Select(MakeNode)]);
        for (var number = 1; number <= LocalPaths.Nodes; number++)
            if (await NodeHost.InstallAsync(new() { DataDirectory = paths.Node(number), OpenKek = Opening(paths.VaultKey(number)) }, genesis, cancellation) is { } problem)
                throw new CliException(problem);
        PrivateFile.MakeDirectory(paths.Server);
        LocalSettings.Write(paths, ports, chains, postgres, redis);
        File.WriteAllText(paths.Guide, LocalGuide.Text);

        var first = LocalPaths.Members[0];
        var profile = NewProfile(ports, new() { Format = Profile.CurrentFormat, Api = "", KeyId = await AddKeyAsync(first, genesis, cancellation), KeyFile = paths.Device(first) }) with { Member = first };
        profile.Write(paths);
        File.Delete(paths.Unfinished);
        return profile;
    }

    LocalProfile NewProfile(LocalPorts ports, Profile caller) => Addressed(ports, new()
    {
        Api = "", Relay = "", Metrics = "", Member = "", Caller = caller, Chains = [.. chains],
        Nodes = [.. Enumerable.Range(1, LocalPaths.Nodes).Select(number => new LocalProfile.LocalNode($"node-{number}", "", ""))],
    });

    /// <summary>A profile with where everything listens this time.</summary>
    internal static LocalProfile Addressed(LocalPorts ports, LocalProfile profile)
    {
        static string Http(int port) => $"http://{LocalSettings.At(port)}";
        return profile with
        {
            Api = Http(ports[LocalPorts.Json]), Caller = profile.Caller with { Api = Http(ports[LocalPorts.Grpc]) }, Relay = Http(ports[LocalPorts.Relay]), Metrics = Http(ports[LocalPorts.Metrics]),
            Nodes = [.. profile.Nodes.Index().Select(n => n.Item with { Url = Http(ports[LocalPorts.Node(n.Index + 1)]), Metrics = Http(ports[LocalPorts.NodeMetrics(n.Index + 1)]) })],
            Chains = [.. profile.Chains.Select(c => c.IsDevnet ? LocalChain.Devnet(c.Name, ports[c.Name]) : c)],
        };
    }

    /// <summary>Makes room: one that was interrupted is begun anew, since nothing has run with what it made but chains.</summary>
    /// <exception cref="CliException">Something else is there.</exception>
    internal void Clear()
    {
        if (File.Exists(paths.Unfinished))
        {
            foreach (var path in paths.Founded)
            {
                if (Directory.Exists(path))
                    Directory.Delete(path, recursive: true);
                else
                    File.Delete(path);
            }
        }
        else if (paths.Founded.FirstOrDefault(Path.Exists) is { } there)
            throw new CliException($"{there} is there, and {paths.Profile} is not: this is no folder that `quorate up` has founded, and nothing is overwritten. Name an empty one with --data.");
        File.WriteAllText(paths.Unfinished, "While this is here nothing else is complete.\n");
        PrivateFile.MakeDirectory(paths.Chains);
    }

    NodeId MakeNode(int number)
    {
        PrivateFile.MakeDirectory(paths.Keys);
        PrivateFile.MakeDirectory(paths.Backups);
        PrivateFile.MakeDirectory(paths.Backup(number));
        PrivateFile.MakeDirectory(paths.Node(number));
        KekFile.Create(paths.VaultKey(number), SystemRandom.Shared);
        KekFile.Create(paths.BackupKey(number), SystemRandom.Shared);
        using var credential = new KeyCredential(null, KekFile.Read(paths.VaultKey(number)));
        using var kek = credential.Create(SystemRandom.Shared);
        return NodeVault.Create(Path.Combine(paths.Node(number), "vault.db"), kek, SystemRandom.Shared);
    }

    static OpenKeyEncryption Opening(string keyFile) => parameters =>
    {
        using var credential = new KeyCredential(null, KekFile.Read(keyFile));
        return credential.Open(parameters, SystemRandom.Shared);
    };

    GenesisDocument WriteGenesis(NodeId[] nodes)
    {
        var document = new JsonObject
        {
            // One machine holds everything: that is for trying, and says so for ever.
            ["quorateGenesis"] = 1, ["organisation"] = "local", ["mode"] = "development",
            ["nodes"] = new JsonArray([.. nodes.Index().Select(n => new JsonObject { ["name"] = $"node-{n.Index + 1}", ["key"] = $"{n.Item}" })]),
            ["administrators"] = new JsonObject { ["threshold"] = 2, ["members"] = new JsonArray([.. LocalPaths.Members.Select(m => (JsonNode)m)]) },
            ["membership"] = new JsonObject
            {
                ["quorateMembership"] = 1,
                ["relyingParty"] = new JsonObject { ["id"] = "localhost", ["origins"] = new JsonArray("http://localhost:7081") },
                ["members"] = new JsonArray([.. LocalPaths.Members.Select(Member)]),
            },
            ["policy"] = JsonNode.Parse(File.ReadAllText(paths.Policy)),
        };
        File.WriteAllText(paths.Genesis, document.ToJsonString(LocalSettings.Indented) + "\n");
        return PolicyFile.ReadGenesis(paths.Genesis);
    }

    JsonObject Member(string name)
    {
        var device = DeviceFile.Read(paths.Device(name));
        return new() { ["id"] = name, ["devices"] = new JsonArray(new JsonObject { ["id"] = device.Device, ["ed25519"] = device.PublicKey }) };
    }

    async Task<string> AddKeyAsync(string member, GenesisDocument genesis, CancellationToken cancellation)
    {
        try
        {
            return await new KeyIssue
            {
                // Unlike all others also where a founding was interrupted after it, in a database that outlives it.
                Name = $"{member} of {genesis.Hash.ToString()[..8]}", Member = member, Roles = roles, Lifetime = keyLifetime,
                PublicKey = Convert.FromHexString(DeviceFile.Read(paths.Device(member)).PublicKey),
            }.WriteAsync(postgres is null ? paths.Server : null, postgres, TimeProvider.System, cancellation);
        }
        catch (ArgumentException refused)
        {
            throw new CliException(refused.Message);
        }
    }
}
