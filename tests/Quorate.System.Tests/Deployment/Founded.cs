using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Quorate.Rpc.Security;

namespace Quorate.System.Tests.Deployment;

/// <summary>An organisation of three nodes in a folder, as its operators make it: vaults, devices, genesis document, certificate.</summary>
sealed class Founded : IDisposable
{
    internal Founded()
    {
        string[] identities = [.. Enumerable.Range(1, 3).Select(n => Do("node", "init", "--data", $"node-{n}", "--key-file", $"node-{n}.key", "--no-passphrase").Split('\n')[0].Split(' ')[^1])];
        var devices = Members.ToDictionary(m => m, m => JsonNode.Parse(Do("device", "new", "--member", m, "--name", "laptop", "--out", $"{m}.device.json", "--no-passphrase")));
        Write("genesis.json", new()
        {
            ["quorateGenesis"] = 1, ["organisation"] = "acme", ["mode"] = "production",
            ["nodes"] = new JsonArray([.. identities.Select((key, i) => new JsonObject { ["name"] = $"node-{i + 1}", ["key"] = key })]),
            ["administrators"] = new JsonObject { ["threshold"] = 2, ["members"] = new JsonArray([.. Members.Select(m => JsonValue.Create(m))]) },
            ["membership"] = new JsonObject
            {
                ["quorateMembership"] = 1, ["relyingParty"] = new JsonObject { ["id"] = "wallet.example.org", ["origins"] = new JsonArray("https://wallet.example.org") },
                ["members"] = new JsonArray([.. devices.Select(d => new JsonObject { ["id"] = d.Key, ["devices"] = new JsonArray(d.Value) })]),
            },
            ["policy"] = new JsonObject { ["quoratePolicy"] = 1, ["name"] = "nothing yet", ["rules"] = new JsonArray(new JsonObject { ["id"] = "memos", ["effect"] = "allow", ["what"] = new JsonArray(new JsonObject { ["kind"] = "memo", ["maxBytes"] = 100 }) }) },
        });
        for (var n = 1; n <= 3; n++)
            Do("node", "genesis", "install", "genesis.json", "--data", $"node-{n}", "--key-file", $"node-{n}.key");
    }

    internal static string[] Members { get; } = ["alice", "bob", "carol"];

    internal Shell.Shell Shell { get; } = new();

    /// <summary>A certificate that lasts a day, with its private key in a PEM file.</summary>
    /// <returns>Its pin.</returns>
    internal string Certify(string file)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = DateTimeOffset.UtcNow;
        using var certificate = new CertificateRequest("CN=wallet.example.org", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
        File.WriteAllText(Shell.PathOf(file), $"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
        return SpkiPin.Of(certificate).ToString();
    }

    internal void Write(string file, JsonObject content) => File.WriteAllText(Shell.PathOf(file), content.ToJsonString());

    /// <summary>Runs a command that has to succeed, and gives what it printed.</summary>
    internal string Do(params string[] arguments)
    {
        var result = Shell.Run(null, arguments);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}: {result.Error}");
        return result.Output.Trim();
    }

    public void Dispose() => Shell.Dispose();
}
