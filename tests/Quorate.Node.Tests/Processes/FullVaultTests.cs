using Quorate.Node.Gate;
using Xunit.Abstractions;
using static Quorate.Node.Tests.Processes.ProcessFleet;

namespace Quorate.Node.Tests.Processes;

/// <summary>The disk that a node's vault is on fills up, and its journal's does not: a real file system without room.</summary>
public sealed class FullVaultTests(ITestOutputHelper output) : IDisposable
{
    const int Full = 2;

    SmallDisk? disk;
    string problem = "";

    public void Dispose() => disk?.Dispose();

    /// <summary>Node 2's vault on a disk of its own. Where the vault should be is a link to it.</summary>
    FleetSettings Settings(int presignatures = 0) => new() { Patience = 4, Presignatures = presignatures, Launch = Launch };

    Launch Launch(int node, string place)
    {
        if (node != Full)
            return new();
        if (disk is null && problem.Length == 0)
        {
            var small = Directory.CreateDirectory(Path.Combine(place, "small")).FullName;
            foreach (var file in Directory.GetFiles(place, "vault.db*"))
                File.Move(file, Path.Combine(small, Path.GetFileName(file)));
            File.CreateSymbolicLink(Path.Combine(place, "vault.db"), Path.Combine(small, "vault.db"));
            disk = SmallDisk.Mount(small, 8, out problem);
        }
        return new(disk?.Wrapper);
    }

    bool IsTested()
    {
        if (disk is null)
            output.WriteLine($"not tested, for want of user namespaces: {problem}");
        return disk is not null;
    }

    [Fact]
    public async Task A_vault_without_room_ends_a_key_generation_for_all_and_with_room_the_same_order_is_carried_out()
    {
        await using var fleet = await StartEmptyAsync(settings: Settings());
        if (!IsTested())
            return;
        disk!.Fill();
        var order = fleet.NewWallet("make", "treasury", ["ecdsa", "ed25519"], 1, 2, 3);
        var failed = await fleet.LeadAsync(1, order);
        Assert.Contains("full", failed.Lead.Fault, StringComparison.OrdinalIgnoreCase);
        Assert.False(failed.Lead.IsProven);
        for (var node = 1; node <= 3; node++)
        {
            Assert.Null(await fleet.WalletAsync(node, "treasury"));
            // It says so itself, to whoever asks how far the ceremony is.
            if (node == Full)
                Assert.Contains("the disk is full", (await fleet.Nodes[node].CeremonyAsync(order.Id)).Fault, StringComparison.Ordinal);
        }
        disk.Clear();
        var end = await fleet.HoldAsync(3, order);
        fleet.Acme.Wallet = KeysOf(end.Keys);
        await SignAsync(fleet, Full);

        // And it comes back from its files, in the middle of being full again.
        disk.Fill();
        await fleet.Nodes[Full].KillAsync();
        await fleet.RestartAsync(Full);
        Assert.Equal(end.Keys, await fleet.WalletAsync(Full, "treasury"));
        await SignAsync(fleet, Full);
    }

    [Fact, Trait("Category", "Slow")]
    public async Task Presignatures_that_cannot_be_marked_as_used_are_not_used_and_what_takes_none_is_signed()
    {
        await using var fleet = await ProcessFleet.StartAsync(Settings(presignatures: 3));
        if (!IsTested())
            return;
        // It signs, and prepares the next ones.
        await SignAsync(fleet, Full);
        await Task.Delay(1_500);
        disk!.Fill();
        var refused = new List<SigningRequest>();
        for (var i = 0; i < 12; i++)
        {
            var request = fleet.Payment();
            var reply = await fleet.Nodes[Full].SignAsync(ToMessage(request));
            if (reply.Signed is not null)
            {
                fleet.RequireSigned(request, reply);
                continue;
            }
            Assert.Contains("full", reply.Failed.Reason, StringComparison.OrdinalIgnoreCase);
            refused.Add(request);
        }
        output.WriteLine($"{refused.Count} of 12 not signed");
        Assert.InRange(refused.Count, 1, 11);
        disk.Clear();
        // Whatever was not signed is, as soon as it is asked for again.
        foreach (var request in refused)
            fleet.RequireSigned(request, await fleet.Nodes[Full].SignAsync(ToMessage(request)));
    }

    static async Task SignAsync(ProcessFleet fleet, int lead)
    {
        var request = fleet.Payment();
        fleet.RequireSigned(request, await fleet.Nodes[lead].SignAsync(ToMessage(request)));
    }
}
