using System.Collections.Immutable;
using Quorate.Cryptography.Signatures;
using Quorate.Journal;
using Quorate.Journal.Events;
using Quorate.Journal.Heads;
using Quorate.Policies;
using Quorate.Server.Nodes;
using Quorate.Server.Telemetry;

namespace Quorate.Server.Audit;

/// <summary>What a node says to a head that it is to co-sign.</summary>
/// <param name="Last">The last head of this journal that it has signed.</param>
/// <param name="Note">The head with its signature; null where it does not sign.</param>
/// <param name="Problem">Why not.</param>
sealed record CosignReply(Head Last, HeadNote? Note, string? Problem);

/// <summary>What came of asking one node.</summary>
enum CosignOutcome
{
    /// <summary>It has signed the head.</summary>
    Signed,

    /// <summary>It does not answer.</summary>
    Silent,

    /// <summary>It has seen another history, or answers with what is no signature.</summary>
    Refused,
}

/// <summary>What came of one round.</summary>
/// <param name="Note">The head, with the signatures of those who gave one.</param>
/// <param name="Missing">Who gave none, by name, and why.</param>
sealed record CosignRound(HeadNote Note, ImmutableSortedDictionary<string, string> Missing);

/// <summary>
/// Has the nodes co-sign the head of the server's journal (docs/spec/journal.md), and keeps their notes in it: from the first
/// signature on, nobody who runs the database can change or cut off what is behind it without every node noticing. Repeats
/// nothing and decides nothing; who calls it says how often.
/// </summary>
sealed class HeadCosigning(EventStore store, GenesisDocument deployment, INodeLine line, TimeSpan timeout)
{
    /// <summary>The stream of the notes.</summary>
    internal const string Stream = "audit/heads";

    /// <summary>Digests sent to a node at a time; it takes as many.</summary>
    internal const int MaxDigests = 16_384;

    internal static EventCatalog<HeadsCosigned> Catalog { get; } = new EventCatalogBuilder<HeadsCosigned>()
        .AddJson("heads-cosigned", 1, AuditJson.Default.HeadsCosigned)
        .Build();

    (long Version, HeadNote? Note) last;

    /// <summary>Has the journal's head signed by all nodes that answer, and records the note if anybody did.</summary>
    /// <returns>What came of it; null where nothing has happened since the last time but that.</returns>
    /// <exception cref="JournalUnavailableException">The journal does not answer.</exception>
    internal async Task<CosignRound?> RunAsync(CancellationToken cancellation)
    {
        var head = await store.HeadAsync(cancellation).ConfigureAwait(false);
        if (head.Position == 0 || await LastAsync(cancellation).ConfigureAwait(false) is { } before && head.Position == before.Head.Position + 1)
            return null;
        var answers = await Task.WhenAll(deployment.Nodes.Select(async node => (Node: node, Answer: await AskAsync(node, head, cancellation).ConfigureAwait(false))))
            .ConfigureAwait(false);
        var note = new HeadNote(head);
        var missing = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var (node, answer) in answers)
        {
            ServerTelemetry.Cosigned(node.Name, answer.Outcome);
            if (answer.Note is { } signed)
                note = note.Join(signed);
            else
                missing.Add(node.Name, answer.Problem);
        }
        if (note.Signatures.Count > 0)
            await store.AppendAsync(Stream, EventStore.AnyVersion, [Catalog.Encode(new(note.ToString()))], cancellation).ConfigureAwait(false);
        return new(note, missing.ToImmutable());
    }

    /// <summary>The last note that was recorded; null before the first.</summary>
    internal async Task<HeadNote?> LastAsync(CancellationToken cancellation)
    {
        // Notes gather for years: only those are read that came since the last time.
        var known = last;
        await foreach (var recorded in store.ReadStreamAsync(Stream, known.Version, cancellation).ConfigureAwait(false))
            known = (recorded.Version, HeadNote.Parse(Catalog.Decode(recorded).Note));
        return (last = known).Note;
    }

    /// <summary>The key that a node co-signs with.</summary>
    internal static HeadKey KeyOf(GenesisDocument deployment, NodeEntry node) => new(deployment.WitnessNameOf(node), node.Id.AsSpan());

    /// <summary>One node: from where it stands to the head, in as many steps as it takes.</summary>
    async Task<(CosignOutcome Outcome, HeadNote? Note, string Problem)> AskAsync(NodeEntry node, Head head, CancellationToken cancellation)
    {
        // Asked with nothing, it says where it stands; what it says is believed only as far as the journal agrees.
        var reply = await line.CosignAsync(node.Id, head, [], timeout, cancellation).ConfigureAwait(false);
        while (reply is { Note: null } && reply.Last.Journal == head.Journal && reply.Last.Position < head.Position)
        {
            var from = reply.Last;
            var limit = (int)Math.Min(MaxDigests, head.Position - from.Position);
            if (await ReadAsync(from, limit, cancellation).ConfigureAwait(false) is not { } page)
                return (CosignOutcome.Refused, null, $"It has signed a head at {from.Position} that this journal does not have.");
            reply = await line.CosignAsync(node.Id, page.Head, page.Digests, timeout, cancellation).ConfigureAwait(false);
            if (reply is { Note: { } step } && page.Head != head && step.Head == page.Head)
                reply = reply with { Note = null };
            else if (reply is not { Note: not null })
                break;
        }
        return reply is null ? (CosignOutcome.Silent, null, "It does not answer.")
            : reply.Note is not { } note ? (CosignOutcome.Refused, null, reply.Problem ?? "It does not say why.")
            : note.Head == head && note.SignedBy([KeyOf(deployment, node)], Ed25519Signature.Verify) is { Count: 1 } && note.Signatures.Count == 1 ? (CosignOutcome.Signed, note, "")
            : (CosignOutcome.Refused, null, "Its signature does not verify.");
    }

    async Task<(Head Head, IReadOnlyList<ChainHash> Digests)?> ReadAsync(Head from, int limit, CancellationToken cancellation)
    {
        var digests = new List<ChainHash>();
        var at = from;
        try
        {
            while (digests.Count < limit)
            {
                var page = await store.ReadAsync(at, Math.Min(JournalLimits.MaxPageEvents, limit - digests.Count), cancellation).ConfigureAwait(false);
                if (page.Events.Count == 0)
                    return null;
                digests.AddRange(HeadExtension.Digests(page.Events));
                at = page.Head;
            }
        }
        catch (JournalCorruptException)
        {
            return null;
        }
        return (at, digests);
    }
}
