using System.Collections.Concurrent;
using System.Collections.Immutable;
using Quorate.Node.Gate;
using Quorate.Policies;

namespace Quorate.Node.Signing;

/// <summary>
/// Leads requests to their signatures: asks this node's own gate, finds a quorum, offers, signs, verifies, and tries
/// another quorum where one fails. Thread-safe.
/// </summary>
sealed class SigningLead(SigningParts parts, Signer signer, PeerHealth health) : IAsyncDisposable
{
    readonly ConcurrentDictionary<Digest, Lazy<Task<SigningReport>>> leading = [];
    readonly SemaphoreSlim places = new(parts.Limits.MaxLed, parts.Limits.MaxLed);
    readonly CancellationTokenSource closing = new();

    /// <summary>
    /// Signs a request. Asking again is safe at any time, here or at another node: what has been signed is not signed
    /// again, and the same request never leads to another digest. Two askers of one request get one run, which goes on
    /// when an asker gives up.
    /// </summary>
    /// <exception cref="OperationCanceledException">The asker gave up, or the node is closing.</exception>
    /// <exception cref="Journal.JournalUnavailableException">The node can not record what it decides.</exception>
    internal Task<SigningReport> SignAsync(SigningRequest request, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(request);
        ObjectDisposedException.ThrowIf(closing.IsCancellationRequested, this);
        var key = request.Intent.Hash;
        return leading.GetOrAdd(key, _ => new(() => LeadAsync(key, request))).Value.WaitAsync(cancellation);
    }

    /// <summary>Requests that are being led.</summary>
    internal int Leading => leading.Count;

    async Task<SigningReport> LeadAsync(Digest key, SigningRequest request)
    {
        // The entry is there before the work begins.
        await Task.Yield();
        try
        {
            await places.WaitAsync(closing.Token).ConfigureAwait(false);
            try
            {
                return await LeadAsync(request).ConfigureAwait(false);
            }
            finally
            {
                places.Release();
            }
        }
        finally
        {
            leading.TryRemove(key, out _);
        }
    }

    async Task<SigningReport> LeadAsync(SigningRequest request)
    {
        var ruling = await parts.Gate.RuleAsync(request, closing.Token).ConfigureAwait(false);
        if (ruling is Ruling.Refused refused)
            return new SigningReport.Refused(refused);
        var permit = (Ruling.Permit)ruling;
        var inputs = permit.Inputs.OrderBy(i => i.Index).ToArray();
        if (SigningKeys.Of(permit.Wallet, inputs) is not { } keys)
            return new SigningReport.Failed("The keys of this transaction have different committees: no one quorum signs it.", []);
        if (keys.WhyNot(parts.Vault, parts.Party, permit.Wallet.Epoch) is { } problem)
            return new SigningReport.Failed($"This node can not lead: {problem}.", []);

        // A signature on record is given out again, if it is one: the record is the node's own, and checked all the same.
        var (recorded, _) = await parts.Gate.ReadAsync(request.Intent, closing.Token).ConfigureAwait(false);
        var signed = inputs
            .Select(input => recorded.Signatures.TryGetValue(input.Index, out var signature) ? SigningKeys.Complete(permit.Wallet, input, signature.AsSpan()) : null)
            .OfType<Chains.InputSignature>()
            .ToImmutableSortedDictionary(signature => signature.Index, signature => signature);
        await using var led = new LedRun(parts, signer, health, request, permit, keys);
        return await led.RunAsync(SigningRun.Begin(parts.Party, [.. inputs.Select(i => i.Index)], signed, parts.Limits.MaxAttempts), closing.Token).ConfigureAwait(false);
    }

    /// <summary>Gives up what is led, and waits for it.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        foreach (var led in leading.Values)
            await ((Task)led.Value).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        closing.Dispose();
        places.Dispose();
    }
}
