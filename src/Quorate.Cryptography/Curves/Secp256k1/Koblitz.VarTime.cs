namespace Quorate.Cryptography.Curves;

/// <summary>Multiplication of public points by public scalars.</summary>
static partial class Koblitz<C>
{
    internal static Point<C> MultiplyVarTime(in UInt256 k, in Point<C> p) => Multiply(k, p);

    internal static Point<C> MultiplyAddBaseVarTime(in UInt256 a, in UInt256 b, in Point<C> p) =>
        Add(MultiplyBase(a), Multiply(b, p));

    internal static Point<C> SumOfProductsVarTime(ReadOnlySpan<Scalar<C>> k, ReadOnlySpan<Point<C>> p)
    {
        Point<C> sum = default;
        for (var i = 0; i < k.Length; i++)
            sum = Add(sum, Multiply(k[i].Value, p[i]));
        return sum;
    }
}
