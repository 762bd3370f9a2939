using System.Collections.Concurrent;
using Quorate.Node.Ceremonies;
using Quorate.Node.Tests.Sessions;
using Quorate.Policies;
using Xunit.Abstractions;

namespace Quorate.Node.Tests.Ceremonies;

/// <summary>
/// A node is killed before or after anything that lasts, the lead or another one, comes back from its files and asks the
/// others. Then all have the keys or none has, and if none, the same order is carried out after all.
/// </summary>
public sealed class KilledNodeTests(ITestOutputHelper output)
{
    static readonly string[] steps =
    [
        .. ((string[])["allow", "attempt", "store", "attest", "certify", "activate", "end"]).SelectMany(step => (string[])[$"before {step}", $"after {step}"]),
    ];

    // Who is dead is known soon; who is slow is tried again.
    static readonly CeremonyOptions quick = new()
    {
        Deadlines = new() { Ready = TimeSpan.FromSeconds(2), Round = TimeSpan.FromSeconds(3), Session = TimeSpan.FromSeconds(20) },
        Patience = TimeSpan.FromSeconds(1.5), Attempts = CeremonyFleet.Tries(1),
    };

    [Fact]
    public Task A_wallet_is_made_by_all_or_by_none_whoever_is_killed_at_any_step() => EveryKillAsync(
        fleet => Task.FromResult(fleet.Create(schemes: ["bip340", "ed25519"])), epoch: 0);

    [Fact]
    public Task A_refresh_reaches_all_or_none_whoever_is_killed_at_any_step() => EveryKillAsync(
        async fleet =>
        {
            await PersistAsync(fleet, fleet.Create(schemes: ["bip340", "ed25519"]));
            return fleet.Refresh();
        }, epoch: 1);

    [Fact, Trait("Category", "Slow")]
    public Task A_wallet_for_ecdsa_is_refreshed_by_all_or_none_whoever_is_killed_at_any_step() => EveryKillAsync(
        async fleet =>
        {
            await PersistAsync(fleet, fleet.Create());
            return fleet.Refresh();
        }, epoch: 1);

    async Task EveryKillAsync(Func<CeremonyFleet, Task<CeremonyOrder>> prepare, uint epoch)
    {
        var cases = steps.SelectMany(step => ((int[])[1, 2]).Select(party => (step, party)));
        var ends = new ConcurrentBag<string>();
        await Parallel.ForEachAsync(cases, new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (at, _) =>
        {
            try
            {
                ends.Add($"{at}: {await OneKillAsync(prepare, at.step, at.party, epoch)}");
            }
            catch (Exception problem)
            {
                throw new InvalidOperationException($"{at}: {problem.Message}", problem);
            }
        });
        foreach (var end in ends.Order())
            output.WriteLine(end);
        Assert.Equal(steps.Length * 2, ends.Count);
        // Some kills come too late to prevent it and some do prevent it, or the test tries nothing.
        Assert.Contains(ends, end => end.EndsWith("all", StringComparison.Ordinal));
        Assert.Contains(ends, end => end.EndsWith("none", StringComparison.Ordinal));
    }

    static async Task<string> OneKillAsync(Func<CeremonyFleet, Task<CeremonyOrder>> prepare, string step, int party, uint epoch)
    {
        await using var fleet = await CeremonyFleet.StartAsync(network: new MemoryNetwork(), options: quick);
        var order = await prepare(fleet);
        var isDead = false;
        fleet.Probe(party, now =>
        {
            isDead |= now == step;
            if (isDead)
                throw new KilledException();
        });
        try
        {
            await fleet.LeadAsync(1, order);
        }
        catch (KilledException)
        {
            // It was the lead.
        }
        Assert.True(isDead, "the step was never reached");
        await fleet.StopAsync(party);
        await fleet.StartNodeAsync(party);
        // What the killed one knows, the others may not; what they know, it asks for.
        for (var round = 0; round < 2; round++)
            foreach (var node in fleet.Nodes.Values)
                await node.Ceremonies.ResumeAsync(default);

        var end = Holders(fleet, epoch);
        Assert.True(end is 0 or 3, $"{end} of 3 have the keys");
        if (end == 0)
            await PersistAsync(fleet, order, lead: 3);
        Assert.Equal(3, Holders(fleet, epoch));
        foreach (var node in fleet.Nodes.Values)
        {
            Assert.Empty(node.Vault.Verify());
            Assert.Empty(node.Vault.PendingAttempts(order.Hash));
            Assert.Empty(node.Journal.State.Ceremonies);
            Assert.Equal(2, node.Vault.Keys.Count(key => key.Scheme != Threshold.Sharing.KeyScheme.Dkls23));
            Assert.Equal(KeyView.Of(fleet[1].Wallet()!).Select(k => k.Stored), KeyView.Of(node.Wallet()!).Select(k => k.Stored));
        }
        await fleet.SignWithEveryQuorumAsync(2, 1, 2, 3);
        return end == 0 ? "none" : "all";
    }

    // An attempt that somebody has acknowledged burns its epoch: the next one has a higher one.
    static int Holders(CeremonyFleet fleet, uint least) => fleet.Nodes.Values.Count(node =>
        node.Wallet() is { } wallet && wallet.Epoch >= least && KeyView.Of(wallet).All(key => node.Vault.Find(key.Id)?.Epoch == wallet.Epoch));

    /// <summary>On a busy machine an attempt may take longer than its deadlines allow.</summary>
    static async Task PersistAsync(CeremonyFleet fleet, CeremonyOrder order, int lead = 1)
    {
        CeremonyResult? result = null;
        for (var tries = 0; tries < 5 && result is not CeremonyResult.Completed { Told.Count: 3 }; tries++)
            result = await fleet.LeadAsync(lead, order);
        Assert.True(result is CeremonyResult.Completed, $"{result}");
    }
}
