using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Signatures;

public class EcdsaDerTests
{
    static readonly Arbitrary<EcdsaSignature> signatures = EdgeValues.NonZeroScalar<Secp256k1>().Two()
        .Select(pair => new EcdsaSignature(pair.Item1, pair.Item2)).ToArbitrary();

    [Fact]
    public void Every_signature_comes_back() =>
        Prop.ForAll(signatures, signature =>
        {
            var encoded = signature.EncodeDer();
            Assert.InRange(encoded.Length, 8, EcdsaSignature.MaxDerSize);
            Assert.True(EcdsaSignature.TryDecodeDer(encoded, out var decoded));
            Assert.Equal(signature, decoded);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_changed_byte_is_refused_or_is_the_one_encoding_of_another_signature() =>
        Prop.ForAll(signatures, EdgeValues.Byte.ToArbitrary(), (signature, value) =>
        {
            var encoded = signature.EncodeDer();
            for (var i = 0; i < encoded.Length; i++)
            {
                var original = encoded[i];
                foreach (var changed in new[] { value, (byte)(original ^ 0x80), (byte)(original + 1), (byte)(original - 1) })
                {
                    encoded[i] = changed;
                    if (EcdsaSignature.TryDecodeDer(encoded, out var decoded))
                        Assert.Equal(encoded, decoded.EncodeDer());
                }
                encoded[i] = original;
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_cut_and_every_addition_is_refused() =>
        Prop.ForAll(signatures, EdgeValues.Byte.ToArbitrary(), (signature, value) =>
        {
            var encoded = signature.EncodeDer();
            for (var i = 0; i < encoded.Length; i++)
            {
                Assert.False(EcdsaSignature.TryDecodeDer(encoded.AsSpan(0, i), out _));
                byte[] removed = [.. encoded[..i], .. encoded[(i + 1)..]];
                if (EcdsaSignature.TryDecodeDer(removed, out var shorter))
                    Assert.Equal(removed, shorter.EncodeDer());
                byte[] inserted = [.. encoded[..i], value, .. encoded[i..]];
                if (EcdsaSignature.TryDecodeDer(inserted, out var longer))
                    Assert.Equal(inserted, longer.EncodeDer());
            }
            Assert.False(EcdsaSignature.TryDecodeDer([.. encoded, value], out _));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Random_bytes_never_have_two_readings() =>
        Prop.ForAll(EdgeValues.Bytes(0, 5).Two().ToArbitrary(), pair =>
        {
            var (r, s) = pair;
            byte[] encoded = [0x30, (byte)(4 + r.Length + s.Length), 2, (byte)r.Length, .. r, 2, (byte)s.Length, .. s];
            if (EcdsaSignature.TryDecodeDer(encoded, out var decoded))
                Assert.Equal(encoded, decoded.EncodeDer());
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("3006020101020101", true)]
    [InlineData("300702020080020101", true)]
    [InlineData("300702010102020080", true)]
    // An empty, negative, padded or zero integer.
    [InlineData("30050200020101", false)]
    [InlineData("3006020180020101", false)]
    [InlineData("300702020001020101", false)]
    [InlineData("300702010102020001", false)]
    [InlineData("3006020100020101", false)]
    [InlineData("3006020101020100", false)]
    // Another type, a length in the long form, an indefinite length, something after the end.
    [InlineData("3106020101020101", false)]
    [InlineData("3006030101020101", false)]
    [InlineData("3006020101030101", false)]
    [InlineData("308106020101020101", false)]
    [InlineData("30070281010102 0101", false)]
    [InlineData("30800201010201010000", false)]
    [InlineData("300602010102010100", false)]
    [InlineData("300702010102010100", false)]
    [InlineData("", false)]
    public void Strictness(string encoded, bool isValid) =>
        Assert.Equal(isValid, EcdsaSignature.TryDecodeDer(Convert.FromHexString(encoded.Replace(" ", "", StringComparison.Ordinal)), out _));

    [Fact]
    public void A_number_not_below_n_is_refused()
    {
        var order = Convert.FromHexString("00FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141");
        byte[] r = [0x30, 38, 2, 33, .. order, 2, 1, 1];
        byte[] s = [0x30, 38, 2, 1, 1, 2, 33, .. order];
        Assert.False(EcdsaSignature.TryDecodeDer(r, out _));
        Assert.False(EcdsaSignature.TryDecodeDer(s, out _));
        r[36]--;
        s[39]--;
        Assert.True(EcdsaSignature.TryDecodeDer(r, out _));
        Assert.True(EcdsaSignature.TryDecodeDer(s, out _));
    }

    [Fact]
    public void A_number_of_33_significant_bytes_is_refused() =>
        Assert.False(EcdsaSignature.TryDecodeDer([0x30, 38, 2, 33, 1, .. new byte[32], 2, 1, 1], out _));

    [Fact]
    public void What_can_not_be_written_is_refused()
    {
        var signature = new EcdsaSignature(Scalar<Secp256k1>.One, Scalar<Secp256k1>.One);
        Assert.Throws<ArgumentException>(() => signature.EncodeDer(new byte[7]));
        Assert.Equal(8, signature.EncodeDer(new byte[8]));
        Assert.Throws<InvalidOperationException>(() => default(EcdsaSignature).EncodeDer());
    }
}
