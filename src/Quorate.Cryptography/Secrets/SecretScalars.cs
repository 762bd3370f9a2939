using System.Security.Cryptography;
using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Secrets;

/// <summary>Arithmetic on secret scalars that reads as in the papers, and their sampling.</summary>
public static class SecretScalars
{
    extension<C>(Secret<Scalar<C>>) where C : struct, ICurve<C>
    {
        /// <summary>A uniform non-zero scalar: 48 random bytes reduced, bias below 2⁻¹²⁸; zero is drawn again.</summary>
        public static Secret<Scalar<C>> Random(IRandom random)
        {
            Span<byte> wide = stackalloc byte[48];
            Scalar<C> value;
            do
            {
                random.Fill(wide);
                value = Scalar<C>.Reduce(wide);
            }
            while (value.IsZero);
            CryptographicOperations.ZeroMemory(wide);
            return new(value);
        }

        /// <summary>k·P, constant time. For the base point, <see cref="MultiplyBase"/> is several times faster.</summary>
        public static Point<C> operator *(Secret<Scalar<C>> k, in Point<C> p) => k.Expose() * p;
    }

    /// <summary>k·G, constant time.</summary>
    public static Point<C> MultiplyBase<C>(this Secret<Scalar<C>> k) where C : struct, ICurve<C> =>
        Point<C>.MultiplyBase(k.Expose());
}
