using System.Text.Json;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Threshold.Frost.Bip340;
using Xunit.Abstractions;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.Tests.Bip340;

/// <summary>Every case of the vectors published with BIP 445.</summary>
public class Bip445VectorTests(ITestOutputHelper output)
{
    [Fact]
    public void Nonce_generation_gives_the_published_nonces()
    {
        var cases = VectorFile.Read("bip445/nonce_gen.json").GetProperty("valid_tests");
        foreach (var test in cases.EnumerateArray())
        {
            using var share = test.IsNull("secshare") ? null : new Secret<Scalar>(Scalar.Decode(test.Hex("secshare")));
            using var nonce = Bip445.NonceGen(new FixedRandom(test.Hex("rand_")), new NonceInputs
            {
                SecretShare = share,
                PublicShare = test.IsNull("pubshare") ? null : Point.Decode(test.Hex("pubshare")),
                Key = test.IsNull("thresh_pk") ? null : LiftX(test.Hex("thresh_pk")),
                Message = test.IsNull("msg") ? null : test.Hex("msg"),
                Extra = test.IsNull("extra_in") ? [] : test.Hex("extra_in"),
            });
            var expected = test.HexList("expected");
            Assert.Equal(expected[1], nonce.Public.Encode());
            var (k1, k2) = nonce.Take();
            byte[] secret = [.. k1.Expose().Encode(), .. k2.Expose().Encode()];
            Assert.Equal(expected[0], secret);
        }
        Assert.Equal(5, cases.GetArrayLength());
    }

    [Fact]
    public void Nonce_aggregation_gives_the_published_sums_and_blames_the_published_signers()
    {
        var file = VectorFile.Read("bip445/nonce_agg.json");
        foreach (var test in file.GetProperty("valid_tests").EnumerateArray())
        {
            var sum = Bip445.NonceAgg(new SigningCase(file, test).PublicNonces());
            Assert.Equal(test.Hex("expected"), sum.Encode());
            Assert.True(AggregateNonce.TryDecode(test.Hex("expected"), out var decoded));
            Assert.Equal(sum, decoded);
        }
        foreach (var test in file.GetProperty("error_tests").EnumerateArray())
            new SigningCase(file, test).AssertError(() => new SigningCase(file, test).PublicNonces());
        Assert.Equal((2, 3), (file.GetProperty("valid_tests").GetArrayLength(), file.GetProperty("error_tests").GetArrayLength()));
    }

    public static TheoryData<string, string, int> Counts => new()
    {
        { "sign_verify", "valid_tests", 25 },
        { "sign_verify", "sign_error_tests", 48 },
        { "sign_verify", "verify_fail_tests", 12 },
        { "sign_verify", "verify_error_tests", 8 },
        { "tweak", "valid_tests", 28 },
        { "tweak", "error_tests", 16 },
        { "det_sign", "valid_tests", 33 },
        { "det_sign", "error_tests", 48 },
    };

    [Theory, MemberData(nameof(Counts))]
    public void No_case_is_left_out(string file, string kind, int count) => Assert.Equal(count, Cases(file, kind).Count);

    [Theory]
    [InlineData("sign_verify")]
    [InlineData("tweak")]
    public void Signing_gives_the_published_partial_signatures_which_verify(string file)
    {
        foreach (var test in Cases(file, "valid_tests"))
        {
            Assert.True(test.Expected.Hex().AsSpan().SequenceEqual(test.Sign()), test.Name);

            var session = test.SessionOfPublicNonces();
            var mine = Array.IndexOf(test.Ids, test.Me);
            Assert.True(Bip445.PartialSigVerify(Scalar.Decode(test.Expected.Hex()), test.PublicNonces()[mine], test.Me, session), test.Name);
        }
    }

    [Theory]
    [InlineData("sign_verify", "sign_error_tests")]
    [InlineData("tweak", "error_tests")]
    public void Signing_fails_where_the_vectors_say_so(string file, string kind)
    {
        foreach (var test in Cases(file, kind))
            test.AssertError(() => test.Sign());
    }

    [Fact]
    public void Verification_rejects_the_published_forgeries()
    {
        foreach (var test in Cases("sign_verify", "verify_fail_tests"))
        {
            var nonces = test.PublicNonces();
            var session = test.SessionOfPublicNonces();
            Assert.False(
                Record.Exception(() => test.PartialSignature()) is null
                && Bip445.PartialSigVerify(test.PartialSignature(), nonces[test.SignerIndex], test.Ids[test.SignerIndex], session),
                test.Name);
        }
    }

    [Fact]
    public void Verification_fails_where_the_vectors_say_so()
    {
        foreach (var test in Cases("sign_verify", "verify_error_tests"))
            test.AssertError(() => test.SessionOfPublicNonces());
    }

    [Fact]
    public void The_last_signer_signs_deterministically_as_published()
    {
        foreach (var test in Cases("det_sign", "valid_tests"))
        {
            var (nonce, signature) = test.DeterministicSign();
            Assert.Equal([test.Expected[0].GetString()!, test.Expected[1].GetString()!], [Convert.ToHexString(nonce), Convert.ToHexString(signature)]);
        }
    }

    [Fact]
    public void The_last_signer_fails_where_the_vectors_say_so()
    {
        foreach (var test in Cases("det_sign", "error_tests"))
            test.AssertError(() => test.DeterministicSign());
    }

    [Fact]
    public void Aggregation_gives_the_published_signatures_where_those_vectors_are_at_hand()
    {
        if (!SharedVectors.TryReadJson("bip445/sig_agg.json", out var file, out var reason))
        {
            output.WriteLine(reason);
            return;
        }
        foreach (var test in Cases(file, "valid_tests"))
            Assert.Equal(test.Expected.Hex(), Bip445.PartialSigAgg(test.PartialSignatures(), test.Session()).Encode());
        foreach (var test in Cases(file, "error_tests"))
            test.AssertError(() => Bip445.PartialSigAgg(test.PartialSignatures(), test.Session()));
    }

    static List<SigningCase> Cases(string file, string kind) => Cases(VectorFile.Read($"bip445/{file}.json"), kind);

    static List<SigningCase> Cases(JsonElement file, string kind) =>
    [
        .. from g in file.GetProperty("test_groups").EnumerateArray()
           from test in g.GetProperty(kind).EnumerateArray()
           select new SigningCase(g, test),
    ];

    static Point LiftX(byte[] x) => Secp256k1Points.TryLiftX(x, out var p) ? p : throw new FormatException("Not an x coordinate.");
}
