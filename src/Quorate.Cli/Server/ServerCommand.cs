using System.CommandLine;
using Quorate.Cli.Node;
using Quorate.Cli.Telemetry;
using Quorate.Server.Hosting;

namespace Quorate.Cli.Server;

/// <summary><c>quorate server</c>.</summary>
static class ServerCommand
{
    internal static Command Create() => new("server", "The wallet server: vaults, transfers, history. It holds no share and cannot sign.") { Run(), ServerKeyCommand.Create() };

    static Command Run()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "The server's data directory.", Required = true };
        var configuration = new Option<FileInfo?>("--config") { Description = "The configuration; server.json in the data directory when absent." };
        var command = new Command("run",
            """
            Run a wallet server: open and verify its database, let nodes dial its relay, answer the API and carry transfers out.
            It runs until it gets SIGINT or SIGTERM. The first line it prints says that it is ready, and where.

            server.json:
              {
                "genesis": "genesis.json",
                "relay": { "name": "wallet.example.org", "address": "0.0.0.0:7000", "certificate": "wallet.pem" },
                "api": { "address": "127.0.0.1:7080", "json": "127.0.0.1:7081" },
                "chains": { "eip155:1": { "url": "https://ethereum.example.org" } },
                "telemetry": { "metrics": "127.0.0.1:9464", "log": "json" }
              }
            With "postgres" (a connection string, or QUORATE_POSTGRES in the environment) its database is there, and several
            servers may share it; otherwise it is in the data directory, in SQLite. "webhooks": { "allow": ["10.20.0.0/16"] } lets
            endpoints of webhooks be in networks of one's own. Their keys follow from QUORATE_WEBHOOK_SECRET (base 64 of 32
            bytes), which servers that share a database need, or from a file in the data directory.
            With "redis": { "connection": … }, or QUORATE_REDIS in the environment, they count "limits" together (docs/limits.md).

            Whoever calls the API signs its requests: `quorate server key add` writes the first key.

            Example:
              quorate server run --data server
            """)
        {
            data, configuration, StopSignals.UntilEndOfInput,
        };
        command.SetAction((parsed, cancellation) => DataDirectory.RunAsync(async () =>
        {
            var directory = parsed.GetValue(data)!;
            directory.Create();
            var file = parsed.GetValue(configuration)?.FullName ?? Path.Combine(directory.FullName, "server.json");
            await RunAsync(ServerConfiguration.Read(file), file, directory.FullName, parsed.GetValue(StopSignals.UntilEndOfInput), cancellation);
        }));
        return command;
    }

    static Task RunAsync(ServerConfiguration configuration, string file, string directory, bool untilEndOfInput, CancellationToken cancellation) => StopSignals.RunAsync(async stop =>
    {
        var settings = configuration.Telemetry?.ToSettings() ?? TelemetrySettings.Default;
        await using var telemetry = await ProcessTelemetry.StartAsync(settings, "quorate-server", configuration.Name ?? Environment.MachineName, stop.Token);
        var server = await WalletServer.StartAsync(configuration.ToOptions(file, directory, telemetry.Logger), stop.Token);
        await using (server.ConfigureAwait(false))
        {
            telemetry.Ready(server.CheckAsync);
            Console.WriteLine($"ready  {string.Join("  ", server.ApiAddresses)}  relay {server.RelayAddress}{telemetry.Announcement}");
            await stop.WaitAsync();
            Console.Error.WriteLine("stopping.");
        }
    }, untilEndOfInput, cancellation);
}
