using System.Collections.Concurrent;
using Quorate.Chains;
using Quorate.Cryptography.Hashing;
using Quorate.Node.Channel;
using Quorate.Node.Gate;
using Quorate.Node.Letters;
using Quorate.Node.Sessions;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Signing;

/// <summary>
/// Prepares ECDSA signatures ahead with the peers that this node signs with, and takes part when a peer does. What is
/// prepared signs nothing: the round that is left takes a permit of every node's own gate (docs/spec/signing.md).
/// </summary>
sealed class Presigner : IAsyncDisposable
{
    readonly SigningParts parts;
    readonly PresignatureStock stock;
    readonly ConcurrentDictionary<(NodeId Lead, string Attempt), Task> working = [];
    readonly ConcurrentDictionary<StockKey, Task> filling = [];
    readonly CancellationTokenSource closing = new();
    readonly Lock access = new();
    readonly Task upkeep;

    internal Presigner(SigningParts parts)
    {
        (this.parts, stock) = (parts, new(parts.Limits.Presigning, parts.Time));
        parts.Letters.Answer(Topic.Presign, AnswerAsync);
        upkeep = UpkeepAsync();
    }

    /// <summary>How often this node looks for what has to be wiped: a freeze, a ban or a new epoch is in force at the gate at once.</summary>
    static readonly TimeSpan upkeepEvery = TimeSpan.FromSeconds(5);

