using System.Collections.Immutable;
using Quorate.Node.Gate;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Ceremonies;

/// <summary>How attempts are settled and ceremonies end, whoever led them and whatever crashed.</summary>
sealed partial class CeremonyHost
{
    /// <summary>
    /// Finishes what a crash, a full disk or a lead that went away has left open: records bans, puts in force what is certified, finds out about what
    /// this node has attested, ends what has expired. Call it at the start, and every minute or so.
    /// </summary>
    internal async Task ResumeAsync(CancellationToken cancellation)
    {
        vault.RecordBans();
        foreach (var ceremony in records.State.Ceremonies.Values.ToArray())
            if (ceremony.Order is { } order && !IsRunning(order.Id, 0))
                await ResumeAsync(order, ceremony, cancellation).ConfigureAwait(false);
    }

    async Task ResumeAsync(CeremonyOrder order, CeremonyState ceremony, CancellationToken cancellation)
    {
        if (ceremony.IsCertified)
        {
            await AcceptAsync(order, ceremony.Certificate.ToArray(), cancellation).ConfigureAwait(false);
            return;
        }
        if (RosterOf(order) is not { } roster)
            return;
        var approved = ApprovedOrder.Parse(order.Canonical.Span, ceremony.Approvals.Span);
        var (certificate, vow) = await SettleAsync(approved, roster, ceremony.IsUnsettled ? ceremony.Attested : 0, cancellation).ConfigureAwait(false);
        if (certificate is not null)
            await AcceptAsync(order, certificate, cancellation).ConfigureAwait(false);
        else if (records.State.Now(records.Clock) is { } now && now >= order.ExpiresAt && (!ceremony.IsUnsettled || vow is not null))
            await ExpireAsync(order, cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Finds out what became of an attempt: either everybody has attested it, and that is its certificate; or somebody has
    /// not, promises that he never will, and then it has none for ever; or nobody can tell, because somebody does not answer.
    /// </summary>
    /// <param name="approved">The order.</param>
    /// <param name="roster">Who counts.</param>
    /// <param name="number">The attempt; 0 to ask for a certificate of any.</param>
    /// <param name="cancellation">Gives up.</param>
    async Task<(byte[]? Certificate, Vow? Vow)> SettleAsync(ApprovedOrder approved, CeremonyRoster roster, int number, CancellationToken cancellation)
    {
        var letter = approved.Ask(number == 0 ? CeremonyQuestion.Report : CeremonyQuestion.Settle, number);
        var reports = await AskAllAsync(roster.Attesters, _ => letter, options.Patience, cancellation).ConfigureAwait(false);
        if (reports.Values.FirstOrDefault(r => r.Certificate.Length > 0 && Verify(roster, r.Certificate)) is { } held)
            return (held.Certificate, null);
        if (number == 0)
            return (null, null);
        if (Assemble(roster, number, reports.Values) is { } certificate)
            return (certificate, null);
        foreach (var (party, report) in reports)
            if (ReadVow(report.Vow) is { } vow && vow.Number == number && vow.Party == party && vow.Verify(approved.Order.Hash, roster.NodeOf(party)))
                return (null, vow);
        return (null, null);
    }

    static Vow? ReadVow(byte[] encoded)
    {
        try
        {
            return encoded.Length == 0 ? null : Vow.Decode(encoded);
        }
        catch (WireException)
        {
            // What nobody can read promises nothing.
            return null;
        }
    }

    /// <summary>The certificate that the attestations in some reports make; null where one is missing.</summary>
    static byte[]? Assemble(CeremonyRoster roster, int number, IEnumerable<CeremonyReport> reports)
    {
        var words = new List<Testimony>();
        foreach (var report in reports.Where(r => r.Testimony.Length > 0))
        {
            try
            {
                var testimony = Testimony.Decode(report.Testimony);
                if (testimony.Number == number && roster.Counts(testimony))
                    words.Add(testimony);
            }
            catch (WireException)
            {
                // What nobody can read attests nothing.
            }
        }
        foreach (var word in words)
        {
            var same = words.Where(word.Agrees).Select(w => w.Attestation).DistinctBy(a => a.Party).OrderBy(a => a.Party).ToImmutableArray();
            if (same.Length != roster.Attesters.Count)
                continue;
            var certificate = new CeremonyCertificate(number, word.Claims, same);
            if (roster.Check(certificate).Problem is null)
                return certificate.Encode();
        }
        return null;
    }

    static bool Verify(CeremonyRoster roster, byte[] certificate)
    {
        try
        {
            return roster.Check(CeremonyCertificate.Decode(certificate)).Problem is null;
        }
        catch (WireException)
        {
            return false;
        }
    }

    /// <summary>Verifies a certificate, records it, and does what it says. Does nothing where that is done.</summary>
    /// <returns>Null, or why not.</returns>
    async Task<CeremonyRefused?> AcceptAsync(CeremonyOrder order, byte[] encoded, CancellationToken cancellation)
    {
        await storing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            var ceremony = await records.ReadAsync(order.Id, cancellation).ConfigureAwait(false);
            if (ceremony.Outcome is not null)
                return null;
            CeremonyCertificate certificate;
            try
            {
                certificate = CeremonyCertificate.Decode(ceremony.IsCertified ? ceremony.Certificate.Span : encoded);
            }
            catch (WireException unreadable)
            {
                return new(CeremonyRefusal.WrongPlan, unreadable.Message);
            }
            if (!ceremony.IsCertified)
            {
                if (Refuse(order, ceremony, certificate) is { } refused)
                    return refused;
                await records.CertifyAsync(order.Id, certificate.Number, encoded, cancellation).ConfigureAwait(false);
            }
            await CarryOutAsync(order, certificate).ConfigureAwait(false);
            return null;
        }
        finally
        {
            storing.Release();
        }
    }

    CeremonyRefused? Refuse(CeremonyOrder order, CeremonyState ceremony, CeremonyCertificate certificate)
    {
        if (RosterOf(order) is not { } roster)
            return new(CeremonyRefusal.UnknownNodeOrKey, "This node knows other nodes or keys.");
        if (roster.Check(certificate).Problem is { } problem)
            return new(CeremonyRefusal.WrongPlan, problem);
        if (!roster.Attesters.Contains(Me))
            return null;
        if (ceremony.Attested != certificate.Number)
            // Never two: what it attested later may be certified, and what it did not attest it has not.
            return new(CeremonyRefusal.Unsettled, $"This node attested {ceremony.Attested} last.");
        return IsRunning(order.Id, certificate.Number + 1) ? new(CeremonyRefusal.Unsettled, "A later attempt is on its way.") : null;
    }

    /// <summary>From a certificate on disk to what follows from it. Every part may be done already.</summary>
    async Task CarryOutAsync(CeremonyOrder order, CeremonyCertificate certificate)
    {
        // Nothing gives this up: a node that is closing is one that will find it half done, which it can bear.
        var outcome = CeremonyState.Completed;
        NodeEvent? consequence = null;
        if (order.Ceremony is not Ceremony.Backup)
        {
            var keys = CeremonyRoster.WalletOf(order.Ceremony.WalletName!, certificate.Claims);
            var views = KeyView.Of(keys);
            var isRenewal = order.Ceremony is Ceremony.Refresh or Ceremony.Reshare or Ceremony.ImportKey;
            options.AtStep?.Invoke("before activate");
            if (isRenewal && !views[0].Parties.Contains(Me))
            {
                consequence = Leave(order, keys, views);
            }
            else
            {
                outcome = order.Ceremony is Ceremony.CreateWallet ? Activate(order, certificate, views) : isRenewal ? Renew(certificate, views) : outcome;
                consequence = records.Keyed(keys, order.Id);
            }
            options.AtStep?.Invoke("after activate");
        }
        await records.EndAsync(order, outcome, consequence, CancellationToken.None).ConfigureAwait(false);
    }

    string Activate(CeremonyOrder order, CeremonyCertificate certificate, KeyView[] keys) =>
        vault.ActivatePending(order.Hash, certificate.Number) || keys.All(HasShare)
            ? CeremonyState.Completed
            : "completed by others: this node's shares are not in its vault and have to be repaired";

    string Renew(CeremonyCertificate certificate, KeyView[] keys)
    {
        var renewed = new List<Vault.StoredKey>();
        try
        {
            for (var k = 0; k < keys.Length; k++)
                if (KeyWork.Of(keys[k].Scheme).Accept(vault, certificate, k) is { } stored)
                    renewed.Add(stored);
            if (renewed.Count > 0)
                vault.Put(renewed);
            return CeremonyState.Completed;
        }
        catch (Exception lost) when (lost is InvalidOperationException or KeyNotFoundException)
        {
            return $"completed by others: {lost.Message}";
        }
        finally
        {
            renewed.ForEach(key => key.Dispose());
        }
    }

    NodeEvent.WalletLeft? Leave(CeremonyOrder order, WalletKeys keys, KeyView[] views)
    {
        foreach (var key in views.Where(key => vault.Find(key.Id) is not null))
            vault.Destroy(key.Id, $"Ceremony {order.Id}: the key is held by others from epoch {key.Epoch} on.", records.Clock);
        var statements = vault.Destroyed().Where(statement => views.Any(key => key.Id == statement.Key && statement.Epoch < key.Epoch));
        return records.State.Wallets.TryGetValue(keys.Name, out var known) && known.Epoch > keys.Epoch
            ? null
            : new(records.Now, keys.Name, order.Id, [.. statements.Select(statement => statement.Encode())]);
    }

    /// <summary>Ends what can not be held any more: it has expired, and no certificate can turn up.</summary>
    async Task ExpireAsync(CeremonyOrder order, CancellationToken cancellation)
    {
        await storing.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if ((await records.ReadAsync(order.Id, cancellation).ConfigureAwait(false)) is not { Outcome: null, IsCertified: false })
                return;
            // First the record: from there on nothing of it will ever be put in force.
            await records.EndAsync(order, "expired", null, cancellation).ConfigureAwait(false);
            vault.DropPending(order.Hash);
        }
        finally
        {
            storing.Release();
        }
    }
}
