using System.Collections.Immutable;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Breaker;
using Quorate.Node.Letters;
using Quorate.Node.Sessions;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Ceremonies;

/// <summary>An order with the signatures that came with it, as letters carry them.</summary>
sealed record ApprovedOrder(CeremonyOrder Order, ImmutableArray<Approval> Approvals)
{
    internal byte[] ApprovalBytes { get; } = ApprovalJson.Write(Approvals);

    /// <exception cref="DocumentException">One of them is not what it should be.</exception>
    internal static ApprovedOrder Parse(ReadOnlySpan<byte> order, ReadOnlySpan<byte> approvals) =>
        new(CeremonyOrder.Parse(order), ApprovalJson.Parse(approvals));

    internal CeremonyLetter Ask(CeremonyQuestion question, int number = 0, AttemptPlan? plan = null, byte[]? vow = null, byte[]? certificate = null) =>
        new(question, Order.Canonical.ToArray(), ApprovalBytes, number, plan, vow, certificate);
}

/// <summary>
/// Ceremonies at one node, docs/spec/ceremonies.md: it leads the ones that somebody hands it, takes part in the ones that
/// others lead, and finishes what a crash has left. Whoever leads decides nothing but when to try. Thread-safe.
/// </summary>
sealed partial class CeremonyHost : IAsyncDisposable
{
    readonly GenesisDocument deployment;
    readonly CeremonyRecords records;
    readonly NodeVault vault;
    readonly Ed25519Key identity;
    readonly SessionHost sessions;
    readonly Correspondence letters;
    readonly CeremonyOptions options;
    readonly IRandom random;
    readonly TimeProvider time;
    readonly NodeEntry me;
    readonly HealthBook book;
    readonly CancellationTokenSource closing = new();
    readonly Lock access = new();
    readonly Dictionary<string, Running> running = new(StringComparer.Ordinal);

    /// <summary>One at a time stores, accepts and ends: what a key's record says must not change between reading and writing it.</summary>
    readonly SemaphoreSlim storing = new(1, 1);

    /// <summary>One attempt at a time is joined, so that the one before has ended.</summary>
    readonly SemaphoreSlim joining = new(1, 1);

    /// <summary>Begins to answer. Everything handed in stays the caller's.</summary>
    /// <param name="journal">The node's journal, with a genesis document installed.</param>
    /// <param name="vault">Its vault.</param>
    /// <param name="identity">Its identity key.</param>
    /// <param name="sessions">Runs its sessions.</param>
    /// <param name="letters">How it asks others and is asked.</param>
    /// <param name="options">What its operator decides.</param>
    /// <param name="time">The node's clock.</param>
    /// <param name="random">For attempts' names and for the protocols.</param>
    /// <exception cref="InvalidOperationException">No genesis document is installed.</exception>
    internal CeremonyHost(
        NodeJournal journal, NodeVault vault, Ed25519Key identity, SessionHost sessions, Correspondence letters, CeremonyOptions options,
        TimeProvider time, IRandom random)
    {
        deployment = journal.State.Genesis ?? throw new InvalidOperationException("No genesis document is installed.");
        me = journal.State.Me!;
        records = new(journal, time, options.AtStep);
        (this.vault, this.identity, this.sessions, this.letters, this.options, this.time, this.random) = (vault, identity, sessions, letters, options, time, random);
        book = new(options.Attempts.Timeouts);
        letters.Answer(Topic.Ceremony, AnswerAsync);
        letters.Answer(Topic.Certificate, AnswerAsync);
    }

    PartyId Me => new(me.Number);

    /// <summary>What sessions have shown of the others.</summary>
    internal HealthBook Health => book;

