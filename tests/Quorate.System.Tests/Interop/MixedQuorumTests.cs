using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Testing.Interop;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.System.Tests.Interop;

/// <summary>
/// RFC 9591 means the same to two implementations: a key dealt by the other one, a quorum of one party of ours and one of
/// theirs, and a signature that both accept.
/// </summary>
public class MixedQuorumTests
{
    static readonly PartyId ours = new(1), theirs = new(3);

    [Fact]
    public void One_of_ours_and_one_of_theirs_sign_with_ed25519()
    {
        var (key, signature) = SignTogether(NobleFrost.Ed25519, FrostSuite.Ed25519, "mixed"u8.ToArray());

        Assert.True(Noble.Ed25519Verify(key, "mixed"u8, signature));
    }

    [Fact]
    public void One_of_ours_and_one_of_theirs_sign_with_secp256k1()
    {
        var (key, signature) = SignTogether(NobleFrost.Secp256k1, FrostSuite.Secp256k1, "mixed"u8.ToArray());

        Assert.True(NobleFrost.Secp256k1.Verify(key, "mixed"u8, signature));
        Assert.False(NobleFrost.Secp256k1.Verify(key, "other"u8, signature));
    }

    static (byte[] Key, byte[] Signature) SignTogether<C>(NobleFrost noble, FrostSuite<C> suite, byte[] message) where C : struct, ICurve<C>
    {
        var dealt = noble.Deal(threshold: 2, parties: 3);
        using var share = Import(suite, dealt[ours.Value - 1]);
        var signer = noble.Commit(dealt[theirs.Value - 1]);
        using var session = new FrostSign<C>(suite, FrostRuns.Id(1), share, new([ours, theirs]), message, SystemRandom.Shared).Start();

        // Their frame is ours with their message inside: the context is the session's, and both confirm the same round 1.
        var frame1 = Frame(session);
        var mine = Read<FrostSign<C>.Commitments>(frame1).Value;
        var yours = signer.Commitment;
        session.Receive(theirs, WireTap.Replace<FrostSign<C>.Commitments>(
            frame1, _ => new(new(Point<C>.Decode(yours.Hiding), Point<C>.Decode(yours.Binding)))));

        NobleCommitment[] commitments = [new(ours.Value, mine.Hiding.Encode(), mine.Binding.Encode()), yours];
        var frame2 = Frame(session);
        var z = Read<FrostSign<C>.SignatureShare>(frame2).Z.Encode();
        Assert.True(noble.VerifyShare(dealt[0].Public, commitments, message, ours.Value, z));
        session.Receive(theirs, WireTap.Replace<FrostSign<C>.SignatureShare>(
            frame2, _ => new(Scalar<C>.Decode(signer.Sign(commitments, message)))));

        Assert.Null(session.Abort);
        return (dealt[0].Public.GroupKey, session.TakeOutput().Encode());
    }

    static KeyShare<C> Import<C>(FrostSuite<C> suite, NobleKey key) where C : struct, ICurve<C>
    {
        var parties = PartySet.Range(key.Public.Parties);
        var package = new PublicKeyPackage<C>(
            suite.Scheme, KeyOrigin.Imported, epoch: 0, key.Public.Threshold, parties, Point<C>.Decode(key.Public.GroupKey),
            parties.Select(p => Point<C>.Decode(key.Public.VerifyingShares[p.Value])), new byte[32]);
        return new(new(key.Party), new(Scalar<C>.Decode(key.Share)), package);
    }

    static byte[] Frame(Session session) => Assert.Single(session.TakeOutgoing()).Bytes.ToArray();

    static M Read<M>(byte[] frame) where M : class, IMessage<M>
    {
        M? read = null;
        WireTap.Replace<M>(frame, message => read = message);
        return read!;
    }
}
