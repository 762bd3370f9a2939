using System.Text.Json.Nodes;
using Quorate.Cli.Local;

namespace Quorate.Cli.Demo;

/// <summary>Nodes back themselves up while they run, by the administrators' order.</summary>
sealed class BackupSteps(DemoScene scene, WalletSteps wallet, CancellationToken cancellation)
{
    internal async Task BackUpAsync(DemoStep step)
    {
        var id = $"backup-{scene.Wallet}";
        await wallet.OrderAsync(id, "backup", new() { ["nodes"] = wallet.Nodes() }, step);
        var found = await Task.WhenAll(Enumerable.Range(1, LocalPaths.Nodes).Select(async number =>
        {
            var file = Directory.GetFiles(scene.Paths.Backup(number)).SingleOrDefault(path => path.Contains(id, StringComparison.Ordinal))
                ?? throw new CliException($"there is no backup of {id} in {scene.Paths.Backup(number)}.");
            return (file, await OwnCommand.ReadAsync(cancellation, "backup", "verify", file, "--backup-key-file", scene.Paths.BackupKey(number)));
        }));
        foreach (var (file, report) in found)
            step.Say("verified", $"{Path.GetFileName(file)}: every byte authentic, {report["keys"]!.AsArray().Count} shares whole");
        step.Facts["backups"] = new JsonArray([.. found.Select(f => (JsonNode)f.file)]);
    }
}
