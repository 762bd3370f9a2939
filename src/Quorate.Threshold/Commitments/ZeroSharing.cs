using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Commitments;

/// <summary>
/// Shares of zero without interaction: every pair holds a seed, hashes it with the session id, and one adds what the
/// other subtracts. F_Zero of DKLs23 (ePrint 2023/765). Whoever is in a pair knows its seed, so only pairs of honest
/// parties hide anything; that is all it is for.
/// </summary>
public static class ZeroSharing
{
    /// <summary>Length in bytes of a seed and of each party's contribution to it.</summary>
    public const int SeedSize = 32;

    /// <summary>The seed of two parties from both contributions, the same whoever computes it.</summary>
    public static void Seed(
        ReadOnlySpan<byte> setup, PartyId me, ReadOnlySpan<byte> mine, PartyId peer, ReadOnlySpan<byte> theirs, Span<byte> seed)
    {
        if (setup.Length != SeedSize || mine.Length != SeedSize || theirs.Length != SeedSize)
            throw new ArgumentException($"Set-up id and contributions have {SeedSize} bytes.");
        Span<byte> parties = stackalloc byte[2 * sizeof(ushort) + SeedSize];
        var low = me < peer;
        WriteParty(low ? me : peer, parties);
        WriteParty(low ? peer : me, parties[2..]);
        setup.CopyTo(parties[4..]);
        TaggedHash.HashData(Tags.ZeroSeed, seed, parties, low ? mine : theirs, low ? theirs : mine);
    }

    /// <summary>ζ of <paramref name="me"/>: over all parties of one session these add up to zero.</summary>
    /// <param name="session">32 bytes that no other session has.</param>
    /// <param name="me">Whose share.</param>
    /// <param name="peers">The other parties of the session with the seeds shared with them.</param>
    public static Secret<Scalar<C>> Share<C>(ReadOnlySpan<byte> session, PartyId me, IEnumerable<(PartyId Peer, SecretBytes Seed)> peers)
        where C : struct, ICurve<C>
    {
        ArgumentNullException.ThrowIfNull(peers);
        if (session.Length != SeedSize)
            throw new ArgumentException($"A session id has {SeedSize} bytes.", nameof(session));
        Span<byte> wide = stackalloc byte[2 * TaggedHash.Size];
        Scalar<C> sum = default;
        foreach (var (peer, seed) in peers)
        {
            // Two digests make 64 bytes, whose residue is uniform to within 2⁻²⁵⁶.
            TaggedHash.HashData(Tags.ZeroShare, wide, seed.Expose(), session, [0]);
            TaggedHash.HashData(Tags.ZeroShare, wide[TaggedHash.Size..], seed.Expose(), session, [1]);
            var term = Scalar<C>.Reduce(wide);
            sum = me < peer ? sum + term : sum - term;
        }
        CryptographicOperations.ZeroMemory(wide);
        return new(sum);
    }

    static void WriteParty(PartyId party, Span<byte> destination) =>
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(destination, party.Value);
}
