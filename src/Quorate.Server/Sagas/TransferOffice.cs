using System.Collections.Concurrent;
using Quorate.Chains;
using Quorate.Server.Deciding;
using Quorate.Server.Ids;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>
/// What every step of the saga works with: the book of transfers, the desk of each chain, the wallets, and how long things
/// may take. Two servers have an office each over one book.
/// </summary>
sealed class TransferOffice(
    TransferBook transfers, IReadOnlyDictionary<ChainId, ITransferDesk> desks, IWalletDirectory wallets, SagaOptions options, TimeProvider time)
{
    readonly ConcurrentDictionary<Address, ITransferDesk> used = [];

    /// <summary>The time.</summary>
    internal DateTimeOffset Now => time.GetUtcNow();

    /// <summary>How long things may take.</summary>
    internal SagaOptions Options => options;

    /// <summary>The server's copies of what nodes have pinned.</summary>
    internal IWalletDirectory Wallets => wallets;

    /// <summary>Accounts that were worked with since the server has started, with their desks.</summary>
    internal IEnumerable<KeyValuePair<Address, ITransferDesk>> Accounts => used;

    /// <summary>A transfer as it stands.</summary>
    internal Task<TransferState> ReadAsync(ResourceId id, CancellationToken cancellation) => transfers.ReadAsync(id, cancellation);

    /// <summary>Has a transfer decide.</summary>
    internal Task<(TransferState State, Refusal? Refusal)> DecideAsync(ResourceId id, TransferCommand command, CancellationToken cancellation, long? expectedVersion = null) =>
        transfers.DecideAsync(id, command, cancellation, expectedVersion);

    /// <summary>Writes down what came of a step.</summary>
    /// <exception cref="StepFailedException">
    /// It is refused: the state has moved on meanwhile and is read anew with the next step, or it has to wait.
    /// </exception>
    internal async Task SayAsync(ResourceId id, TransferCommand command, CancellationToken cancellation)
    {
        var (_, refusal) = await transfers.DecideAsync(id, command, cancellation).ConfigureAwait(false);
        if (refusal is not null)
            throw new StepFailedException(refusal.ToString());
    }

    /// <summary>The desk and the keys of a transfer.</summary>
    /// <exception cref="StepFailedException">There is none for the chain, or the wallet has no keys for it yet.</exception>
    internal async Task<(ITransferDesk Desk, SigningWallet Wallet)> FindAsync(TransferState state, CancellationToken cancellation)
    {
        var draft = state.Draft!;
        if (!desks.TryGetValue(draft.Subject.Chain, out var desk) || await wallets.FindAsync(draft, cancellation).ConfigureAwait(false) is not { } wallet)
            throw new StepFailedException($"Nothing is known of {draft.Subject.Chain}, or of the keys of {draft.Wallet} there.");
        used.TryAdd(wallet.Context.Signer, desk);
        return (desk, wallet);
    }
}

/// <summary>A step was not done and may be done later. Caught where the transfer is given back to the queue.</summary>
/// <param name="message">Why.</param>
/// <param name="fullLane">The stream of the lane in which it waits for a place; null where it waits for none.</param>
sealed class StepFailedException(string message, string? fullLane = null) : Exception(message)
{
    /// <summary>The stream of the lane in which it waits for a place: nothing has failed. Null where it waits for none.</summary>
    internal string? FullLane => fullLane;
}
