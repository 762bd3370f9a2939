using System.CommandLine;
using System.Text.Json;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;

namespace Quorate.Cli;

/// <summary><c>quorate keygen</c>.</summary>
static class KeygenCommand
{
    internal static Command Create()
    {
        var scheme = new Option<string>("--scheme", "--protocol") { Description = "The protocol, and with it what the key signs.", DefaultValueFactory = _ => Schemes.Names[0] };
        scheme.AcceptOnlyFromAmong(Schemes.Names);
        var threshold = new Option<int>("--threshold", "-t") { Description = "How many parties sign.", DefaultValueFactory = _ => 2 };
        var parties = new Option<int>("--parties", "-n") { Description = "How many parties hold a share.", DefaultValueFactory = _ => 3 };
        var directory = new Option<DirectoryInfo>("--out") { Description = "Directory for key.json and share-1.json, share-2.json, …", Required = true };
        var json = new Option<bool>("--json") { Description = "Print the result as JSON." };
        var command = new Command("keygen",
            """
            Generate a key by distributed key generation and write one share file for every party.

            Example:
              quorate keygen --scheme frost-ed25519 --threshold 2 --parties 3 --out demo-key
              quorate keygen --protocol dkls23 --threshold 2 --parties 3 --out ecdsa-key
            """)
        {
            scheme, threshold, parties, directory, json, Passphrase.FileOption, Passphrase.NoneOption,
        };
        command.SetAction(parsed => Run(
            parsed, Schemes.ByName(parsed.GetValue(scheme)!), parsed.GetValue(threshold), parsed.GetValue(parties),
            parsed.GetValue(directory)!, parsed.GetValue(json)));
        return command;
    }

    static int Run(ParseResult parsed, LocalScheme scheme, int threshold, int parties, DirectoryInfo directory, bool json)
    {
        if (parties is < 1 or > PartySet.MaxCount)
            throw new CliException($"--parties is 1 to {PartySet.MaxCount}, not {parties}.");
        if (threshold < scheme.MinThreshold || threshold > parties)
            throw new CliException($"--threshold is {scheme.MinThreshold} to --parties ({parties}), not {threshold}.");
        if (directory.Exists && directory.EnumerateFileSystemInfos().Any())
            throw new CliException($"{directory.FullName} is not empty; nothing is overwritten.");

        using var passphrase = Passphrase.Read(parsed, isNew: true);
        if (passphrase is null)
            Console.Error.WriteLine("Warning: the share files will not be sealed. Whoever reads enough of them holds the key.");

        Console.Error.WriteLine($"Generating a {threshold}-of-{parties} key ({Schemes.NameOf(scheme.Scheme)}) …");
        var (key, shares) = scheme.Generate(threshold, parties, passphrase, SystemRandom.Shared);

        var keyPath = Path.Combine(directory.FullName, "key.json");
        var sharePaths = shares.Select(s => Path.Combine(directory.FullName, $"share-{s.Party}.json")).ToArray();
        PrivateFile.Write(keyPath, JsonSerializer.Serialize(key, FileJson.Default.KeyFile));
        for (var i = 0; i < shares.Count; i++)
            PrivateFile.Write(sharePaths[i], JsonSerializer.Serialize(shares[i], FileJson.Default.ShareFile));

        var result = new Result(key.Scheme, threshold, parties, key.PublicKey, keyPath, sharePaths);
        Console.WriteLine(json
            ? JsonSerializer.Serialize(result, FileJson.Default.KeygenResult)
            : $"""
              public key  {result.PublicKey}
              key file    {result.KeyFile}
              shares      {string.Join("\n            ", result.ShareFiles)}
              """);
        return 0;
    }

    internal sealed record Result(string Scheme, int Threshold, int Parties, string PublicKey, string KeyFile, string[] ShareFiles);
}
