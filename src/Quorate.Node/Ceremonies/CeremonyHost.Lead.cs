using System.Collections.Immutable;
using System.Globalization;
using Quorate.Node.Breaker;
using Quorate.Node.Channel;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Ceremonies;

/// <summary>Leading: offering attempts, and gathering what they come to.</summary>
sealed partial class CeremonyHost
{
    /// <summary>What a lead's progress counts: ask, join, run, certify.</summary>
    const int LeadSteps = 4;

    /// <summary>
    /// Leads a ceremony until it holds or there is no use in another attempt. Any node that is concerned may, several at
    /// once even; the order decides what happens and every node for itself whether it does.
    /// </summary>
    /// <param name="order">The order.</param>
    /// <param name="approvals">The administrators' signatures.</param>
    /// <param name="progress">Hears how far it is.</param>
    /// <param name="cancellation">Gives up leading. What has been attested stays so.</param>
    internal async Task<CeremonyResult> LeadAsync(
        CeremonyOrder order, ImmutableArray<Approval> approvals, IProgress<CeremonyProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(order);
        var approved = new ApprovedOrder(order, approvals);
        var history = new List<FailedAttempt>();
        AttemptFailure? failed = null;
        for (var (notBefore, isRested) = (DateTimeOffset.MinValue, false); ;)
        {
            // An order that has been held is one for which there is a certificate.
            var (refused, state) = await records.AdmitAsync(order, approvals, isHeld: false, cancellation).ConfigureAwait(false);
            if (refused is not null)
                return new CeremonyResult.Refused(refused);
            if (state.Outcome is not null)
                return state.IsCertified
                    ? await TellAsync(approved, PartySet.Range(deployment.Nodes.Length), state.Certificate.ToArray(), cancellation).ConfigureAwait(false)
                    : new CeremonyResult.Refused(new(CeremonyRefusal.IdUsed, $"The ceremony has ended: {state.Outcome}."));
            if (CeremonyJudgement.Standing(records.State, order, records.State.Now(records.Clock) ?? order.ExpiresAt, state.IsUnsettled) is { } notNow)
                return new CeremonyResult.Refused(notNow);
            if (!isRested && Rest(state, notBefore) is var rest && rest > TimeSpan.Zero)
            {
                progress?.Report(new(order.Id, 0, "rest", 0, LeadSteps) { Last = failed ?? new(state.LastFault ?? "", state.Culprits, state.IsFaultProven) });
                await Task.Delay(rest, time, cancellation).ConfigureAwait(false);
                // Much may have been recorded meanwhile.
                isRested = true;
                continue;
            }
            isRested = false;
            (var certificate, failed) = await LeadAttemptAsync(approved, RosterOf(order)!, progress, cancellation).ConfigureAwait(false);
            if (certificate is not null)
                return await HandOnAsync(approved, RosterOf(order)!, certificate, progress, cancellation).ConfigureAwait(false);
            // The one place that decides whether and when to try again.
            history.Add(Remember(failed!));
            if (options.Attempts.Decide(history, book.Timeout, records.Clock) is not NextAttempt.Again again || failed!.IsRefusal)
                return new CeremonyResult.Failed(failed!, history.Count, Named(history));
            notBefore = again.At;
        }
    }

    /// <summary>
    /// How long to rest before another attempt: as this lead has it from its own, or longer by the attempts that are recorded.
    /// Whoever hands an order in again, to a node that was started again or to another, does not get around it.
    /// </summary>
    TimeSpan Rest(CeremonyState state, DateTimeOffset notBefore)
    {
        var own = notBefore - records.Clock;
        // What somebody attested may hold: finding that out tries nothing.
        if (state.Attempts == 0 || state.IsUnsettled)
            return own;
        var whole = options.Attempts.Cooldown.After(state.Attempts);
        var recorded = DateTimeOffset.FromUnixTimeSeconds(state.AttemptedAt) + whole - records.Clock;
        // A clock that was ahead when it recorded costs no more than the rest itself.
        recorded = recorded < whole ? recorded : whole;
        return own > recorded ? own : recorded;
    }

