using System.Diagnostics;
using System.Text.Json.Nodes;
using Quorate.Cli.Local;
using Quorate.Cli.Telemetry;

namespace Quorate.Cli.Demo;

/// <summary>A node is killed, and payments go on; then it is there again.</summary>
sealed class LossSteps(DemoScene scene, PaymentSteps payments, RecordSteps record, CancellationToken cancellation)
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(90);

    /// <summary>kill −9 for one that has signed the last payment, and another payment.</summary>
    internal async Task KillAsync(DemoStep step)
    {
        var killed = Kill(await record.SignersAsync(scene.Paid[^1]), step);
        var chain = scene.Live[0];
        var transfer = await payments.ConfirmedAsync(await payments.PayAsync(chain, chain.Smallest(chain.AloneCoins / 4)));
        var id = transfer.Id;
        var signers = await record.SignersAsync(id);
        if (signers.Contains(killed))
            throw new CliException($"{string.Join(" and ", signers)} have signed {id}, and {killed} was to be away.");
        step.Say(chain.Name, $"{chain.Show(transfer.Amount)} paid, signed by {string.Join(" and ", signers)}");
        (step.Facts["killed"], step.Facts["signers"], step.Facts["transfer"]) = (killed, new JsonArray([.. signers.Select(s => (JsonNode)s)]), id);
    }

    /// <summary>Ends one of these at once, as a power failure would.</summary>
    internal string Kill(IReadOnlyList<string> candidates, DemoStep step)
    {
        var running = LocalProfile.Read(scene.Paths)?.Running ?? [];
        var victim = running.FirstOrDefault(p => candidates.Contains(p.Name)) ?? throw new CliException($"no process of {string.Join(", ", candidates)} runs.");
        using (var process = Process.GetProcessById(victim.Id))
        {
            process.Kill();
            process.WaitForExit();
        }
        step.Say(victim.Name, $"killed with kill -9: process {victim.Id} is gone; {LocalPaths.Threshold} of {LocalPaths.Nodes} are left");
        return victim.Name;
    }

    /// <summary>Until every node is ready again.</summary>
    internal async Task ReturnAsync(DemoStep step)
    {
        foreach (var node in scene.Profile.Nodes)
        {
            step.Status($"waiting for {node.Name} to be started again");
            await Readiness.WaitAsync(scene.Http, new(node.Metrics), patience, cancellation);
        }
    }
}
