using System.Text.Json;
using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Tests.Frost;

/// <summary>RFC 9591, appendix E, at every intermediate value, first function by function and then through sessions.</summary>
public sealed class Rfc9591VectorTests
{
    [Fact]
    public void Ed25519_functions_give_every_intermediate_value() => new Vectors<Ed25519>(FrostSuite.Ed25519, "ed25519").CheckFunctions();

    [Fact]
    public void Secp256k1_functions_give_every_intermediate_value() => new Vectors<Secp256k1>(FrostSuite.Secp256k1, "secp256k1").CheckFunctions();

    [Fact]
    public void Ed25519_sessions_give_the_vectors_messages_and_signature() => new Vectors<Ed25519>(FrostSuite.Ed25519, "ed25519").CheckSessions();

    [Fact]
    public void Secp256k1_sessions_give_the_vectors_messages_and_signature() => new Vectors<Secp256k1>(FrostSuite.Secp256k1, "secp256k1").CheckSessions();

    sealed class Vectors<C> where C : struct, ICurve<C>
    {
        readonly FrostSuite<C> suite;
        readonly JsonElement json, inputs;
        readonly byte[] message;
        readonly int t;
        readonly PartySet quorum;
        readonly PublicKeyPackage<C> package;

        internal Vectors(FrostSuite<C> suite, string folder)
        {
            this.suite = suite;
            json = VectorFile.Read($"frost/{folder}/vectors.json");
            inputs = json.GetProperty("inputs");
            message = inputs.Hex("message");
            t = Number(json.GetProperty("config"), "MIN_PARTICIPANTS");
            quorum = new(inputs.Integers("participant_list").Select(i => new PartyId(i)));
            var n = Number(json.GetProperty("config"), "MAX_PARTICIPANTS");
            using var f = Polynomial();
            package = new(
                suite.Scheme, KeyOrigin.Imported, 0, t, PartySet.Range(n), f.Commit().Constant,
                PartySet.Range(n).Select(f.Commit().AtVarTime), new byte[32]);
            Assert.Equal(inputs.Hex("verifying_key_key"), package.GroupKey.Encode());
        }

        internal void CheckFunctions()
        {
            using var f = Polynomial();
            foreach (var participant in inputs.GetProperty("participant_shares").EnumerateArray())
            {
                using var share = f.At(new(participant.GetProperty("identifier").GetInt32()));
                Assert.Equal(participant.Hex("participant_share"), share.Expose().Encode());
            }

            // Round one: nonces from randomness, commitments from nonces.
            var one = Outputs("round_one_outputs");
            var nonces = one.Select(o =>
            {
                using var share = f.At(Id(o));
                var hiding = SigningNonces<C>.NonceGenerate(suite, share, new FixedRandom(o.Hex("hiding_nonce_randomness")));
                var binding = SigningNonces<C>.NonceGenerate(suite, share, new FixedRandom(o.Hex("binding_nonce_randomness")));
                Assert.Equal(o.Hex("hiding_nonce"), hiding.Expose().Encode());
                Assert.Equal(o.Hex("binding_nonce"), binding.Expose().Encode());
                return new SigningNonces<C>(hiding, binding, Id(o), package);
            }).ToArray();
            var commitments = nonces.Select(n => n.Commitments).ToArray();
            Assert.Equal(one.Select(o => Convert.ToHexString(o.Hex("hiding_nonce_commitment"))), commitments.Select(c => Convert.ToHexString(c.Hiding.Encode())));
            Assert.Equal(one.Select(o => Convert.ToHexString(o.Hex("binding_nonce_commitment"))), commitments.Select(c => Convert.ToHexString(c.Binding.Encode())));

            // Binding factors: the input piece by piece, then the hash, then the function that does both.
            var list = Rfc9591<C>.EncodeGroupCommitmentList(quorum, commitments);
            byte[] prefix = [.. package.GroupKey.Encode(), .. Hash(suite.H4, message), .. Hash(suite.H5, list)];
            var rho = Rfc9591<C>.ComputeBindingFactors(suite, package.GroupKey, quorum, commitments, message);
            for (var i = 0; i < quorum.Count; i++)
            {
                Assert.Equal(one[i].Hex("binding_factor_input"), (byte[])[.. prefix, .. quorum[i].ToScalar<C>().Encode()]);
                Assert.Equal(one[i].Hex("binding_factor"), suite.H1(one[i].Hex("binding_factor_input")).Encode());
                Assert.Equal(one[i].Hex("binding_factor"), rho[i].Encode());
            }

            // Round two: signature shares; each verifies against its signer and no other.
            var R = Rfc9591<C>.ComputeGroupCommitment(commitments, rho);
            var c = Rfc9591<C>.ComputeChallenge(suite, R, package.GroupKey, message);
            var lambda = Lagrange<C>.Coefficients(quorum);
            var sum = Scalar<C>.Zero;
            var two = Outputs("round_two_outputs");
            for (var i = 0; i < quorum.Count; i++)
            {
                using var share = f.At(quorum[i]);
                var (d, e) = nonces[i].Take();
                var z = d.Expose() + e.Expose() * rho[i] + lambda[i] * share.Expose() * c;
                Assert.Equal(two[i].Hex("sig_share"), z.Encode());
                for (var j = 0; j < quorum.Count; j++)
                    Assert.Equal(i == j, Rfc9591<C>.VerifySignatureShare(z, commitments[j], rho[j], c, lambda[j], package.VerifyingShare(quorum[j])));
                sum += z;
                d.Dispose();
                e.Dispose();
            }
            Assert.Equal(json.GetProperty("final_output").Hex("sig"), new SchnorrSignature<C>(R, sum).Encode());
        }

