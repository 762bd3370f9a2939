using System.Text.Json.Serialization;
using Quorate.Server.Recording;

namespace Quorate.Server.Transfers;

/// <summary>
/// Where a transfer, a transaction or a signature stands, as the API shows it. docs/states.md has every way from one to
/// another, generated from the code.
/// </summary>
[JsonConverter(typeof(SnakeCase<TransferStatus>))]
enum TransferStatus
{
    /// <summary>Written down; nothing has been asked or reserved.</summary>
    Draft = 1,

    /// <summary>Being planned: reserved, built, and shown to the policy.</summary>
    PendingPolicy = 2,

    /// <summary>Approvals are gathered.</summary>
    PendingApproval = 3,

    /// <summary>The policy says yes to what was gathered.</summary>
    Approved = 4,

    /// <summary>Waits for its turn, or for another try, to be signed.</summary>
    Queued = 5,

    /// <summary>Nodes are signing.</summary>
    Signing = 6,

    /// <summary>There are signatures. The end for a message; a transaction is handed to the network next.</summary>
    Signed = 7,

    /// <summary>The network has it, in no block.</summary>
    Broadcast = 8,

    /// <summary>In a block, with fewer confirmations than asked for.</summary>
    Confirming = 9,

    /// <summary>As many confirmations as asked for.</summary>
    Confirmed = 10,

    /// <summary>Can not go back any more.</summary>
    Finalized = 11,

    /// <summary>A policy said no.</summary>
    Denied = 12,

    /// <summary>An approver said no.</summary>
    Rejected = 13,

    /// <summary>Its time ran out before it was on the network.</summary>
    Expired = 14,

    /// <summary>Taken back: before it was on the network, or by a cancelling transaction that is final.</summary>
    Cancelled = 15,

    /// <summary>Something that is not of this transfer took its place on the chain.</summary>
    Replaced = 16,

    /// <summary>None of its transactions can ever confirm.</summary>
    Dropped = 17,

    /// <summary>It could not be done, or the chain carried it out without effect.</summary>
    Failed = 18,
}

/// <summary>What is special about a status, where something is.</summary>
enum SubStatus
{
    None = 0,

    /// <summary>An earlier try to sign failed.</summary>
    RetryingSignature = 1,

    /// <summary>Given to the network, which has not said yes or no yet.</summary>
    Broadcasting = 2,

    /// <summary>The network refused it for good.</summary>
    BroadcastRefused = 3,

    /// <summary>A replacement with a higher fee is being made.</summary>
    Replacing = 4,

    /// <summary>A cancelling transaction is being made or on its way.</summary>
    Cancelling = 5,

    /// <summary>The network does not show it any more.</summary>
    Missing = 6,

    /// <summary>A reorganisation took it back.</summary>
    Reorganised = 7,

    /// <summary>In a block without effect; final when that can not go back.</summary>
    Reverted = 8,

    /// <summary>No transaction of it can confirm; it is to be made anew, or given up.</summary>
    Lapsed = 9,
}
