using Quorate.Policies;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Vault;

/// <summary>What is known of a key without opening it.</summary>
/// <param name="Id">See <see cref="KeyId"/>.</param>
/// <param name="Scheme">What it is used for.</param>
/// <param name="Epoch">Of the sharing in force.</param>
/// <param name="NextEpoch">The lowest epoch that this node takes for a new sharing.</param>
/// <param name="Party">Who this node is in it.</param>
/// <param name="Threshold">How many sign.</param>
/// <param name="SignsFrom">
/// The epoch from which on it signs, where it was restored from a backup and needs new pairwise set-ups first; null where
/// it signs as it is.
/// </param>
public sealed record KeyEntry(Digest Id, KeyScheme Scheme, uint Epoch, uint NextEpoch, PartyId Party, int Threshold, uint? SignsFrom)
{
    internal static KeyEntry Of(RecordHeader header, uint? signsFrom) => new(
        header.Subject, (KeyScheme)header.Scheme, header.Epoch, header.NextEpoch, new(header.Party), header.Threshold,
        signsFrom > header.Epoch ? signsFrom : null);
}