    /// <summary>Stops its attempts and waits for them.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        Task[] ending;
        lock (access)
            ending = [.. running.Values.Select(run => run.Ended)];
        await Task.WhenAll(ending).ConfigureAwait(false);
    }

    async Task<byte[]> AnswerAsync(NodeId from, ReadOnlyMemory<byte> body, CancellationToken cancellation) =>
        (await AnswerAsync(from, CeremonyLetter.Decode(body.Span), cancellation).ConfigureAwait(false)).Encode();

    /// <summary>Answers a node, this one included.</summary>
    async Task<CeremonyReport> AnswerAsync(NodeId from, CeremonyLetter letter, CancellationToken cancellation)
    {
        var approved = ApprovedOrder.Parse(letter.Order, letter.Approvals);
        var id = approved.Order.Id;
        var isHeld = letter.Question is CeremonyQuestion.Show or CeremonyQuestion.Settle;
        var (refused, state) = await records.AdmitAsync(approved.Order, approved.Approvals, isHeld, cancellation).ConfigureAwait(false);
        byte[] vow = [];
        if (refused is null)
        {
            switch (letter.Question)
            {
                case CeremonyQuestion.Join when letter.Plan is { } plan:
                    refused = await JoinAsync(approved.Order, plan, letter.Vow is { } shown ? Vow.Decode(shown) : null, NameOf(from), cancellation).ConfigureAwait(false);
                    break;
                case CeremonyQuestion.Settle when letter.Number > 0 && !IsRunning(id, letter.Number):
                    if (await records.VowAsync(id, letter.Number, cancellation).ConfigureAwait(false))
                        vow = Vow.Make(approved.Order.Hash, letter.Number, Me, identity).Encode();
                    break;
                case CeremonyQuestion.Await:
                    await Task.WhenAny(EndedAsync(id, letter.Number, cancellation), Task.Delay(options.Patience / 2, cancellation)).ConfigureAwait(false);
                    break;
                case CeremonyQuestion.Show when letter.Certificate is { } certificate:
                    refused = await AcceptAsync(approved.Order, certificate, cancellation).ConfigureAwait(false);
                    break;
                case CeremonyQuestion.StandDown:
                    StandDown(id, letter.Number);
                    break;
            }
            state = await records.ReadAsync(id, cancellation).ConfigureAwait(false);
        }
        return Report(approved.Order, state, refused, vow);
    }

    CeremonyReport Report(CeremonyOrder order, CeremonyState state, CeremonyRefused? refused, byte[] vow)
    {
        if (state.Hash != order.Hash)
            state = CeremonyState.Unknown;
        IReadOnlyList<Digest> keys = order.Ceremony switch
        {
            Ceremony.Reshare c => c.Keys,
            Ceremony.Repair c => c.Keys,
            _ => RosterOf(order) is { } roster ? [.. roster.Before.Select(key => key.Id)] : [],
        };
        var hasShares = RosterOf(order) is { Before.IsEmpty: false } known && known.Before.All(HasShare);
        return new(
            refused?.ToString() ?? "", Math.Min(state.NextNumber, CeremonyCertificate.MaxNumber + 1), state.IsUnsettled ? state.Attested : 0,
            keys.Select(vault.NextEpochOf).DefaultIfEmpty(0u).Max(), hasShares, state.Outcome == CeremonyState.Completed, IsRunning(order.Id, 1), state.LastFault ?? "",
            [.. state.Culprits.Select(PartyOf).OfType<PartyId>().Order()], state.IsFaultProven, state.Testimony.ToArray(), vow, state.Certificate.ToArray());
    }

    /// <summary>Judges an order that somebody hands in, and records it where it is new.</summary>
    internal async Task<CeremonyRefused?> AdmitAsync(CeremonyOrder order, ImmutableArray<Approval> approvals, CancellationToken cancellation) =>
        (await records.AdmitAsync(order, approvals, isHeld: false, cancellation).ConfigureAwait(false)).Refused;

    /// <summary>What this node has recorded of a ceremony, and how far its own part is, where it is at it.</summary>
    internal async Task<(CeremonyState State, CeremonyProgress? Progress)> LookAsync(string id, CancellationToken cancellation)
    {
        CeremonyProgress? progress;
        lock (access)
            progress = running.GetValueOrDefault(id)?.Progress;
        return (await records.ReadAsync(id, cancellation).ConfigureAwait(false), progress);
    }

    CeremonyRoster? RosterOf(CeremonyOrder order) => CeremonyRoster.Of(
        order, deployment, order.Ceremony.WalletName is { } name ? records.State.Wallets.GetValueOrDefault(name) : null);

    bool HasShare(KeyView key) => key.Parties.Contains(Me) && vault.Find(key.Id)?.Epoch == key.Epoch;

    PartyId? PartyOf(string name) => deployment.Nodes.FirstOrDefault(node => node.Name == name) is { } entry ? new PartyId(entry.Number) : null;

    string NameOf(PartyId party) => deployment.Nodes[party.Value - 1].Name;

    string NameOf(NodeId id) => deployment.Find(id)?.Name ?? id.ToString();

    /// <summary>Asks a node; null where it does not answer, or answers what nobody can read.</summary>
    async Task<CeremonyReport?> AskAsync(PartyId party, CeremonyLetter letter, TimeSpan patience, CancellationToken cancellation)
    {
        if (party == Me)
            return await AnswerAsync(me.Id, letter, cancellation).ConfigureAwait(false);
        var topic = letter.Question is CeremonyQuestion.Show or CeremonyQuestion.Settle or CeremonyQuestion.Await ? Topic.Certificate : Topic.Ceremony;
        var answer = await letters.AskAsync(deployment.Nodes[party.Value - 1].Id, topic, letter.Encode(), patience, cancellation).ConfigureAwait(false);
        try
        {
            return answer is null ? null : CeremonyReport.Decode(answer);
        }
        catch (WireException)
        {
            return null;
        }
    }

    async Task<IReadOnlyDictionary<PartyId, CeremonyReport>> AskAllAsync(
        IEnumerable<PartyId> parties, Func<PartyId, CeremonyLetter> letter, TimeSpan patience, CancellationToken cancellation)
    {
        var asked = await Task.WhenAll(parties.Select(async party => (party, Report: await AskAsync(party, letter(party), patience, cancellation).ConfigureAwait(false))))
            .ConfigureAwait(false);
        return asked.Where(a => a.Report is not null).ToDictionary(a => a.party, a => a.Report!);
    }
}