    IReadOnlyList<string> Named(List<FailedAttempt> history) =>
        (options.Attempts with { Cooldown = new() { Attempts = history.Count } }).Decide(history, book.Timeout, records.Clock) is NextAttempt.GiveUp because
            ? [.. because.Named.Select(NameOf)]
            : [];

    /// <summary>
    /// What an attempt counts for. What this node has seen itself is certain; what another says to have seen is his word
    /// against the accused's.
    /// </summary>
    FailedAttempt Remember(AttemptFailure failed)
    {
        NodeId[] Ids(IEnumerable<string> names) => [.. names.Select(PartyOf).OfType<PartyId>().Distinct().Select(party => deployment.Nodes[party.Value - 1].Id)];
        return new(records.Clock, failed.IsProven ? Ids(failed.Culprits) : [], failed.IsProven ? [] : Ids(failed.Culprits))
        {
            Disputed = Ids(failed.Blames.Where(b => b.IsCertain && b.By != me.Name).SelectMany(b => b.Accused.Append(b.By))),
        };
    }

    async Task<(byte[]? Certificate, AttemptFailure? Failed)> LeadAttemptAsync(
        ApprovedOrder approved, CeremonyRoster roster, IProgress<CeremonyProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new(approved.Order.Id, 0, "ask", 0, LeadSteps));
        if (roster.IsToldKeys)
            return (null, Failed("This node does not know the wallet's keys: let one that holds them lead.", []) with { IsRefusal = true });
        var reports = await AskAllAsync(roster.Everybody, _ => approved.Ask(CeremonyQuestion.Report), options.Patience, cancellation).ConfigureAwait(false);
        if (reports.Values.FirstOrDefault(r => r.Certificate.Length > 0 && Verify(roster, r.Certificate)) is { } held)
            return (held.Certificate, null);

        // What anybody has attested has to be settled first: nobody joins another attempt while it may be certified.
        var vows = new Dictionary<int, byte[]>();
        foreach (var number in reports.Values.Select(r => r.Attested).Where(n => n > 0).Distinct().Order())
        {
            var (certificate, vow) = await SettleAsync(approved, roster, number, cancellation).ConfigureAwait(false);
            if (certificate is not null)
                return (certificate, null);
            if (vow is null)
                return (null, Failed(string.Create(CultureInfo.InvariantCulture, $"Attempt {number} may be certified by nodes that do not answer."), Silent(roster.Attesters, reports)));
            vows.Add(number, vow.Encode());
        }

        var (plan, parties, problem) = Plan(approved.Order, roster, reports);
        if (plan is null)
            return (null, problem);
        progress?.Report(new(approved.Order.Id, plan.Number, "join", 1, LeadSteps));
        var joined = await AskAllAsync(parties, party => approved.Ask(CeremonyQuestion.Join, plan.Number, plan,
            reports.TryGetValue(party, out var before) ? vows.GetValueOrDefault(before.Attested) : null), options.Patience, cancellation).ConfigureAwait(false);
        var missing = parties.Where(p => !joined.TryGetValue(p, out var answer) || answer.Refused.Length > 0).ToArray();
        if (missing.Length > 0)
        {
            await StandDownAsync(approved, parties, plan.Number, cancellation).ConfigureAwait(false);
            return (null, Declined(roster, missing, joined));
        }

