using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Signatures;

public class ConnectionProofTests
{
    [Fact]
    public void A_proof_is_good_for_its_key_verifier_and_challenge_alone()
    {
        using var random = new SeededRandom(1, "connection");
        using var key = Ed25519Key.Generate(random);
        using var other = Ed25519Key.Generate(random);
        byte[] challenge = new byte[32], fresh = new byte[32];
        random.Fill(challenge);
        random.Fill(fresh);
        var proof = ConnectionProof.Sign(key, "relay", challenge);

        Assert.True(ConnectionProof.Verify(key.EncodedPublicKey, "relay", challenge, proof));
        Assert.False(ConnectionProof.Verify(other.EncodedPublicKey, "relay", challenge, proof));
        Assert.False(ConnectionProof.Verify(key.EncodedPublicKey, "relay2", challenge, proof));
        Assert.False(ConnectionProof.Verify(key.EncodedPublicKey, "relay", fresh, proof));
        Assert.False(ConnectionProof.Verify(key.EncodedPublicKey, "relay", challenge, proof.AsSpan(1)));
        Assert.False(ConnectionProof.Verify(key.EncodedPublicKey, "relay", challenge.AsSpan(1), proof));
        Assert.Throws<ArgumentException>(() => ConnectionProof.Sign(key, "relay", challenge.AsSpan(1)));
    }
}
