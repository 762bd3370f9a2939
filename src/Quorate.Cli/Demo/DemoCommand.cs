using System.CommandLine;
using Quorate.Cli.Local;
using Quorate.Cli.Node;

namespace Quorate.Cli.Demo;

/// <summary><c>quorate demo</c>.</summary>
static class DemoCommand
{
    static readonly Option<bool> json = new("--json") { Description = "Print a JSON object a line for each step, for machines." };
    static readonly Option<bool> keep = new("--keep") { Description = "Keep the folder that was made for it." };

    internal static Command Create()
    {
        var command = new Command("demo",
            """
            Tell the whole story on real chains, in about a minute: a wallet made by three nodes, funded, denied by policy with the
            reason, approved by two devices, signed by two of three nodes, sent and confirmed on Ethereum, Bitcoin and Solana; a node
            killed; a hostile server refused; audit log, receipts and backups checked offline.

            It uses the organisation that `quorate up` runs here, or starts one of its own in a folder that it removes. Where Node.js
            and npm are missing it installs them if it may, and tells the story without chains otherwise. Exit code 1 where a step fails.

            Example:
              quorate demo
            """)
        {
            UpOptions.Data, json, keep,
        };
        command.SetAction((parsed, cancellation) => DataDirectory.RunAsync(() => StopSignals.RunAsync(
            stop => RunAsync(parsed, stop.Token), untilEndOfInput: false, cancellation)));
        return command;
    }

    static async Task RunAsync(ParseResult parsed, CancellationToken cancellation)
    {
        using var screen = new LocalScreen();
        var report = new DemoReport(parsed.GetValue(json), screen);
        var named = UpOptions.PathsOf(parsed);
        var isOwn = parsed.GetValue(UpOptions.Data) is null && !LocalLock.IsTaken(named);
        var paths = isOwn ? new LocalPaths(Directory.CreateTempSubdirectory("quorate-demo-").FullName) : named;
        var isKept = !isOwn || parsed.GetValue(keep);
        report.Logs = paths.Logs;
        try
        {
            await TellAsync(report, paths, isOwn ? ["--free-ports"] : [], cancellation);
            report.End(paths.Root);
        }
        catch (CliException)
        {
            // Whoever looks into it wants the logs.
            isKept = true;
            throw;
        }
        finally
        {
            if (!isKept)
                Directory.Delete(paths.Root, recursive: true);
        }
        if (isOwn && isKept && !parsed.GetValue(json))
            screen.Line($"Kept in {paths.Root}: quorate up --data {paths.Root} goes on from there.");
    }

    static async Task TellAsync(DemoReport report, LocalPaths paths, string[] arguments, CancellationToken cancellation)
    {
        DemoHost? host = null;
        try
        {
            await report.StepAsync("organisation", "An organisation: a wallet server, three nodes, three chains", "quorate up", async step =>
            {
                await NodeInstall.TryAsync(step, cancellation);
                host = await DemoHost.OpenAsync(paths, arguments, step, cancellation);
                step.Say("server", $"{host.Profile.Api}; it holds no key and can sign nothing");
                step.Say("nodes", string.Join(", ", host.Profile.Nodes.Select(n => $"{n.Name} at {n.Url}")));
                step.Say("chains", host.Profile.WithoutChains is { } missing ? $"none: {missing}" : string.Join(", ", host.Profile.Chains.Select(c => $"{c.Name} at {c.Url}")));
                step.Say("policy", "small payments by one, larger ones with two approvals, large ones never");
                step.Facts["data"] = paths.Root;
            });
            using var scene = new DemoScene(paths, host!.Profile);
            await new DemoStory(report, scene, cancellation).TellAsync();
        }
        finally
        {
            if (host is not null)
                await host.DisposeAsync();
        }
    }
}
