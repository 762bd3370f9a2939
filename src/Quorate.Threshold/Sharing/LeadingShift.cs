using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Sharing;

/// <summary>
/// h·xᵗ⁻¹, added in public to a polynomial that several parties dealt together, with h a hash of all commitments.
/// Without it, who commits last and controls all but t − 2 of the others could cancel the leading coefficient, and so
/// lower the threshold, or make one verifying share the identity: a key that can not exist, and nobody to name for it.
/// With it, that takes a preimage. f(0) does not change; for t = 1 there is nothing to shift.
/// </summary>
readonly struct LeadingShift<C>(Scalar<C> h, int count) where C : struct, ICurve<C>
{
    /// <summary>The shift for polynomials of <paramref name="count"/> coefficients that follows from what was agreed.</summary>
    internal static LeadingShift<C> From(Transcript agreed, int count) => new(count == 1 ? Scalar<C>.Zero : agreed.Challenge<C>(), count);

    /// <summary>The commitment to f + h·xᵗ⁻¹.</summary>
    internal PolynomialCommitment<C> Apply(PolynomialCommitment<C> f)
    {
        if (count == 1)
            return f;
        var shifted = f.Coefficients.ToArray();
        shifted[^1] += Point<C>.MultiplyBase(h);
        return new(shifted);
    }

    /// <summary>h·jᵗ⁻¹, by which the share of <paramref name="party"/> grows.</summary>
    internal Scalar<C> At(PartyId party)
    {
        var shift = h;
        for (var k = 1; k < count; k++)
            shift *= party.ToScalar<C>();
        return shift;
    }
}
