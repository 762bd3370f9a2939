using System.Text.Json.Nodes;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Ceremonies;
using Quorate.Node.V1;
using Quorate.Node.Vault;
using Quorate.Policies;

namespace Quorate.Node.Tests.Processes;

/// <summary>
/// Four processes that hold ceremonies of every kind, one after the other, and one of them is killed within each. Then all
/// who have to have their part or none has, the order is carried out, and every quorum signs with what is on the disks.
/// </summary>
sealed class CeremonyKills(ProcessFleet fleet) : IAsyncDisposable
{
    /// <summary>What a node records on its way, and when it is killed: right after.</summary>
    internal static readonly string[] Steps =
        ["ceremony-allowed", "ceremony-attempted", "stored", "ceremony-attested", "ceremony-certified", "activated", "ceremony-ended"];

    internal static readonly string[] Kinds = ["new wallet", "refresh", "reshare", "repair", "import", "backup"];

    /// <summary>A ceremony about to be held.</summary>
    /// <param name="Order">Its order.</param>
    /// <param name="Lead">Who leads.</param>
    /// <param name="Attesters">Who has to have its part.</param>
    /// <param name="Holders">Who holds the wallet afterwards.</param>
    /// <param name="SignsEcdsa">Whether its key for ECDSA signs afterwards.</param>
    sealed record Plan(CeremonyOrder Order, int Lead, int[] Attesters, int[] Holders, bool SignsEcdsa = true);

    int count;
    int[] committee = [1, 2, 3];

    internal static async Task<CeremonyKills> StartAsync()
    {
        var fleet = await ProcessFleet.StartEmptyAsync(4);
        await fleet.HoldAsync(2, fleet.NewWallet("make-kept", "kept", ["ecdsa", "ed25519"], 1, 2, 3));
        await fleet.HoldAsync(2, fleet.NewWallet("make-frost", "frost", ["bip340", "ed25519"], 1, 2, 3));
        return new(fleet);
    }

    /// <summary>Kills after a step.</summary>
    /// <returns>What came of it: all, none, or that the step was never reached.</returns>
    internal Task<string> AfterAsync(string kind, string step, bool isLead) => KillAsync(kind, isLead, (watch, ended) => watch.UntilAsync(step, ended));

    /// <summary>Kills so long after the order was handed in.</summary>
    internal Task<string> AtAsync(string kind, int milliseconds, bool isLead) => KillAsync(kind, isLead, async (_, _) =>
    {
        await Task.Delay(milliseconds);
        return true;
    });

    async Task<string> KillAsync(string kind, bool isLead, Func<JournalWatch, Task, Task<bool>> moment)
    {
        var plan = await PrepareAsync(kind);
        // Whoever attests is killed where that is not the lead's part.
        var victim = isLead ? plan.Lead : plan.Attesters.First(node => node != plan.Lead);
        string end;
        using (var watch = new JournalWatch(fleet.FileOf(victim, "journal.db"), plan.Order.Id))
        {
            // Its answer, or its end.
            var leading = Task.Run(() => fleet.LeadAsync(plan.Lead, plan.Order));
            var reached = await moment(watch, leading);
            if (reached)
                await fleet.Nodes[victim].KillAsync();
            await leading.ContinueWith(_ => { }, TaskScheduler.Default);
            if (reached)
                await fleet.RestartAsync(victim);
            end = await SettleAsync(plan) ? "all" : "none";
            if (!reached)
                end = "never reached";
        }
        // Another that knows the keys carries it out: the second and the third are in every committee.
        if (end == "none")
            await fleet.HoldAsync(victim == 2 ? 3 : 2, plan.Order);
        Assert.True(await SettleAsync(plan), $"{plan.Order}: not held after all");
        await RequireWholeAsync(plan);
        return end;
    }

    async Task<Plan> PrepareAsync(string kind)
    {
        var id = $"{kind.Replace(' ', '-')}-{++count}";
        int[] three = [1, 2, 3];
        switch (kind)
        {
            case "new wallet":
                return new(fleet.NewWallet(id, id, ["ecdsa", "ed25519"], three), 1, three, three);
            case "refresh":
                return new(fleet.Refresh(id, await WalletAsync("kept")), committee[1], committee, committee);
            case "reshare":
                // To others and back: the second stays, one leaves, one joins.
                int[] next = committee[0] == 1 ? [2, 3, 4] : three;
                var move = new Plan(fleet.Reshare(id, await WalletAsync("kept"), next), 2, next, next);
                committee = next;
                return move with { Attesters = next };
            case "repair":
                await fleet.LoseAsync(3);
                committee = committee.Contains(3) ? await RestoreAsync() : committee;
                return new(fleet.Repair(id, (await fleet.WalletAsync(1, "frost"))!, 3), 1, [3], three);
            case "import":
                return await PrepareImportAsync(id);
            default:
                return new(fleet.BackUp(id, three), 1, three, three);
        }
    }

