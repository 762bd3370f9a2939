using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>Keys that sign for a transfer, as the server knows them: by their public side.</summary>
/// <param name="Organisation">Whose nodes.</param>
/// <param name="Wallet">The wallet's name at the nodes.</param>
/// <param name="Epoch">Its key's epoch.</param>
/// <param name="Context">The address that signs, its path, and what else is the wallet's own.</param>
sealed record SigningWallet(string Organisation, string Wallet, ulong Epoch, DecodeContext Context);

/// <summary>An unsigned transaction and what it rests on.</summary>
/// <param name="Unsigned">The bytes.</param>
/// <param name="Uses">Ids of the reservations.</param>
sealed record Draft(ReadOnlyMemory<byte> Unsigned, ImmutableArray<string> Uses);

/// <summary>What a desk says where it does not do what it was asked.</summary>
/// <param name="Reason">In words.</param>
/// <param name="IsFinal">Whether it will never be otherwise.</param>
/// <param name="FullLane">The stream of the lane in which there is no place: as soon as there is, it may be otherwise. Null where nothing is full.</param>
sealed record DeskRefusal(string Reason, bool IsFinal = false, string? FullLane = null);

/// <summary>A place in a lane that nobody has and that keeps what is signed behind it waiting.</summary>
/// <param name="Account">The account.</param>
/// <param name="Place">Which place, as reservations name it: a nonce.</param>
/// <param name="Waiting">The first transfer that waits behind it.</param>
sealed record LaneGap(Address Account, string Place, string Waiting);

/// <summary>
/// A kind of chain as the saga uses it: its lanes and its network together. One adapter a kind. Everything may be asked
/// again, by two servers at once: reservations are the transfer's, and what was bound or sent stays so.
/// </summary>
interface ITransferDesk
{
    /// <summary>What transactions mean.</summary>
    ITransactionFormat Format { get; }

    /// <summary>The same desk with its lanes in another log, which begins with what is in this one: what it reserves there is reserved nowhere else.</summary>
    ITransferDesk Over(Lanes.IEventLog other);

    /// <summary>
    /// What a transaction or a message does and which signatures it takes, as nodes derive it. Of messages a desk reads what
    /// the nodes' judge of the chain reads, and one that says nothing reads none.
    /// </summary>
    /// <exception cref="FormatException">It is nothing that the chain knows, or not in its canonical encoding.</exception>
    (Effects Effects, ImmutableArray<SigningInput> Inputs) Read(PayloadForm form, ReadOnlyMemory<byte> bytes, DecodeContext context) =>
        form == PayloadForm.Transaction
            ? (Format.Decode(bytes, context), Format.GetSigningInputs(bytes, context))
            : throw new FormatException($"Messages are signed for no address of {Format.Chain}.");

    /// <summary>Verifies the signatures, and puts them together.</summary>
    /// <returns>The bytes for the network; null for a message, which goes to none.</returns>
    /// <exception cref="FormatException">As <see cref="Read"/>.</exception>
    /// <exception cref="ArgumentException">A signature is missing, superfluous, or does not verify.</exception>
    ReadOnlyMemory<byte>? Assemble(PreparedTransaction prepared, SigningWallet wallet, ImmutableArray<InputSignature> signatures) =>
        Format.Assemble(prepared.Unsigned.Bytes, wallet.Context, signatures);

    /// <summary>Keeps what a transfer needs: the same again where it has it already.</summary>
    Task<(ImmutableArray<Reservation> Reservations, DeskRefusal? Refusal)> ReserveAsync(TransferState transfer, CancellationToken cancellation);

    /// <summary>Builds on what is kept.</summary>
    /// <exception cref="ChainException">As <see cref="IChain.BuildAsync"/>.</exception>
    Task<Draft> BuildAsync(TransferState transfer, SigningWallet wallet, ImmutableArray<Reservation> reservations, CancellationToken cancellation);

    /// <summary>The same at a higher fee, or nothing, in place of a transaction.</summary>
    /// <exception cref="ChainException">It is too late, the limit on the fee too low, or the node fails.</exception>
    Task<Draft> ReplaceAsync(TransferState transfer, SigningWallet wallet, int replaced, bool cancels, CancellationToken cancellation);

    /// <summary>Whether a transaction still has what it was built on.</summary>
    Task<bool> IsHeldAsync(TransferState transfer, int transaction, CancellationToken cancellation);

    /// <summary>Says in the lane what is about to be signed.</summary>
    /// <returns>Null where it is there; else why not.</returns>
    Task<Lanes.LaneRefusal?> BindAsync(TransferState transfer, SigningWallet wallet, int transaction, CancellationToken cancellation);

    /// <summary>Says in the lane what is about to be sent, and sends it.</summary>
    /// <returns>The network's id for it.</returns>
    /// <exception cref="ChainException">As <see cref="IChain.BroadcastAsync"/>.</exception>
    Task<string> SendAsync(TransferState transfer, int transaction, CancellationToken cancellation);

    /// <summary>
    /// Where a signed transaction stands, told to the lane as well. Dead only where a final block says so: a transfer that
    /// is made anew on the strength of less can be paid twice.
    /// </summary>
    /// <exception cref="ChainException">The node fails.</exception>
    Task<TransactionStatus> LookAsync(TransferState transfer, int transaction, CancellationToken cancellation);

    /// <summary>Does in the lane what was decided about a reservation.</summary>
    Task SettleAsync(TransferState transfer, NotedReservation reservation, CancellationToken cancellation);

    /// <summary>
    /// Puts the lanes of an account in order: who holds something and has ended does without, and gaps that keep signed
    /// transactions waiting are recalled.
    /// </summary>
    /// <param name="account">The account.</param>
    /// <param name="hasEnded">Whether a holder's transfer has ended.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>The gap to fill which something must be sent from the account; null where there is none.</returns>
    Task<LaneGap?> TidyAsync(Address account, Func<string, Task<bool>> hasEnded, CancellationToken cancellation);
}
