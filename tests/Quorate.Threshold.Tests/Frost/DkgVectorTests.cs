using System.Text.Json;
using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Tests.Frost;

/// <summary>
/// The key generation vectors of ZF FROST. Their proofs of knowledge are bound to no session, so they are verified with
/// an empty context; everything else goes through sessions as well.
/// </summary>
public sealed class DkgVectorTests
{
    [Fact]
    public void Ed25519_building_blocks_give_every_value() => new Vectors<Ed25519>(FrostSuite.Ed25519, "ed25519").CheckBuildingBlocks();

    [Fact]
    public void Secp256k1_building_blocks_give_every_value() => new Vectors<Secp256k1>(FrostSuite.Secp256k1, "secp256k1").CheckBuildingBlocks();

    [Fact]
    public void Ed25519_sessions_give_the_vectors_key() => new Vectors<Ed25519>(FrostSuite.Ed25519, "ed25519").CheckSessions();

    [Fact]
    public void Secp256k1_sessions_give_the_vectors_key() => new Vectors<Secp256k1>(FrostSuite.Secp256k1, "secp256k1").CheckSessions();

    sealed class Vectors<C>(FrostSuite<C> suite, string folder) where C : struct, ICurve<C>
    {
        readonly JsonElement inputs = VectorFile.Read($"frost/{folder}/vectors_dkg.json").GetProperty("inputs");
        readonly PartySet parties = PartySet.Range(3);

        JsonElement Of(PartyId party) => inputs.GetProperty($"{party.Value}");

        Scalar<C> Secret(PartyId party) => Scalar<C>.Decode(Of(party).Hex("signing_key"));

        Scalar<C> Coefficient(PartyId party) => Scalar<C>.Decode(Of(party).Hex("coefficient"));

        internal void CheckBuildingBlocks()
        {
            List<PolynomialCommitment<C>> commitments = [];
            foreach (var i in parties)
            {
                using var f = Polynomial<C>.FromCoefficients([Secret(i), Coefficient(i)]);
                var phi = f.Commit();
                commitments.Add(phi);
                Assert.Equal(Of(i).HexList("vss_commitments"), phi.Coefficients.ToArray().Select(p => p.Encode()));

                var encoded = Of(i).Hex("proof_of_knowledge");
                var proof = new ProofOfPossession<C>(Point<C>.Decode(encoded.AsSpan(0, C.PointSize)), Scalar<C>.Decode(encoded.AsSpan(C.PointSize)));
                Assert.True(proof.Verify(suite, [], i, phi.Constant));
                Assert.False(proof.Verify(suite, [0], i, phi.Constant));
                Assert.False(proof.Verify(suite, [], new(i.Value + 1), phi.Constant));
                Assert.False(proof.Verify(suite, [], i, phi.Constant + Point<C>.G));
                Assert.False((proof with { Mu = proof.Mu + Scalar<C>.One }).Verify(suite, [], i, phi.Constant));
                Assert.False((proof with { R = proof.R + Point<C>.G }).Verify(suite, [], i, phi.Constant));

                // "signing_shares" of i are those that i received, by sender.
                foreach (var l in parties.Except(i))
                {
                    using var g = Polynomial<C>.FromCoefficients([Secret(l), Coefficient(l)]);
                    using var share = g.At(i);
                    Assert.Equal(Of(i).GetProperty("signing_shares").Hex($"{l.Value}"), share.Expose().Encode());
                    Assert.True(g.Commit().Verify(i, share));
                    Assert.False(phi.Verify(i, share));
                }
            }
            var sum = PolynomialCommitment<C>.Sum(commitments);
            Assert.Equal(inputs.Hex("verifying_key"), sum.Constant.Encode());
            foreach (var i in parties)
                Assert.Equal(Of(i).Hex("verifying_share"), sum.AtVarTime(i).Encode());
        }

        internal void CheckSessions()
        {
            using var simulation = new Simulation(1);
            foreach (var i in parties)
                simulation.Add(new FrostKeygen<C>(suite, FrostRuns.Id(1), i, parties, 2, new FixedRandom(
                    [.. Wide(Secret(i)), .. Wide(Coefficient(i)), .. Enumerable.Repeat((byte)i.Value, 32 + 48)])).Start());
            var shares = simulation.Run().Outputs<KeyShare<C>>();

            // Our one deviation: every share i grows by h·i, with the h that all parties derive from the commitments.
            var h = shares[0].SigningShare.Expose() - Scalar<C>.Decode(Of(new(1)).Hex("signing_share"));
            Assert.False(h.IsZero);
            foreach (var share in shares)
            {
                Assert.Equal(inputs.Hex("verifying_key"), share.Package.GroupKey.Encode());
                var shift = h * share.Me.ToScalar<C>();
                Assert.Equal(Of(share.Me).Hex("signing_share"), (share.SigningShare.Expose() - shift).Encode());
                foreach (var j in parties)
                    Assert.Equal(
                        Of(j).Hex("verifying_share"),
                        (share.Package.VerifyingShare(j) - Point<C>.MultiplyBase(h * j.ToScalar<C>())).Encode());
                share.Dispose();
            }
        }

        /// <summary>48 random bytes that reduce to this scalar.</summary>
        static byte[] Wide(in Scalar<C> scalar)
        {
            var padding = new byte[16];
            return C.IsLittleEndian ? [.. scalar.Encode(), .. padding] : [.. padding, .. scalar.Encode()];
        }
    }
}
