using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Testing;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Tests.Sharing;

public sealed class LeadingShiftTests
{
    [Theory, InlineData(1), InlineData(2), InlineData(5)]
    public void Shifted_shares_lie_on_the_shifted_commitment_and_the_secret_stays(int count)
    {
        using var random = new SeededRandom(1, "shift");
        using var f = Polynomial<Secp256k1>.Random(count, random);
        using var transcript = new Transcript(Tags.FrostKeygenShift);
        var shift = LeadingShift<Secp256k1>.From(transcript.Append(f.Commit().Coefficients), count);
        var shifted = shift.Apply(f.Commit());

        if (count > 1)
            Assert.Equal(f.Commit().Constant, shifted.Constant);
        Assert.Equal(count > 1, f.Commit().Coefficients[^1] != shifted.Coefficients[^1]);
        foreach (var j in (PartyId[])[new(1), new(2), new(65535)])
        {
            using var share = f.At(j);
            Assert.Equal(shifted.AtVarTime(j), Point<Secp256k1>.MultiplyBase(share.Expose() + shift.At(j)));
        }
    }

    [Fact]
    public void A_leading_coefficient_that_was_cancelled_comes_back()
    {
        using var random = new SeededRandom(2, "shift");
        using var f = Polynomial<Secp256k1>.Random(3, random);
        var honest = f.Commit();
        var cancelled = new PolynomialCommitment<Secp256k1>([.. honest.Coefficients[..^1], Point<Secp256k1>.Identity]);
        using var transcript = new Transcript(Tags.FrostKeygenShift);
        Assert.False(LeadingShift<Secp256k1>.From(transcript.Append(honest.Coefficients), 3).Apply(cancelled).Coefficients[^1].IsIdentity);
    }
}
