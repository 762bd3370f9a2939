using System.Collections.Concurrent;
using Quorate.Chains;
using Quorate.Node.Breaker;
using Quorate.Node.Gate;
using Quorate.Node.Letters;
using Quorate.Policies;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Signing;

/// <summary>
/// Answers other nodes' offers: reads them, asks this node's own gate, and takes part in the background. Whoever leads is
/// believed in nothing; the worst it can do is to waste a bounded number of sessions.
/// </summary>
sealed class SigningPeer : IAsyncDisposable
{
    readonly SigningParts parts;
    readonly Signer signer;
    readonly PresignatureStock stock;
    readonly ConcurrentDictionary<(NodeId Lead, string Attempt), TakenOffer> taken = [];
    readonly CancellationTokenSource closing = new();
    readonly Lock access = new();

    internal SigningPeer(SigningParts parts, Signer signer, PresignatureStock stock)
    {
        (this.parts, this.signer, this.stock) = (parts, signer, stock);
        parts.Letters.Answer(Topic.Sign, AnswerAsync);
    }

    /// <summary>An offer that this node is at work on.</summary>
    sealed class TakenOffer(CancellationToken closing) : IDisposable
    {
        readonly CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(closing);

        internal CancellationToken Token => ending.Token;

        internal Task Work { get; set; } = Task.CompletedTask;

        internal Task EndAsync() => ending.CancelAsync();

        public void Dispose() => ending.Dispose();
    }

    /// <summary>Offers that are being worked on.</summary>
    internal int AtWork => taken.Count;

    async Task<byte[]> AnswerAsync(NodeId lead, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        SigningOffer? offer;
        byte[]? withdrawn;
        try
        {
            (offer, withdrawn) = SigningOffer.Decode(body.Span);
        }
        catch (WireException problem)
        {
            return new SigningAnswer.Unable(problem.Message).Encode();
        }
        if (offer is not null)
            return (await JudgeAsync(lead, offer, cancellation).ConfigureAwait(false)).Encode();
        // Only who has made an offer takes it back.
        if (taken.TryGetValue((lead, Convert.ToHexString(withdrawn!)), out var running))
            await running.EndAsync().ConfigureAwait(false);
        return [];
    }

    async Task<SigningAnswer> JudgeAsync(NodeId lead, SigningOffer offer, CancellationToken cancellation)
    {
        if (!offer.Quorum.Contains(parts.Party) || !offer.Quorum.Any(p => p.Value <= parts.Deployment.Nodes.Length && parts.IdOf(p).Equals(lead)))
            return new SigningAnswer.Unable("the quorum is without the lead or without this node");
        if (TryTake(lead, offer) is not { } place)
            return new SigningAnswer.Busy();
        var isAtWork = false;
        try
        {
            var ruling = await parts.Gate.RuleAsync(offer.Request, cancellation).ConfigureAwait(false);
            if (ruling is Ruling.Refused refused)
                return new SigningAnswer.Refused(refused.Reason, refused.Detail);
            var permit = (Ruling.Permit)ruling;
            if (WhyNot(permit, offer) is { } no)
                return no;
            var presignatures = offer.Presignatures.Length == 0 ? [] : stock.Take(Presigner.KeyOf(permit.Wallet, offer.Quorum, lead), offer.Presignatures);
            if (presignatures.Count != offer.Presignatures.Length)
                return new SigningAnswer.NoPresignature();
            place.Work = Task.Run(() => TakePartAsync(lead, offer, permit, presignatures, place), CancellationToken.None);
            isAtWork = true;
            return new SigningAnswer.Joining();
        }
        finally
        {
            if (!isAtWork)
                Leave(lead, offer, place);
        }
    }

