using Quorate.Cryptography.Curves;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Sharing;

/// <summary>Interpolation through the shares of a quorum (RFC 9591, section 4.2). Everything here is public.</summary>
public static class Lagrange<C> where C : struct, ICurve<C>
{
    /// <summary>
    /// λᵢ for every member of the quorum in its order: f(0) = Σ λᵢ·f(i) for every f of degree below the quorum's size.
    /// </summary>
    public static Scalar<C>[] Coefficients(PartySet quorum) => Coefficients(quorum, default);

    /// <summary>λᵢ for interpolation at <paramref name="x"/> instead of 0.</summary>
    public static Scalar<C>[] Coefficients(PartySet quorum, in Scalar<C> x)
    {
        // λᵢ = Πⱼ≠ᵢ (x − j) / (i − j); one inversion serves all denominators.
        var abscissae = quorum.Select(p => p.ToScalar<C>()).ToArray();
        var numerators = new Scalar<C>[abscissae.Length];
        var denominators = new Scalar<C>[abscissae.Length];
        for (var i = 0; i < abscissae.Length; i++)
        {
            numerators[i] = denominators[i] = Scalar<C>.One;
            for (var j = 0; j < abscissae.Length; j++)
            {
                if (i == j)
                    continue;
                numerators[i] *= x - abscissae[j];
                denominators[i] *= abscissae[i] - abscissae[j];
            }
        }
        Scalar<C>.InvertAll(denominators);
        for (var i = 0; i < numerators.Length; i++)
            numerators[i] *= denominators[i];
        return numerators;
    }
}
