using System.Collections.Immutable;
using Quorate.Journal;
using Quorate.Node.Vault;
using Quorate.Policies;

namespace Quorate.Node.Ceremonies;

/// <summary>One attempt at this node: joined, run, stored, attested.</summary>
sealed partial class CeremonyHost
{
    /// <summary>An attempt that is on its way.</summary>
    sealed record Running(int Number, CancellationTokenSource Stop)
    {
        internal CeremonyProgress? Progress { get; set; }

        internal Task Ended { get; set; } = Task.CompletedTask;
    }

    /// <summary>What sessions have given this node: keys to store, and what it will say about them.</summary>
    sealed record Prepared(ImmutableArray<KeyClaim> Claims, ImmutableArray<byte[]> Proofs);

    async Task<CeremonyRefused?> JoinAsync(CeremonyOrder order, AttemptPlan plan, Vow? vow, string lead, CancellationToken cancellation)
    {
        if (RosterOf(order) is { } roster && Unprepared(order, roster, plan) is { } missing)
            return new(CeremonyRefusal.NotPrepared, missing);
        await joining.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            // Whoever joins an attempt takes no part in an earlier one any more.
            StandDown(order.Id, plan.Number - 1);
            if (!IsRunning(order.Id, plan.Number))
                await EndedAsync(order.Id, 1, cancellation).ConfigureAwait(false);
            if (await records.JoinAsync(order.Id, plan, vow, lead, cancellation).ConfigureAwait(false) is { } refused)
                return refused;
            var run = new Running(plan.Number, CancellationTokenSource.CreateLinkedTokenSource(closing.Token));
            lock (access)
            {
                running[order.Id] = run;
                run.Ended = Task.Run(() => RunAsync(order, plan, run), CancellationToken.None);
            }
            return null;
        }
        finally
        {
            joining.Release();
        }
    }

    /// <summary>What this node lacks for its part, in words.</summary>
    string? Unprepared(CeremonyOrder order, CeremonyRoster roster, AttemptPlan plan)
    {
        if (order.Ceremony is Ceremony.Backup)
            return options.Backup is null ? "Its operator has named no place for backups." : null;
        foreach (var stored in plan.Keys)
        {
            KeyView key;
            try
            {
                key = KeyView.Read(stored);
            }
            catch (FormatException)
            {
                // Judged with the rest of the plan.
                return null;
            }
            var receives = roster.Attesters.Contains(Me);
            if (plan.Dealers.Contains(Me) && !HasShare(key))
                return order.Ceremony is Ceremony.ImportKey ? "The key to import has not been put into its vault." : "It has no share to deal with.";
            if (roster.IsRenewal && receives && key.Parties.Contains(Me) && vault.Find(key.Id) is null)
                return "Its share of the key is lost: let it be repaired first.";
            if (roster.IsRenewal && receives && plan.Epoch < vault.NextEpochOf(key.Id))
                return $"The lowest epoch that it takes is {vault.NextEpochOf(key.Id)}.";
            if (order.Ceremony is Ceremony.Repair && receives && HasShare(key) && roster.Before.Length > 0)
                return "It holds its share.";
        }
        return null;
    }

    async Task RunAsync(CeremonyOrder order, AttemptPlan plan, Running run)
    {
        AttemptRun? attempt = null;
        try
        {
            attempt = Begin(order, plan, run);
            await AttemptAsync(order, attempt, run.Stop.Token).ConfigureAwait(false);
        }
        catch (CeremonyFaultException fault)
        {
            await FailAsync(order, plan, fault.Message, attempt, [.. fault.Culprits.Select(NameOf)], fault.IsProven).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await FailAsync(order, plan, "given up", attempt, []).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is ArgumentException or InvalidOperationException or IOException or VaultException or JournalUnavailableException)
        {
            await FailAsync(order, plan, $"at this node: {problem.Message}", attempt, []).ConfigureAwait(false);
        }
        finally
        {
            lock (access)
                if (running.TryGetValue(order.Id, out var present) && present == run)
                    running.Remove(order.Id);
            run.Stop.Dispose();
        }
    }

    async Task FailAsync(CeremonyOrder order, AttemptPlan plan, string fault, AttemptRun? attempt, ImmutableArray<string> culprits, bool isProven = false)
    {
        try
        {
            await records.FailAsync(order.Id, plan.Number, fault, culprits, isProven, attempt?.Conduct ?? [], CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is JournalUnavailableException or ObjectDisposedException)
        {
            // The node is failing or closing; what is recorded says that the attempt was never attested.
        }
    }

    AttemptRun Begin(CeremonyOrder order, AttemptPlan plan, Running running)
    {
        var roster = RosterOf(order)!;
        var keys = order.Ceremony is Ceremony.CreateWallet create ? create.Schemes.Length : plan.Keys.Length;
        // Whoever was given up on has its next chance now.
        book.TryAgain(roster.Attesters.Union(plan.Dealers).Where(p => p != Me).Select(roster.NodeOf));
        return new(order, roster, plan, deployment, Me, sessions, new(book) { Deadlines = options.Deadlines }, random,
            progress => running.Progress = progress, (roster.IsRenewal ? 2 : 1) * keys + 2, running.Stop.Token);
    }

    async Task AttemptAsync(CeremonyOrder order, AttemptRun run, CancellationToken cancellation)
    {
        var plan = run.Plan;
        ImmutableArray<KeyView> keys = [.. plan.Keys.Select(KeyView.Read)];
        var prepared = order.Ceremony switch
        {
            Ceremony.CreateWallet create => await GenerateAsync(order, run, create.Schemes).ConfigureAwait(false),
            Ceremony.Repair => await RepairAsync(run, keys).ConfigureAwait(false),
            Ceremony.Backup => await BackUpAsync(order, run, cancellation).ConfigureAwait(false),
            _ => await RenewAsync(run, keys).ConfigureAwait(false),
        };
        if (prepared is null)
        {
            await records.NoteAsync(order.Id, plan.Number, run.Conduct, cancellation).ConfigureAwait(false);
            return;
        }
        run.Begin("attest");
        var attestation = Attestation.Make(order.Hash, plan.Number, prepared.Claims, Me, prepared.Proofs, identity);
        var testimony = new Testimony(plan.Number, prepared.Claims, attestation).Encode();
        if (await records.AttestAsync(order.Id, plan.Number, testimony, run.Conduct, cancellation).ConfigureAwait(false))
            vault.DropPending(order.Hash, below: plan.Number);
        else if (!records.State.Ceremonies.ContainsKey(order.Id))
            // It has ended meanwhile, so that nobody would wipe this any more.
            vault.DropPending(order.Hash);
    }

    async Task<Prepared?> GenerateAsync(CeremonyOrder order, AttemptRun run, ImmutableArray<Chains.SignatureScheme> schemes)
    {
        var made = new List<(StoredKey Stored, KeyClaim Claim)>();
        try
        {
            foreach (var scheme in schemes)
                made.Add(await KeyWork.Of(scheme).GenerateAsync(run).ConfigureAwait(false));
            run.Begin("store");
            Lasting("store", () => vault.PutPending(order.Hash, run.Plan.Number, [.. made.Select(key => key.Stored)]));
            return new([.. made.Select(key => key.Claim)], []);
        }
        finally
        {
            made.ForEach(key => key.Stored.Dispose());
        }
    }

    async Task<Prepared?> RenewAsync(AttemptRun run, ImmutableArray<KeyView> keys)
    {
        var sharings = new List<NewSharing>();
        var joined = new List<(StoredKey Stored, KeyClaim Claim, byte[] Proof)>();
        try
        {
            foreach (var key in keys)
                sharings.Add(await KeyWork.Of(key.Scheme).RenewAsync(run, vault, key).ConfigureAwait(false));
            run.Begin("store");
            await storing.WaitAsync(closing.Token).ConfigureAwait(false);
            try
            {
                foreach (var sharing in sharings)
                    if (sharing.Join(vault, random) is { } join)
                        joined.Add(join);
                if (joined.Count == 0)
                    return null;
                Lasting("store", () => vault.Put([.. joined.Select(key => key.Stored)]));
            }
            finally
            {
                storing.Release();
            }
            return new([.. joined.Select(key => key.Claim)], [.. joined.Select(key => key.Proof)]);
        }
        finally
        {
            joined.ForEach(key => key.Stored.Dispose());
            sharings.ForEach(sharing => sharing.Dispose());
        }
    }

    async Task<Prepared?> RepairAsync(AttemptRun run, ImmutableArray<KeyView> keys)
    {
        var lost = run.Roster.Attesters[0];
        var repaired = new List<StoredKey>();
        try
        {
            foreach (var key in keys)
                if (await KeyWork.Of(key.Scheme).RepairAsync(run, vault, key, lost).ConfigureAwait(false) is { } stored)
                    repaired.Add(stored);
            if (repaired.Count == 0)
                return null;
            run.Begin("store");
            Lasting("store", () => vault.Put(repaired));
            return new([.. keys.Select(key => new KeyClaim(key.Stored, [], []))], []);
        }
        finally
        {
            repaired.ForEach(key => key.Dispose());
        }
    }

    async Task<Prepared?> BackUpAsync(CeremonyOrder order, AttemptRun run, CancellationToken cancellation)
    {
        run.Begin("backup");
        options.AtStep?.Invoke("before store");
        var digest = await options.Backup!(order, cancellation).ConfigureAwait(false);
        options.AtStep?.Invoke("after store");
        return new([], [digest.ToArray()]);
    }

    void Lasting(string step, Action change)
    {
        options.AtStep?.Invoke($"before {step}");
        change();
        options.AtStep?.Invoke($"after {step}");
    }

    bool IsRunning(string id, int number)
    {
        lock (access)
            return running.TryGetValue(id, out var run) && run.Number >= number;
    }

    void StandDown(string id, int upTo)
    {
        lock (access)
            if (running.TryGetValue(id, out var run) && run.Number <= upTo)
                run.Stop.Cancel();
    }

    /// <summary>Waits until an attempt of at least this number has ended here; not at all where none is running.</summary>
    Task EndedAsync(string id, int number, CancellationToken cancellation)
    {
        lock (access)
            return running.TryGetValue(id, out var run) && run.Number >= number ? run.Ended.WaitAsync(cancellation) : Task.CompletedTask;
    }
}