        progress?.Report(new(approved.Order.Id, plan.Number, "run", 2, LeadSteps));
        var ended = await AwaitAllAsync(approved, roster.Attesters, plan.Number, cancellation).ConfigureAwait(false);
        progress?.Report(new(approved.Order.Id, plan.Number, "certify", 3, LeadSteps));
        if (Assemble(roster, plan.Number, ended.Values) is { } whole)
            return (whole, null);
        await StandDownAsync(approved, parties, plan.Number, cancellation).ConfigureAwait(false);
        await EndedAsync(approved.Order.Id, plan.Number, cancellation).ConfigureAwait(false);
        // Dealers that get no share are asked for what they have seen; nobody waits for them.
        var others = await AskAllAsync(parties.Except(ended.Keys).Where(p => !roster.Attesters.Contains(p)), _ => approved.Ask(CeremonyQuestion.Report), options.Patience, cancellation)
            .ConfigureAwait(false);
        return (null, await ExplainAsync(approved.Order, roster, ended.Concat(others).ToDictionary(), cancellation).ConfigureAwait(false));
    }

    /// <summary>Asks everybody again and again, until its part has ended or it has not answered twice.</summary>
    async Task<IReadOnlyDictionary<PartyId, CeremonyReport>> AwaitAllAsync(
        ApprovedOrder approved, PartySet parties, int number, CancellationToken cancellation)
    {
        var letter = approved.Ask(CeremonyQuestion.Await, number);
        var answers = await Task.WhenAll(parties.Select(AwaitAsync)).ConfigureAwait(false);
        return answers.Where(a => a.Report is not null).ToDictionary(a => a.Party, a => a.Report!);

        async Task<(PartyId Party, CeremonyReport? Report)> AwaitAsync(PartyId party)
        {
            for (var silences = 0; silences < 2;)
            {
                if (await AskAsync(party, letter, options.Patience, cancellation).ConfigureAwait(false) is not { } report)
                    silences++;
                else if (!report.IsRunning)
                    return (party, report);
                else
                    silences = 0;
            }
            return (party, null);
        }
    }

    /// <summary>The next attempt, and who takes part; or what stands in its way.</summary>
    (AttemptPlan? Plan, PartySet Parties, AttemptFailure? Problem) Plan(
        CeremonyOrder order, CeremonyRoster roster, IReadOnlyDictionary<PartyId, CeremonyReport> reports)
    {
        (AttemptPlan?, PartySet, AttemptFailure?) No(string fault, IEnumerable<string> culprits) => (null, roster.Attesters, Failed(fault, culprits));

        var unfit = roster.Attesters.Where(p => !reports.TryGetValue(p, out var report) || report.Refused.Length > 0).ToArray();
        if (unfit.Length > 0)
            return (null, roster.Attesters, Declined(roster, unfit, reports));
        PartyId[] dealers = [];
        var epoch = 0u;
        if (!roster.Before.IsEmpty && order.Ceremony is not Ceremony.CreateWallet)
        {
            var key = roster.Before[0];
            var able = key.Parties.Where(p => reports.TryGetValue(p, out var report) && report is { HasShares: true, Refused: "" }).ToArray();
            var isRepair = order.Ceremony is Ceremony.Repair;
            // Those who stay deal; of those who leave, or help, no more than it takes, and of them who has given least cause for doubt.
            var stay = isRepair ? [] : able.Where(roster.Attesters.Contains).ToArray();
            var others = able.Where(p => isRepair ? !roster.Attesters.Contains(p) : !stay.Contains(p))
                .OrderBy(p => p == Me ? 0 : 1).ThenByDescending(p => records.State.StandingOf(roster.NodeOf(p), records.Clock).Trust).ThenBy(p => p);
            dealers = [.. stay.Concat(others.Take(Math.Max(0, key.Threshold - stay.Length))).Order()];
            if (dealers.Length < key.Threshold)
                return No($"Of {key.Threshold} nodes that it takes, {dealers.Length} have shares and answer.", key.Parties.Except(able).Select(roster.NameOf));
            epoch = isRepair ? key.Epoch : Math.Max(key.Epoch + 1, roster.Attesters.Max(p => reports[p].NextEpoch));
        }
        var parties = new PartySet(roster.Attesters.Union(dealers));
        var number = parties.Max(p => reports[p].NextNumber);
        if (number > CeremonyCertificate.MaxNumber)
            return No($"There have been {CeremonyCertificate.MaxNumber} attempts: it takes another order.", []);
        var attempt = new byte[SessionDescription.AttemptSize];
        random.Fill(attempt);
        return (new(number, attempt, epoch, [.. dealers], dealers.Length == 0 ? [] : [.. roster.Before.Select(key => key.Stored)]), parties, null);
    }

    async Task<CeremonyResult> HandOnAsync(
        ApprovedOrder approved, CeremonyRoster roster, byte[] certificate, IProgress<CeremonyProgress>? progress, CancellationToken cancellation)
    {
        // First this node: what it hands on it has on its own disk.
        if (await AcceptAsync(approved.Order, certificate, cancellation).ConfigureAwait(false) is { } refused)
            return new CeremonyResult.Refused(refused);
        var completed = await TellAsync(approved, roster.Everybody, certificate, cancellation).ConfigureAwait(false);
        progress?.Report(new(approved.Order.Id, 0, "done", LeadSteps, LeadSteps));
        return completed;
    }

    /// <summary>
    /// Shows a certificate that this node has carried out. To all nodes, where it is long held: whoever was away while others
    /// took over is in no roster any more.
    /// </summary>
    async Task<CeremonyResult.Completed> TellAsync(ApprovedOrder approved, PartySet parties, byte[] certificate, CancellationToken cancellation)
    {
        var letter = approved.Ask(CeremonyQuestion.Show, certificate: certificate);
        var told = await AskAllAsync(parties.Except(Me), _ => letter, options.Patience, cancellation).ConfigureAwait(false);
        var keys = CeremonyCertificate.Decode(certificate).Claims.Select(claim => KeyView.Read(claim.Package));
        return new(
            [.. keys.Select(key => (key.Id, (ReadOnlyMemory<byte>)key.Stored))],
            [.. told.Where(t => t.Value.IsDone).Select(t => t.Key).Append(Me).Order().Select(party => deployment.Nodes[party.Value - 1].Name)]);
    }

    async Task StandDownAsync(ApprovedOrder approved, PartySet parties, int number, CancellationToken cancellation) =>
        await AskAllAsync(parties, _ => approved.Ask(CeremonyQuestion.StandDown, number), options.Patience, cancellation).ConfigureAwait(false);

    async Task<AttemptFailure> ExplainAsync(CeremonyOrder order, CeremonyRoster roster, IReadOnlyDictionary<PartyId, CeremonyReport> ended, CancellationToken cancellation)
    {
        var mine = await records.ReadAsync(order.Id, cancellation).ConfigureAwait(false);
        var silent = Silent(roster.Attesters, ended).ToArray();
        var faults = ended.Where(e => e.Value.Fault.Length > 0).OrderBy(e => e.Key).Select(e => $"{roster.NameOf(e.Key)}: {e.Value.Fault}")
            .Concat(silent.Select(name => $"{name}: does not answer"));
        // Nobody is a culprit of this node's because another says so.
        return new(string.Join("; ", faults), [.. mine.Culprits.Union(silent)], mine.IsFaultProven)
        {
            Blames =
            [
                .. ended.Where(e => e.Value.Culprits.Length > 0).OrderBy(e => e.Key).Select(e => new Blame(
                    roster.NameOf(e.Key), [.. e.Value.Culprits.Where(c => c.Value <= deployment.Nodes.Length).Select(NameOf)], e.Value.Fault, e.Value.IsCertain)),
            ],
        };
    }

    /// <summary>Some do not answer, or do not take part. What they decline for may change by another attempt's number, or not at all.</summary>
    static AttemptFailure Declined(CeremonyRoster roster, IReadOnlyList<PartyId> missing, IReadOnlyDictionary<PartyId, CeremonyReport> reports)
    {
        static bool Passes(string refused) =>
            refused.StartsWith($"{CeremonyRefusal.WrongPlan}:", StringComparison.Ordinal) || refused.StartsWith($"{CeremonyRefusal.Unsettled}:", StringComparison.Ordinal);

        return Failed(
            string.Join("; ", missing.Select(p => $"{roster.NameOf(p)}: {(reports.TryGetValue(p, out var no) ? no.Refused : "does not answer")}")),
            missing.Select(roster.NameOf)) with
        {
            IsRefusal = missing.Any(p => reports.TryGetValue(p, out var no) && !Passes(no.Refused)),
        };
    }

    static AttemptFailure Failed(string fault, IEnumerable<string> culprits) => new(fault, [.. culprits], false);

    IEnumerable<string> Silent(PartySet parties, IReadOnlyDictionary<PartyId, CeremonyReport> reports) =>
        parties.Where(p => !reports.ContainsKey(p)).Select(p => deployment.Nodes[p.Value - 1].Name);
}