    /// <summary>The other wallet has lost the same node's shares.</summary>
    async Task<int[]> RestoreAsync()
    {
        var wallet = await WalletAsync("kept");
        await fleet.HoldAsync(2, fleet.Repair($"restore-{count}", wallet, 3));
        await fleet.HoldAsync(2, fleet.Refresh($"renew-{count}", wallet));
        return committee;
    }

    async Task<Wallet> WalletAsync(string name) => (await fleet.WalletAsync(2, name))!;

    async Task<Plan> PrepareImportAsync(string id)
    {
        using var key = Ed25519Key.Generate(SystemRandom.Shared);
        var order = fleet.Order(id, "importKey", new JsonObject
        {
            ["wallet"] = id, ["scheme"] = "ed25519", ["importer"] = "node-1", ["nodes"] = ProcessFleet.Names(1, 2, 3), ["threshold"] = 2,
            ["publicKey"] = Convert.ToHexStringLower(key.EncodedPublicKey), ["chainCode"] = new string('5', 64),
        });
        await fleet.Nodes[1].KillAsync();
        using (var seed = key.ExportSeed())
            Assert.Null(await BroughtKey.PutAsync(fleet.OptionsOf(1), order, seed, default));
        await fleet.RestartAsync(1);
        return new(order, 1, [1, 2, 3], [1, 2, 3]);
    }

    /// <summary>Waits until nobody is at it any more, and requires that all have it or none has.</summary>
    async Task<bool> SettleAsync(Plan plan)
    {
        var ended = 0;
        // Nodes look for what is open every second: what can be found out is found out within some of them.
        for (var quiet = 0; quiet < 8;)
        {
            var all = await Task.WhenAll(plan.Attesters.Select(node => StatusAsync(node, plan.Order.Id)));
            ended = all.Count(status => status?.Outcome == CeremonyState.Completed);
            if (ended == plan.Attesters.Length)
                return true;
            var isBusy = ended > 0 || all.Any(status => status is { Stage: CeremonyStage.Running or CeremonyStage.Certified } or { Lead.IsLeading: true });
            quiet = isBusy && quiet > -240 ? Math.Min(quiet, 0) - 1 : Math.Max(quiet, 0) + 1;
            Assert.True(quiet > -200, $"{ended} of {plan.Attesters.Length} have it: {string.Join(Environment.NewLine, all.AsEnumerable())}");
            await Task.Delay(400);
        }
        return false;
    }

    async Task<CeremonyStatus?> StatusAsync(int node, string id)
    {
        try
        {
            return await fleet.Nodes[node].CeremonyAsync(id);
        }
        catch (Rpc.RpcException e) when (e.StatusCode == Rpc.StatusCode.NotFound)
        {
            return null;
        }
    }

    async Task RequireWholeAsync(Plan plan)
    {
        if (plan.Order.Ceremony is Ceremony.Backup)
        {
            foreach (var node in plan.Attesters)
            {
                var file = fleet.FileOf(node, $"node-{node}.{plan.Order.Id}.backup");
                Assert.NotEmpty(Backup.Verify(file, fleet.OptionsOf(node).OpenKek).Keys);
            }
            return;
        }
        var name = plan.Order.Ceremony.WalletName!;
        var wallets = await Task.WhenAll(plan.Holders.Select(node => fleet.WalletAsync(node, name)));
        Assert.All(wallets, wallet => Assert.Equal(wallets[0], wallet));
        using var copies = new VaultCopies(fleet, plan.Holders);
        foreach (var node in plan.Holders)
        {
            Assert.Empty(copies[node].Verify());
            Assert.Empty(copies[node].PendingAttempts(plan.Order.Hash));
        }
        copies.RequireSignatures(ProcessFleet.KeysOf(wallets[0]!), plan.SignsEcdsa);
        if (plan.Order.Ceremony is not Ceremony.Reshare)
            return;
        // Whoever has left has nothing of it any more; it hears of it from the lead, or when it asks.
        foreach (var node in fleet.Nodes.Keys.Except(plan.Holders))
        {
            for (var i = 0; i < 100 && await fleet.WalletAsync(node, name) is not null; i++)
                await fleet.LeadAsync(plan.Lead, plan.Order);
            Assert.Null(await fleet.WalletAsync(node, name));
            using var left = new VaultCopies(fleet, node);
            Assert.All(wallets[0]!.Keys, key => Assert.Null(left[node].Find(new(key.Id.Span))));
        }
    }

    /// <summary>Everything that the ceremonies have left behind signs live, too.</summary>
    internal async Task RequireLiveSignatureAsync()
    {
        fleet.Acme.Wallet = ProcessFleet.KeysOf(await WalletAsync("kept"));
        foreach (var node in committee)
        {
            var payment = Deployment.Payment(Deployment.Ether / 10_000, nonce: (ulong)node);
            var request = fleet.Acme.Request(
                payment, fleet.Acme.IntentOf(payment, $"last_{node}", expiresAt: ProcessFleet.Soon, wallet: "kept", epoch: fleet.Acme.Wallet.Epoch), "alice");
            fleet.RequireSigned(request, await fleet.Nodes[node].SignAsync(ProcessFleet.ToMessage(request)));
        }
    }

    public ValueTask DisposeAsync() => fleet.DisposeAsync();
}
