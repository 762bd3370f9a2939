using Microsoft.Extensions.Logging.Abstractions;
using Quorate.Cli.Server;
using Quorate.Cryptography.Signatures;
using Quorate.Server.Hosting;
using Quorate.Testing;

namespace Quorate.System.Tests.Configuration;

/// <summary>A server.json with a genesis document beside it, in a directory of its own.</summary>
sealed class ConfigurationFile : IDisposable
{
    readonly string directory = Directory.CreateTempSubdirectory("quorate-configuration-").FullName;

    internal ConfigurationFile(string limits = "null", string redis = "null", string relay = "\"address\": \"127.0.0.1:0\"", string chains = "{}")
    {
        using var random = new SeededRandom(1, "configuration");
        using var node = Ed25519Key.Generate(random);
        using var other = Ed25519Key.Generate(random);
        using var person = Ed25519Key.Generate(random);
        static string Hex(Ed25519Key key) => Convert.ToHexStringLower(key.EncodedPublicKey);
        File.WriteAllText(Path.Combine(directory, "genesis.json"), $$"""
            {
              "quorateGenesis": 1, "organisation": "acme", "mode": "development",
              "nodes": [{ "name": "node-1", "key": "{{Hex(node)}}" }, { "name": "node-2", "key": "{{Hex(other)}}" }],
              "administrators": { "threshold": 1, "members": ["alice"] },
              "membership": { "quorateMembership": 1, "relyingParty": { "id": "wallet.example.org", "origins": ["https://wallet.example.org"] }, "members": [{ "id": "alice", "devices": [{ "id": "laptop", "ed25519": "{{Hex(person)}}" }] }] },
              "policy": { "quoratePolicy": 1, "name": "a", "rules": [{ "id": "pay", "effect": "allow", "what": [{ "kind": "transfer" }] }] }
            }
            """);
        File.WriteAllText(PathOf("server.json"), $$"""
            {
              "genesis": "genesis.json", "relay": { "name": "relay.test", {{relay}} }, "api": { "address": "127.0.0.1:0" },
              "limits": {{limits}}, "redis": {{redis}}, "chains": {{chains}}
            }
            """);
    }

    internal string PathOf(string name) => Path.Combine(directory, name);

    internal ServerOptions Read() => ServerConfiguration.Read(PathOf("server.json")).ToOptions(PathOf("server.json"), directory, NullLogger.Instance);

    public void Dispose() => Directory.Delete(directory, recursive: true);
}
