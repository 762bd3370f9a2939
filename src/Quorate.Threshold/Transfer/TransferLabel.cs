using Quorate.Cryptography.Hashing;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Transfer;

/// <summary>
/// What a batch of transfers is bound to: the set-up it belongs to, who sends and who receives. Both parties of a pair
/// send to each other, and the two directions never share a hash.
/// </summary>
static class TransferLabel
{
    /// <summary>32 bytes for transfers from <paramref name="sender"/> to <paramref name="receiver"/> within a set-up or session.</summary>
    internal static byte[] Create(ReadOnlySpan<byte> subject, PartyId sender, PartyId receiver)
    {
        using var transcript = new Transcript(Tags.TransferLabel);
        return transcript.Append(subject).Append(sender.Value).Append(receiver.Value).Digest();
    }
}
