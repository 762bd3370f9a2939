using System.CommandLine;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Quorate.Cli.Telemetry;
using Quorate.Cryptography.Secrets;
using Quorate.Rpc.Health;
using Quorate.Rpc.Server;
using Quorate.Server.Relay;

namespace Quorate.Cli;

/// <summary><c>quorate relay</c>.</summary>
static class RelayCommand
{
    internal static Command Create() => new("relay", "What carries packets between nodes that open no port.") { Run() };

    static Command Run()
    {
        var genesis = new Option<FileInfo>("--genesis") { Description = "The genesis document: its nodes are let in.", Required = true };
        var name = new Option<string>("--name") { Description = "What the relay calls itself, as the nodes have it in their configuration.", Required = true };
        var listen = new Option<string>("--listen") { Description = "Address and port.", DefaultValueFactory = _ => "127.0.0.1:7000" };
        var certificate = new Option<FileInfo?>("--certificate") { Description = "PEM file with a certificate and its private key; without one, on the loopback interface only." };
        var otlp = new Option<string?>("--otlp") { Description = "Where traces and metrics go: OTLP over HTTP." };
        var metrics = new Option<string?>("--metrics") { Description = "Address and port for Prometheus and health; nowhere without it." };
        var log = new Option<string?>("--log") { Description = "How log lines are written: text or json." };
        var command = new Command("run",
            """
            Run a relay and nothing else. It sees which nodes talk, when and how much, and can delay them; it keeps nothing on
            disk. It runs until it gets SIGINT or SIGTERM.

            Example:
              quorate relay run --genesis genesis.json --name relay.example.org --listen 127.0.0.1:7000
            """)
        {
            genesis, name, listen, certificate, otlp, metrics, log,
        };
        command.SetAction((parsed, cancellation) => StopSignals.RunAsync(async stop =>
        {
            var deployment = PolicyFile.ReadGenesis(parsed.GetValue(genesis)!.FullName);
            if (!IPEndPoint.TryParse(parsed.GetValue(listen)!, out var end))
                throw new CliException($"{parsed.GetValue(listen)} is no address and port.");
            var shown = parsed.GetValue(certificate);
            if (shown is null && !IPAddress.IsLoopback(end.Address))
                throw new CliException($"{end}: without --certificate the relay listens on the loopback interface only.");
            var relay = new RelayService(
                new() { Name = parsed.GetValue(name)!, Nodes = deployment.Nodes.Select(n => n.Id).ToHashSet() }, TimeProvider.System, SystemRandom.Shared);
            try
            {
                var settings = new TelemetryConfiguration(parsed.GetValue(otlp), parsed.GetValue(metrics), parsed.GetValue(log)).ToSettings();
                await using var telemetry = await ProcessTelemetry.StartAsync(settings, "quorate-relay", parsed.GetValue(name)!, stop.Token);
                using var measured = relay.Measure(deployment.Nodes.ToDictionary(n => n.Id, n => n.Name));
                await ServeAsync(relay, telemetry, new()
                {
                    EndPoint = end, DrainSeconds = 1, Tls = shown is null ? null : new() { Certificate = X509Certificate2.CreateFromPemFile(shown.FullName) },
                }, stop);
            }
            catch (Exception problem) when (problem is IOException or System.Security.Cryptography.CryptographicException)
            {
                throw new CliException(problem.Message);
            }
        }, untilEndOfInput: false, cancellation));
        return command;
    }

    static async Task ServeAsync(RelayService relay, ProcessTelemetry telemetry, RpcServerOptions options, StopSignals stop)
    {
        var server = await RpcServer.StartAsync(relay.AddTo(new(logger: telemetry.Logger)), options, cancellationToken: stop.Token);
        await using (server.ConfigureAwait(false))
        {
            telemetry.Ready(_ => Task.FromResult<IReadOnlyList<ReadinessCheck>>([new("relay", true, "listens")]));
            Console.WriteLine($"ready  {server.Addresses[0]}{telemetry.Announcement}");
            await stop.WaitAsync();
        }
    }
}
