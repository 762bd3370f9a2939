using Quorate.Policies;
using Quorate.Server.Ids;

namespace Quorate.Server.Transfers;

/// <summary>What was asked for, by whom, and until when. It never changes.</summary>
/// <param name="Id">A <see cref="ResourceKind.Transfer"/>, <see cref="ResourceKind.Transaction"/> or <see cref="ResourceKind.Signature"/>, as the subject is.</param>
/// <param name="Subject">What.</param>
/// <param name="Wallet">Whose keys sign.</param>
/// <param name="Vault">The vault the wallet is in.</param>
/// <param name="Initiator">The member who asks.</param>
/// <param name="MaxFee">The most that it may cost, with all replacements; null for messages.</param>
/// <param name="ExpiresAt">From then on nothing is approved, signed or replaced any more.</param>
/// <param name="ExternalId">The caller's own id, unique for ever; null for none.</param>
/// <param name="Note">For people and the search; null for none.</param>
sealed record TransferDraft(
    ResourceId Id, TransferSubject Subject, ResourceId Wallet, ResourceId Vault, string Initiator, MaxFee? MaxFee,
    DateTimeOffset ExpiresAt, string? ExternalId, string? Note)
{
    /// <summary>The kind of id that a subject has.</summary>
    internal static ResourceKind KindOf(TransferSubject subject) => subject switch
    {
        TransferSubject.Payment => ResourceKind.Transfer,
        TransferSubject.Unsigned => ResourceKind.Transaction,
        _ => ResourceKind.Signature,
    };
}
