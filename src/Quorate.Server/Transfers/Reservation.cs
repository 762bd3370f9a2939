using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Quorate.Chains;
using Quorate.Server.Recording;

namespace Quorate.Server.Transfers;

/// <summary>What kind of thing is kept for a transfer.</summary>
[JsonConverter(typeof(SnakeCase<ReservationKind>))]
enum ReservationKind
{
    /// <summary>A nonce of an account's lane.</summary>
    Nonce = 1,

    /// <summary>Outputs to be spent.</summary>
    Coins = 2,

    /// <summary>An amount that is no longer available.</summary>
    Funds = 3,

    /// <summary>What a message lives by: a durable nonce, or a recent blockhash with the blocks it is good for.</summary>
    Lifetime = 4,
}

/// <summary>Something that is kept for a transfer, elsewhere: the transfer notes it, so that it is given back or used up whatever happens.</summary>
/// <param name="Id">Chosen by whoever reserves; unique in the transfer.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Lane">Where it is kept: the name of the lane.</param>
/// <param name="Slots">Which places there: a nonce, outpoints, a lifetime's value and window.</param>
/// <param name="Asset">Of what it keeps something, where it keeps an amount.</param>
/// <param name="Amount">How much of it.</param>
sealed record Reservation(
    string Id, ReservationKind Kind, string Lane, ImmutableArray<string> Slots, AssetId? Asset = null, Amount? Amount = null)
{
    /// <summary>Whether it is the same reservation of the same things.</summary>
    public bool Equals(Reservation? other) =>
        other is not null && Id == other.Id && Kind == other.Kind && Lane == other.Lane && Slots.SequenceEqual(other.Slots)
        && Asset == other.Asset && Amount == other.Amount;

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode(StringComparison.Ordinal);
}

/// <summary>What is to become of a reservation.</summary>
[JsonConverter(typeof(SnakeCase<ReservationOutcome>))]
enum ReservationOutcome
{
    /// <summary>Free again: nothing that used it was ever signed, or what was can never confirm.</summary>
    Release = 1,

    /// <summary>
    /// Free as far as the transfer goes, but a signature that uses it may exist: whoever keeps it asks the chain, fills the
    /// gap or spends it otherwise, before anything relies on it.
    /// </summary>
    ReleaseExposed = 2,

    /// <summary>Used up on the chain, for good.</summary>
    Consume = 3,
}

/// <summary>A reservation and what has become of it.</summary>
/// <param name="Reservation">What is kept.</param>
/// <param name="Outcome">What is to be done with it; null while the transfer needs it.</param>
/// <param name="IsSettled">Whether that has been done.</param>
sealed record NotedReservation(Reservation Reservation, ReservationOutcome? Outcome = null, bool IsSettled = false)
{
    /// <summary>Whether the transfer still needs it.</summary>
    internal bool IsHeld => Outcome is null;

    /// <summary>Whether something is to be done where it is kept.</summary>
    internal bool IsDue => Outcome is not null && !IsSettled;
}
