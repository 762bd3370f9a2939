using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Frost;

public sealed class FrostHonestTests
{
    public static TheoryData<int, int> UpToFive()
    {
        var data = new TheoryData<int, int>();
        for (var n = 1; n <= 5; n++)
            for (var t = 1; t <= n; t++)
                data.Add(t, n);
        return data;
    }

    [Theory, MemberData(nameof(UpToFive))]
    public void Any_t_of_n_generates_a_key_and_signs_with_ed25519(int t, int n) => GenerateAndSign(FrostSuite.Ed25519, t, n);

    [Theory, MemberData(nameof(UpToFive))]
    public void Any_t_of_n_generates_a_key_and_signs_with_secp256k1(int t, int n) => GenerateAndSign(FrostSuite.Secp256k1, t, n);

    static void GenerateAndSign<C>(FrostSuite<C> suite, int t, int n) where C : struct, ICurve<C>
    {
        var message = "a message"u8.ToArray();
        var shares = FrostRuns.Key(suite, (ulong)(100 * n + t), t, PartySet.Range(n));
        var package = shares.Values.First().Package;
        Assert.All(shares.Values, s => Assert.Equal(package, s.Package));

        var quorum = new PartySet(PartyId.Range(n).TakeLast(t));
        using var signing = FrostRuns.Sign(suite, 7, shares, quorum, message).Run();
        var signatures = signing.Outputs<SchnorrSignature<C>>();
        Assert.All(signatures, s => Assert.Equal(signatures[0], s));
        Assert.True(signatures[0].Verify(suite, package.GroupKey, message));
        Assert.False(signatures[0].Verify(suite, package.GroupKey, "another message"u8));
    }
}
