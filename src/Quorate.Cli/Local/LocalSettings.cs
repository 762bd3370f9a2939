using System.Text.Json;
using System.Text.Json.Nodes;

namespace Quorate.Cli.Local;

/// <summary>
/// server.json and node.json. Written whole by the founding; later starts change addresses and nothing else, so that what a person
/// has written there stays.
/// </summary>
static class LocalSettings
{
    const string RelayName = "quorate.localhost";

    /// <summary>For people to read.</summary>
    internal static JsonSerializerOptions Indented { get; } = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static void Write(LocalPaths paths, LocalPorts ports, IReadOnlyCollection<LocalChain> chains, string? postgres, string? redis)
    {
        var server = new JsonObject
        {
            ["genesis"] = "../genesis.json", ["relay"] = new JsonObject { ["name"] = RelayName }, ["api"] = new JsonObject(), ["telemetry"] = new JsonObject(),
            ["chains"] = new JsonObject(chains.Select(c => Chain(c))),
            // Quick to look at on one machine; the defaults are for many.
            ["intervals"] = new JsonObject { ["nodesSeconds"] = 1, ["cosignSeconds"] = 3, ["balancesSeconds"] = 2, ["trackSeconds"] = 1 },
        };
        if (postgres is not null)
            server["postgres"] = postgres;
        if (redis is not null)
            server["redis"] = new JsonObject { ["connection"] = redis };
        // A connection string has a password in it.
        PrivateFile.Write(ServerFile(paths), server.ToJsonString(Indented));
        for (var number = 1; number <= LocalPaths.Nodes; number++)
        {
            PrivateFile.Write(NodeFile(paths, number), new JsonObject
            {
                ["chains"] = new JsonObject(chains.Select(c => KeyValuePair.Create<string, JsonNode?>(c.Id, c.Genesis is null ? new JsonObject() : new JsonObject { ["genesis"] = c.Genesis }))),
                ["relay"] = new JsonObject { ["name"] = RelayName }, ["listen"] = new JsonObject(), ["telemetry"] = new JsonObject(),
                ["limits"] = new JsonObject { ["offerSeconds"] = 2 },
                ["backup"] = new JsonObject(),
            }.ToJsonString(Indented));
        }
        Address(paths, ports, chains, redis: null);
    }

    /// <summary>Where everything listens, this time, and where chains and files are.</summary>
    internal static void Address(LocalPaths paths, LocalPorts ports, IReadOnlyCollection<LocalChain> chains, string? redis)
    {
        Change(ServerFile(paths), server =>
        {
            server["relay"]!["address"] = At(ports[LocalPorts.Relay]);
            (server["api"]!["address"], server["api"]!["json"]) = (At(ports[LocalPorts.Grpc]), At(ports[LocalPorts.Json]));
            server["telemetry"]!["metrics"] = At(ports[LocalPorts.Metrics]);
            foreach (var chain in chains)
                server["chains"]![chain.Id]!["url"] = chain.Url;
            if (redis is not null)
                server["redis"] = new JsonObject { ["connection"] = redis };
        });
        for (var number = 1; number <= LocalPaths.Nodes; number++)
        {
            var node = number;
            Change(NodeFile(paths, node), settings =>
            {
                settings["relay"]!["url"] = $"http://{At(ports[LocalPorts.Relay])}";
                settings["listen"]!["address"] = At(ports[LocalPorts.Node(node)]);
                settings["telemetry"]!["metrics"] = At(ports[LocalPorts.NodeMetrics(node)]);
                (settings["backup"]!["directory"], settings["backup"]!["keyFile"]) = (paths.Backup(node), paths.BackupKey(node));
            });
        }
    }

    /// <summary>The database that the server was founded with; null for SQLite.</summary>
    internal static string? PostgresOf(LocalPaths paths) => (string?)Read(ServerFile(paths))["postgres"];

    internal static string At(int port) => $"127.0.0.1:{port}";

    static KeyValuePair<string, JsonNode?> Chain(LocalChain chain)
    {
        var settings = new JsonObject { ["url"] = chain.Url };
        if (chain.Genesis is not null)
            settings["genesis"] = chain.Genesis;
        else if (chain.IsDevnet)
            settings["finalityDepth"] = 5;
        return new(chain.Id, settings);
    }

    static string ServerFile(LocalPaths paths) => Path.Combine(paths.Server, "server.json");

    static string NodeFile(LocalPaths paths, int number) => Path.Combine(paths.Node(number), "node.json");

    static JsonObject Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(path)) as JsonObject ?? throw new CliException($"{path}: no JSON object.");
        }
        catch (Exception problem) when (problem is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path}: {problem.Message}");
        }
    }

    static void Change(string path, Action<JsonObject> change)
    {
        var settings = Read(path);
        try
        {
            change(settings);
        }
        catch (Exception problem) when (problem is NullReferenceException or InvalidOperationException)
        {
            throw new CliException($"{path}: a section that `quorate up` has written there is missing: relay, api, listen, telemetry, chains or backup.");
        }
        // In place: mode and owner stay.
        File.WriteAllText(path, settings.ToJsonString(Indented) + "\n");
    }
}