    SigningAnswer? WhyNot(Ruling.Permit permit, SigningOffer offer)
    {
        var inputs = permit.Inputs.Where(i => offer.Inputs.Contains(i.Index)).ToArray();
        if (inputs.Length != offer.Inputs.Length)
            return new SigningAnswer.Unable("an input that the transaction does not have");
        if (SigningKeys.Of(permit.Wallet, inputs.Select(i => i.Scheme)) is not { } keys || keys.Threshold != offer.Quorum.Count || !offer.Quorum.IsSubsetOf(keys.Committee))
            return new SigningAnswer.Unable("no quorum of the keys");
        if (keys.WhyNot(parts.Vault, parts.Party, permit.Wallet.Epoch) is { } problem)
            return new SigningAnswer.Unable(problem);
        if (offer.Presignatures.Length > 0 && inputs.Any(i => i.Scheme != SignatureScheme.EcdsaSecp256k1))
            return new SigningAnswer.Unable("presignatures for what takes none");
        var banned = keys.Banned(parts.Vault, offer.Quorum.Except(parts.Party));
        return banned.Length > 0 ? new SigningAnswer.Apart(banned) : null;
    }

    async Task TakePartAsync(NodeId lead, SigningOffer offer, Ruling.Permit permit, IReadOnlyList<Dkls23Presignature> presignatures, TakenOffer place)
    {
        using var late = new CancellationTokenSource(parts.Limits.RoundsPatience + parts.Limits.OfferPatience, parts.Time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(place.Token, late.Token);
        try
        {
            var outcomes = new ConcurrentQueue<SigningOutcome>();
            await SessionQueue.RunAsync(offer.Inputs, parts.Limits.SessionsAtATime, async input => outcomes.Enqueue(
                await signer.SignAsync(permit, input, offer.AttemptOf(input), offer.Quorum, ending.Token,
                    presignatures.Count == 0 ? null : presignatures[offer.Inputs.IndexOf(input)]).ConfigureAwait(false))).ConfigureAwait(false);
            Note(offer.Quorum, outcomes);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // What became of each session stands in the journal; the lead has its own view of it, and needs no other.
            Failed?.Invoke(lead, e);
        }
        finally
        {
            foreach (var presignature in presignatures)
                presignature.Dispose();
            Leave(lead, offer, place);
        }
    }

    /// <summary>What the sessions of one offer have shown of the others, however many they were.</summary>
    void Note(PartySet quorum, IReadOnlyCollection<SigningOutcome> outcomes)
    {
        var failed = outcomes.OfType<SigningOutcome.Failed>().ToArray();
        foreach (var peer in quorum.Except(parts.Party).Select(party => (party, Node: parts.IdOf(party))))
        {
            if (failed.Any(f => f.IsProven && f.Culprits.Contains(peer.party)))
                parts.Conduct.Note(peer.Node, Conduct.ProvenFault);
            else if (failed.FirstOrDefault(f => f.Culprits.Contains(peer.party)) is { } suspected)
                parts.Conduct.Note(peer.Node, Conduct.Suspicion, 1.0 / suspected.Culprits.Length);
            else if (failed.Length == 0 && outcomes.Any(o => o is SigningOutcome.Signed))
                parts.Conduct.Note(peer.Node, Conduct.Success);
        }
    }

    /// <summary>Hears of sessions for others that ended with an exception.</summary>
    internal event Action<NodeId, Exception>? Failed;

    TakenOffer? TryTake(NodeId lead, SigningOffer offer)
    {
        lock (access)
        {
            if (closing.IsCancellationRequested || taken.Count >= parts.Limits.MaxOffers || taken.Keys.Count(key => key.Lead.Equals(lead)) >= parts.Limits.MaxOffersOfOnePeer)
                return null;
            var place = new TakenOffer(closing.Token);
            if (taken.TryAdd(KeyOf(lead, offer), place))
                return place;
            place.Dispose();
            return null;
        }
    }

    void Leave(NodeId lead, SigningOffer offer, TakenOffer place)
    {
        if (taken.TryRemove(KeyOf(lead, offer), out _))
            place.Dispose();
    }

    static (NodeId, string) KeyOf(NodeId lead, SigningOffer offer) => (lead, Convert.ToHexString(offer.Attempt.Span));

    /// <summary>Ends what is running, and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(taken.Values.Select(place => place.Work)).ConfigureAwait(false);
        closing.Dispose();
    }
}
