using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;

namespace Quorate.Cli.Devnet;

/// <summary><c>quorate devnet</c>.</summary>
static class DevnetCommand
{
    const string Help =
        """
        Real chain nodes for development, on loopback, each with a faucet. Nothing is kept between runs.

        Examples:
          quorate devnet up
          quorate devnet fund ethereum 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 1000000000000000000
          quorate devnet status
          quorate devnet down
        """;

    static readonly TimeSpan stopTimeout = TimeSpan.FromSeconds(30);

    internal static Command Create()
    {
        var folder = new Option<string>("--folder")
        {
            Description = "Where the running devnet keeps its state and logs; devnets with different folders know nothing of each other.",
            DefaultValueFactory = _ => DevnetState.DefaultFolder,
        };
        return new Command("devnet", Help) { Up(folder), Down(folder), Status(folder), Fund(folder) };
    }

    static Command Up(Option<string> folder)
    {
        var names = new Option<string[]>("--chain") { Description = "Only this chain; may be given several times.", Arity = ArgumentArity.OneOrMore };
        var freePorts = new Option<bool>("--free-ports") { Description = "Let every node take any free port instead of its usual one." };
        var foreground = new Option<bool>("--foreground") { Description = "Stay, and stop the nodes on Ctrl-C." };
        var command = new Command("up", "Install and start the nodes, and return when all of them answer.") { names, freePorts, foreground, folder };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = Path.GetFullPath(parsed.GetValue(folder)!);
            if (DevnetState.TryRead(path, out var running))
            {
                Console.Error.WriteLine("the devnet is running already.");
                Print(running);
                return;
            }
            var devnet = DevnetFolder.Find();
            DevnetChain[] chains = parsed.GetValue(names) is { Length: > 0 } chosen ? [.. chosen.Distinct().Select(DevnetChain.ByName)] : [.. DevnetChain.All];
            foreach (var chain in chains)
                devnet.Install(chain, Console.Error.WriteLine);
            if (parsed.GetValue(foreground))
                await DevnetSupervisor.RunAsync(devnet, chains, parsed.GetValue(freePorts), path, Print);
            else
                await DetachAsync(path, chains, parsed.GetValue(freePorts), cancellationToken);
        });
        return command;
    }

    /// <summary>Starts this command again in the background and waits until its nodes answer.</summary>
    static async Task DetachAsync(string folder, IEnumerable<DevnetChain> chains, bool freePorts, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var log = Path.Combine(folder, "supervisor.log");
        string[] command =
        [
            Environment.ProcessPath!,
            // As `dotnet quorate.dll` the executable is dotnet, and the assembly its first argument.
            .. Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(DevnetCommand).Assembly.Location] : Array.Empty<string>(),
            "devnet", "up", "--foreground", "--folder", folder, .. freePorts ? ["--free-ports"] : Array.Empty<string>(),
            .. chains.SelectMany(c => new[] { "--chain", c.Name }),
        ];
        // The shell gives it files for its output: pipes of ours would keep whoever reads our output waiting.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "log=$1; shift; exec \"$@\" </dev/null >\"$log\" 2>&1", "sh", log, .. command]);
        using var supervisor = Process.Start(start)!;
        while (true)
        {
            if (DevnetState.TryRead(folder, out var state) && state.Supervisor == supervisor.Id)
            {
                Print(state);
                return;
            }
            if (supervisor.HasExited)
                throw new CliException($"the devnet does not start. {(await File.ReadAllTextAsync(log, cancellationToken)).Trim()}", CliException.Aborted);
            await Task.Delay(50, cancellationToken);
        }
    }

    static Command Down(Option<string> folder)
    {
        var command = new Command("down", "Stop the nodes, and return when they have ended.") { folder };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            if (!DevnetState.TryRead(Path.GetFullPath(parsed.GetValue(folder)!), out var state) || state.Open() is not { } supervisor)
            {
                Console.Error.WriteLine("the devnet is not running.");
                return;
            }
            using (supervisor)
            {
                DevnetNode.Terminate(supervisor);
                try
                {
                    await supervisor.WaitForExitAsync(cancellationToken).WaitAsync(stopTimeout, cancellationToken);
                }
                catch (TimeoutException)
                {
                    throw new CliException($"process {supervisor.Id} does not end within {stopTimeout.TotalSeconds} s.", CliException.Aborted);
                }
            }
            Console.Error.WriteLine("stopped.");
        });
        return command;
    }

    static Command Status(Option<string> folder)
    {
        var json = new Option<bool>("--json") { Description = "Print what the devnet has written down, as JSON." };
        var command = new Command("status", "Show the nodes. Exit code 1 when the devnet is not running or a node does not answer.") { folder, json };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var state = Running(parsed.GetValue(folder)!);
            if (parsed.GetValue(json))
            {
                Console.WriteLine(JsonSerializer.Serialize(state, FileJson.Default.DevnetState));
                return;
            }
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            foreach (var node in state.Nodes)
            {
                var http = new DevnetHttp(client, node.Port);
                try
                {
                    Console.WriteLine($"{node.Chain,-10} {http.Url}  {await DevnetChain.ByName(node.Chain).CheckAsync(http, cancellationToken)}");
                }
                catch (HttpRequestException e)
                {
                    throw new CliException($"the {node.Chain} node does not answer: {e.Message}", CliException.Negative);
                }
            }
        });
        return command;
    }

    static Command Fund(Option<string> folder)
    {
        var chain = new Argument<string>("chain") { Description = "Which chain." };
        var address = new Argument<string>("address") { Description = "Who receives." };
        var amount = new Argument<string>("amount")
        {
            Description = "How much, as an integer of " + string.Join(", ", DevnetChain.All.Select(c => $"{c.FaucetUnit} ({c.Name})")) + ".",
        };
        var command = new Command("fund", "Give coins to an address, and print the transaction's id.") { chain, address, amount, folder };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var entry = DevnetChain.ByName(parsed.GetValue(chain)!);
            var node = Running(parsed.GetValue(folder)!).Nodes.FirstOrDefault(n => n.Chain == entry.Name)
                ?? throw new CliException($"the devnet runs without {entry.Name}.", CliException.Negative);
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
            try
            {
                Console.WriteLine(await entry.FundAsync(new(client, node.Port), parsed.GetValue(address)!, parsed.GetValue(amount)!, cancellationToken));
            }
            catch (HttpRequestException e)
            {
                throw new CliException(e.Message, CliException.Aborted);
            }
        });
        return command;
    }

    static DevnetState Running(string folder) => DevnetState.TryRead(Path.GetFullPath(folder), out var state)
        ? state
        : throw new CliException("the devnet is not running: quorate devnet up", CliException.Negative);

    static void Print(DevnetState state)
    {
        foreach (var node in state.Nodes)
            Console.WriteLine($"{node.Chain,-10} http://127.0.0.1:{node.Port}/");
    }
}