        internal void CheckSessions()
        {
            using var f = Polynomial();
            using var simulation = new Simulation(1);
            Dictionary<PartyId, byte[]> commitments = [], shares = [];
            simulation.With(message =>
            {
                (WireTap.RoundOf(message.Bytes).Round == 1 ? commitments : shares)[message.From] = Frame.Read(message.Bytes).Payload.ToArray();
                return [message.Bytes];
            });
            foreach (var o in Outputs("round_one_outputs"))
            {
                var random = new FixedRandom([.. o.Hex("hiding_nonce_randomness"), .. o.Hex("binding_nonce_randomness")]);
                var share = new KeyShare<C>(Id(o), f.At(Id(o)), package);
                simulation.Add(new FrostSign<C>(suite, FrostRuns.Id(1), share, quorum, message, random).Start());
            }
            simulation.Run();
            foreach (var o in Outputs("round_one_outputs"))
                Assert.Equal([.. o.Hex("hiding_nonce_commitment"), .. o.Hex("binding_nonce_commitment")], commitments[Id(o)]);
            foreach (var o in Outputs("round_two_outputs"))
                Assert.Equal(o.Hex("sig_share"), shares[Id(o)]);
            foreach (var signature in simulation.Outputs<SchnorrSignature<C>>())
            {
                Assert.Equal(json.GetProperty("final_output").Hex("sig"), signature.Encode());
                Assert.True(signature.Verify(suite, package.GroupKey, message));
                Assert.True(SchnorrSignature<C>.TryDecode(signature.Encode(), out var decoded));
                Assert.Equal(signature, decoded);
            }
        }

        Polynomial<C> Polynomial() => Polynomial<C>.FromCoefficients(
            [Scalar<C>.Decode(inputs.Hex("group_secret_key")), .. inputs.HexList("share_polynomial_coefficients").Select(a => Scalar<C>.Decode(a))]);

        JsonElement[] Outputs(string round) => [.. json.GetProperty(round).GetProperty("outputs").EnumerateArray()];

        delegate void HashFunction(ReadOnlySpan<byte> m, Span<byte> destination);

        byte[] Hash(HashFunction h, ReadOnlySpan<byte> m)
        {
            var digest = new byte[suite.HashSize];
            h(m, digest);
            return digest;
        }

        static PartyId Id(JsonElement element) => new(element.GetProperty("identifier").GetInt32());

        static int Number(JsonElement element, string property) =>
            int.Parse(element.GetProperty(property).GetString()!, System.Globalization.CultureInfo.InvariantCulture);
    }
}
