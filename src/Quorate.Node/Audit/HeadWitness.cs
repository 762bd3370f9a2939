using System.Globalization;
using Quorate.Cryptography.Signatures;
using Quorate.Journal;
using Quorate.Journal.Heads;

namespace Quorate.Node.Audit;

/// <summary>What a node answers whoever wants a journal's head co-signed.</summary>
/// <param name="Last">The last head of that journal that the node has signed; its beginning before the first.</param>
/// <param name="Note">The head with this node's signature; null where it does not sign.</param>
/// <param name="Problem">Why not; null where it does.</param>
sealed record WitnessAnswer(Head Last, HeadNote? Note, string? Problem);

/// <summary>
/// Co-signs heads of journals that are not this node's: the server's above all. What a signature states, and what the signer
/// has to make sure of, is in docs/spec/journal.md: it signs only what extends the last head that it has signed, and remembers
/// that before it signs. So no two histories ever have this node's signature, whoever runs the database.
/// </summary>
sealed class HeadWitness(NodeJournal journal, Ed25519Key identity, TimeProvider time)
{
    /// <summary>Journals at most: a deployment has one server's, and may have had others.</summary>
    internal const int MaxJournals = 16;

    /// <summary>Digests in one question: half a megabyte. What is longer is gone through head by head.</summary>
    internal const int MaxDigests = 16_384;

    /// <summary>Signs a head if it extends the last one.</summary>
    /// <param name="claimed">The head.</param>
    /// <param name="digests">Digests of the events between the last head signed and this one.</param>
    /// <param name="cancellation">Gives up before it is recorded.</param>
    internal async Task<WitnessAnswer> SignAsync(Head claimed, IReadOnlyList<ChainHash> digests, CancellationToken cancellation)
    {
        using var turn = await journal.TakeTurnAsync(cancellation).ConfigureAwait(false);
        var state = journal.State;
        var last = LastOf(state, claimed.Journal);
        if (Refuse(state, last, claimed, digests) is { } problem)
            return new(last, null, problem);
        if (claimed != last)
            await turn.AppendAsync(NodeJournal.NodeStream, EventStore.AnyVersion, new NodeEvent.HeadCosigned(
                state.TimeToRecord(time.GetUtcNow()), claimed.Journal.ToString("N"), claimed.Position, claimed.Hash.ToString()), cancellation).ConfigureAwait(false);
        return new(claimed, new HeadNote(claimed).CoSign(new Signer(state, identity), time), null);
    }

    static Head LastOf(NodeState state, Guid id) => state.CosignedHeads.GetValueOrDefault(id) ?? Head.Genesis(id);

    static string? Refuse(NodeState state, Head last, Head claimed, IReadOnlyList<ChainHash> digests)
    {
        if (state.Me is null)
            return "No deployment is installed.";
        if (!state.CosignedHeads.ContainsKey(claimed.Journal) && state.CosignedHeads.Count >= MaxJournals)
            return $"This node has signed heads of {MaxJournals} journals, and signs no other's.";
        if (digests.Count > MaxDigests)
            return $"{digests.Count} digests; at most {MaxDigests} at a time.";
        if (claimed.Position == 0)
            return "An empty journal has nothing to be signed.";
        if (claimed.Position < last.Position)
            return string.Create(CultureInfo.InvariantCulture, $"The head at {claimed.Position} is older than the last one signed, at {last.Position}.");
        return HeadExtension.Follow(last, digests) == claimed
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"The head does not extend the one at {last.Position} by these {digests.Count} events.");
    }

    /// <summary>The identity signs notes too: they begin with a word of their own and no other statement of a node does.</summary>
    sealed class Signer(NodeState state, Ed25519Key identity) : IHeadSigner
    {
        public HeadKey Key { get; } = new(state.Genesis!.WitnessNameOf(state.Me!), identity.EncodedPublicKey);

        public byte[] Sign(ReadOnlySpan<byte> message) => identity.Sign(message);
    }
}