    async Task UpkeepAsync()
    {
        using var timer = new PeriodicTimer(upkeepEvery, parts.Time);
        try
        {
            while (await timer.WaitForNextTickAsync(closing.Token).ConfigureAwait(false))
                Tidy();
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>This node's parts.</summary>
    internal PresignatureStock Stock => stock;

    /// <summary>What a lead's presignatures for a wallet and quorum are found under.</summary>
    internal static StockKey KeyOf(WalletKeys wallet, PartySet quorum, NodeId lead) => new(wallet.Name, wallet.Epoch, quorum, lead);

    /// <summary>Begins to fill the stock for a quorum that this node signs with, unless it is full or being filled, or switched off.</summary>
    internal void Fill(WalletKeys wallet, PartySet quorum)
    {
        var key = KeyOf(wallet, quorum, parts.Me.Id);
        if (stock.Count(key) >= parts.Limits.Presigning.Target || closing.IsCancellationRequested)
            return;
        var begun = new TaskCompletionSource();
        if (filling.TryAdd(key, begun.Task))
            _ = FillAsync(key, begun);
    }

    /// <summary>Wipes what must not be used any more. What is not wanted is refused at its use in any case.</summary>
    internal void Tidy() => stock.Keep(IsWanted);

    bool IsWanted(StockKey key)
    {
        var state = parts.Gate.State;
        return !state.IsFrozen(key.Wallet) && state.Wallets.TryGetValue(key.Wallet, out var wallet) && wallet.Epoch == key.Epoch && wallet.Ecdsa is { } ecdsa
            && !key.Quorum.Except(parts.Party).Any(peer => parts.Vault.Bans.IsBanned(Dkls23KeyShare.IdOf(ecdsa), peer));
    }

    async Task FillAsync(StockKey key, TaskCompletionSource filled)
    {
        await Task.Yield();
        try
        {
            while (stock.Count(key) < parts.Limits.Presigning.Target && !closing.IsCancellationRequested && IsWanted(key))
                if (!await ProposeAsync(key).ConfigureAwait(false))
                    break;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // Preparation is a convenience: signing goes on with three rounds, and its failures are reported.
        }
        finally
        {
            filling.TryRemove(key, out _);
            filled.SetResult();
        }
    }

    async Task<bool> ProposeAsync(StockKey key)
    {
        var attempt = new byte[SessionDescription.AttemptSize];
        parts.Random.Fill(attempt);
        var offer = new PresigningOffer(attempt, key.Wallet, key.Epoch, key.Quorum);
        var body = offer.Encode();
        var answers = await Task.WhenAll(key.Quorum.Except(parts.Party).Select(peer =>
            parts.Letters.AskAsync(parts.IdOf(peer), Topic.Presign, body, parts.Limits.OfferPatience, closing.Token))).ConfigureAwait(false);
        return answers.All(answer => answer is not null && SigningAnswer.Decode(answer) is SigningAnswer.Joining)
            && await PrepareAsync(key, attempt).ConfigureAwait(false);
    }

    Task<byte[]> AnswerAsync(NodeId lead, ReadOnlyMemory<byte> body, CancellationToken cancellation) => Task.FromResult(Answer(lead, body).Encode());

    SigningAnswer Answer(NodeId lead, ReadOnlyMemory<byte> body)
    {
        try
        {
            var reader = new WireReader(body.Span);
            var offer = PresigningOffer.Read(ref reader);
            reader.End();
            return Judge(lead, offer);
        }
        catch (WireException problem)
        {
            return new SigningAnswer.Unable(problem.Message);
        }
    }

    SigningAnswer Judge(NodeId lead, PresigningOffer offer)
    {
        Tidy();
        var state = parts.Gate.State;
        if (!offer.Quorum.Contains(parts.Party) || !offer.Quorum.Any(p => p.Value <= parts.Deployment.Nodes.Length && parts.IdOf(p).Equals(lead)))
            return new SigningAnswer.Unable("the quorum is without the lead or without this node");
        if (!state.Wallets.TryGetValue(offer.Wallet, out var wallet) || wallet.Ecdsa is null)
            return new SigningAnswer.Refused(Refusal.UnknownWallet, "no key for ECDSA");
        if (state.IsFrozen(offer.Wallet))
            return new SigningAnswer.Refused(Refusal.Frozen, "frozen");
        if (wallet.Epoch != offer.Epoch)
            return new SigningAnswer.Refused(Refusal.WrongEpoch, $"the key is in epoch {wallet.Epoch}");
        var keys = SigningKeys.Of(wallet, SignatureScheme.EcdsaSecp256k1)!;
        if (keys.Threshold != offer.Quorum.Count || !offer.Quorum.IsSubsetOf(keys.Committee))
            return new SigningAnswer.Unable("no quorum of the key");
        if (keys.WhyNot(parts.Vault, parts.Party, wallet.Epoch) is { } problem)
            return new SigningAnswer.Unable(problem);
        if (keys.Banned(parts.Vault, offer.Quorum.Except(parts.Party)) is { Length: > 0 } banned)
            return new SigningAnswer.Apart(banned);
        var key = new StockKey(offer.Wallet, offer.Epoch, offer.Quorum, lead);
        var begun = (lead, Convert.ToHexString(offer.Attempt.Span));
        lock (access)
        {
            if (closing.IsCancellationRequested || stock.CountOf(lead) >= parts.Limits.Presigning.MaxOfOneLead
                || working.Keys.Count(w => w.Lead.Equals(lead)) >= parts.Limits.Presigning.MaxAtATime)
                return new SigningAnswer.Busy();
            working.TryAdd(begun, Task.Run(async () =>
            {
                try
                {
                    await PrepareAsync(key, offer.Attempt).ConfigureAwait(false);
                }
                catch (Exception e) when (e is not OutOfMemoryException)
                {
                }
                finally
                {
                    lock (access)
                        working.TryRemove(begun, out _);
                }
            }));
        }
        return new SigningAnswer.Joining();
    }

    /// <summary>One session; its output goes onto the shelf.</summary>
    async Task<bool> PrepareAsync(StockKey key, ReadOnlyMemory<byte> attempt)
    {
        if (parts.Gate.State.Wallets[key.Wallet] is not { Ecdsa: { } package } wallet || wallet.Epoch != key.Epoch)
            return false;
        using var transcript = new Transcript(Tags.PresigningSubject);
        var subject = transcript.Append(package.Digest()).Append((ulong)key.Epoch).Append(key.Wallet).Append(key.Lead.AsSpan()).Digest();
        var description = new SessionDescription(
            parts.Deployment.Hash.ToArray(), attempt.Span, "presign/1", subject, Signer.Seats(parts.Deployment, key.Quorum));
        Dkls23KeyHolding? holding = null;
        try
        {
            var outcome = await parts.Sessions.RunAsync(description, parts.Party, id =>
            {
                holding = parts.Vault.OpenDkls23ToSign(KeyId.Of(package));
                return new Dkls23Presign(id, holding.Share ?? throw new InvalidOperationException("No share."), key.Quorum, parts.Vault.Bans, parts.Random);
            }, parts.Limits.Session, Task.CompletedTask, closing.Token).ConfigureAwait(false);
            if (outcome is not SessionOutcome<Dkls23Presignature>.Completed { Output: var presignature })
                return false;
            stock.Add(key, presignature);
            return true;
        }
        finally
        {
            holding?.Dispose();
        }
    }

    /// <summary>Ends what is running, and wipes the stock.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll([.. working.Values, .. filling.Values, upkeep]).ConfigureAwait(false);
        stock.Dispose();
        closing.Dispose();
    }
}
