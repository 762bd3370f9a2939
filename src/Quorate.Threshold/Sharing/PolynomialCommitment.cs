using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Sharing;

/// <summary>
/// Feldman's commitment to a polynomial (FOCS 1987): Φₖ = aₖ·G for every coefficient, constant first. Public, so its
/// arithmetic is variable time.
/// </summary>
public readonly struct PolynomialCommitment<C> where C : struct, ICurve<C>
{
    readonly Point<C>[]? coefficients;

    /// <summary>Takes the commitments to the coefficients, constant first.</summary>
    public PolynomialCommitment(Point<C>[] coefficients) => this.coefficients = coefficients;

    /// <summary>Number of coefficients: the threshold.</summary>
    public int Count => Coefficients.Length;

    /// <summary>Commitment to the shared secret.</summary>
    public Point<C> Constant => Coefficients[0];

    /// <summary>The commitments, constant first.</summary>
    public ReadOnlySpan<Point<C>> Coefficients => coefficients;

    /// <summary>f(party)·G = Σ partyᵏ·Φₖ. Horner's rule with small multipliers beats a general multi-scalar product here.</summary>
    public Point<C> AtVarTime(PartyId party)
    {
        var value = Coefficients[^1];
        for (var k = Count - 2; k >= 0; k--)
            value = MultiplySmallVarTime(party.Value, value) + Coefficients[k];
        return value;
    }

    /// <summary>Whether <paramref name="share"/> is f(party). The share is secret: its side is computed in constant time.</summary>
    public bool Verify(PartyId party, Secret<Scalar<C>> share) => share.MultiplyBase() == AtVarTime(party);

    /// <summary>The commitment to the sum of the committed polynomials, which all have the same number of coefficients.</summary>
    public static PolynomialCommitment<C> Sum(IEnumerable<PolynomialCommitment<C>> commitments)
    {
        Point<C>[]? sum = null;
        foreach (var commitment in commitments)
        {
            sum ??= new Point<C>[commitment.Count];
            for (var k = 0; k < sum.Length; k++)
                sum[k] += commitment.Coefficients[k];
        }
        return new(sum ?? []);
    }

    static Point<C> MultiplySmallVarTime(ushort k, in Point<C> p)
    {
        var product = p;
        for (var bit = 15 - ushort.LeadingZeroCount(k) - 1; bit >= 0; bit--)
        {
            product = C.Double(product);
            if ((k >> bit & 1) != 0)
                product += p;
        }
        return product;
    }
}
