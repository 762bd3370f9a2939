using System.CommandLine;
using System.Globalization;
using Quorate.Cli.Telemetry;
using Quorate.Node;
using Quorate.Policies;

namespace Quorate.Cli.Node;

/// <summary><c>quorate node run</c> and <c>quorate node genesis</c>: what an operator does with a node's process.</summary>
static class RunCommand
{
    static readonly Option<FileInfo?> configuration = new("--config") { Description = "The configuration; node.json in the data directory when absent." };

    internal static Command Create()
    {
        var command = new Command("run",
            """
            Run a node: open and verify its journal and vault, connect to the others, judge what it is asked and sign what it
            permits. It runs until it gets SIGINT or SIGTERM. The first line it prints says that it is ready.

            node.json, by way of a relay, with a port for the operator:
              {
                "chains": { "eip155:1": { "tokens": { "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48": "erc20" } } },
                "relay": { "url": "https://wallet.example.org:7000", "name": "wallet.example.org", "pins": ["sha256/..."] },
                "listen": { "address": "127.0.0.1:7101" },
                "backup": { "directory": "/mnt/backups", "keyFile": "/media/stick/backup.key" },
                "telemetry": { "metrics": "127.0.0.1:9465", "log": "json" }
              }
            Without a relay, "peers": { "node-2": { "url": "https://...", "pins": ["sha256/..."] }, ... }, and "listen" with
            "certificate" (PEM with its private key) and "clients" (pins of who may connect).

            Example:
              quorate node run --data node-1 --key-file /media/stick/node-1.key
            """)
        {
            DataDirectory.Option, configuration, KekOptions.Vault.PassphraseOption, KekOptions.Vault.KeyFileOption, StopSignals.UntilEndOfInput,
        };
        command.SetAction((parsed, cancellation) => DataDirectory.RunAsync(() => StopSignals.RunAsync(stop => RunAsync(parsed, stop), parsed.GetValue(StopSignals.UntilEndOfInput), cancellation)));
        return command;
    }

    internal static Command CreateGenesis()
    {
        var file = new Argument<FileInfo>("FILE") { Description = "The genesis document." };
        var install = new Command("install",
            """
            Pin the deployment that a node belongs to: organisation, nodes, administrators, members, first policy. Once, and for
            ever. Compare the hash that it prints with the other operators before you run the node. The node must not be running.

            Example:
              quorate node genesis install genesis.json --data node-1
            """)
        {
            file, DataDirectory.Option, KekOptions.Vault.PassphraseOption, KekOptions.Vault.KeyFileOption,
        };
        install.SetAction((parsed, cancellation) => DataDirectory.RunAsync(async () =>
        {
            var genesis = PolicyFile.ReadGenesis(parsed.GetValue(file)!.FullName);
            var options = new NodeOptions { DataDirectory = parsed.GetValue(DataDirectory.Option)!.FullName, OpenKek = KekOptions.Vault.Opening(parsed) };
            if (await NodeHost.InstallAsync(options, genesis, cancellation) is { } problem)
                throw new CliException(problem);
            Print(genesis);
        }));
        var check = new Command("check",
            """
            Read a genesis document as a node would, and print what it says and its hash.

            Example:
              quorate node genesis check genesis.json
            """)
        {
            file,
        };
        check.SetAction(parsed => Print(PolicyFile.ReadGenesis(parsed.GetValue(file)!.FullName)));
        return new("genesis", "The document that makes nodes one deployment.") { install, check };
    }

    static void Print(GenesisDocument genesis)
    {
        Console.WriteLine($"deployment      {genesis.Hash}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"organisation    {genesis.Organisation}, {genesis.Mode.ToString().ToLowerInvariant()}"));
        Console.WriteLine($"administrators  {genesis.Administrators.Threshold} of {string.Join(", ", genesis.Administrators.Members)}");
        Console.WriteLine($"policy          {genesis.Policy.Hash}");
        foreach (var node in genesis.Nodes)
            Console.WriteLine($"node {node.Number,-10} {node.Name}: {node.Id.Fingerprint}");
    }

    static async Task RunAsync(ParseResult parsed, StopSignals stop)
    {
        var directory = parsed.GetValue(DataDirectory.Option)!.FullName;
        var read = NodeConfiguration.Read(parsed.GetValue(configuration)?.FullName ?? Path.Combine(directory, "node.json"));
        var options = read.ToOptions(directory, KekOptions.Vault.Opening(parsed));
        await using var telemetry = await ProcessTelemetry.StartAsync(
            read.Telemetry?.ToSettings() ?? TelemetrySettings.Default, "quorate-node", Path.GetFileName(Path.TrimEndingDirectorySeparator(directory)), stop.Token);
        var host = await NodeHost.StartAsync(options with { Logger = telemetry.Logger }, stop.Token);
        await using (host.ConfigureAwait(false))
        {
            telemetry.Ready(host.CheckAsync);
            Console.WriteLine($"ready  {host.Me}{(host.Address is { } address ? $"  {address}" : "")}{telemetry.Announcement}");
            if (host.Deployment is null)
                Console.Error.WriteLine("no genesis document is installed: the node refuses everything. `quorate node genesis install`, then run it again.");
            await stop.WaitAsync();
            Console.Error.WriteLine("stopping.");
        }
    }
}
