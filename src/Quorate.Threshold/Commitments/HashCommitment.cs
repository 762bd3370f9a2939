using System.Security.Cryptography;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Commitments;

/// <summary>
/// Commitment to bytes by a hash over context, committer, salt and bytes: hiding and binding in the random-oracle model.
/// Somebody else's commitment can not be copied, because the committer is part of it.
/// </summary>
public static class HashCommitment
{
    /// <summary>Length in bytes of a commitment, and of the salt that opens it.</summary>
    public const int Size = 32;

    /// <summary>Commits to <paramref name="value"/> under a fresh salt, which stays secret until the opening.</summary>
    public static (byte[] Commitment, byte[] Salt) Commit(
        ReadOnlySpan<byte> context, PartyId committer, ReadOnlySpan<byte> value, IRandom random)
    {
        ArgumentNullException.ThrowIfNull(random);
        var salt = new byte[Size];
        random.Fill(salt);
        return (Compute(context, committer, salt, value), salt);
    }

    /// <summary>Whether <paramref name="salt"/> and <paramref name="value"/> open the commitment.</summary>
    public static bool Verify(
        ReadOnlySpan<byte> commitment, ReadOnlySpan<byte> context, PartyId committer, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> value) =>
        salt.Length == Size && CryptographicOperations.FixedTimeEquals(commitment, Compute(context, committer, salt, value));

    static byte[] Compute(ReadOnlySpan<byte> context, PartyId committer, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> value)
    {
        using var transcript = new Transcript(Tags.Commitment);
        return transcript.Append(context).Append(committer.Value).Append(salt).Append(value).Digest();
    }
}
