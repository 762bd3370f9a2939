namespace Quorate.Cryptography.Curves;

/// <summary>
/// What distinguishes one curve y² = x³ + b over the field of secp256k1 from another: the arithmetic of
/// <see cref="Koblitz{C}"/> is the same for all. Besides secp256k1 there are curves with tiny subgroups, on which the
/// same code is tried with every input.
/// </summary>
interface IKoblitzCurve<C> : ICurve<C> where C : struct, IKoblitzCurve<C>
{
    /// <summary>b, at most 7.</summary>
    static abstract int B { get; }

    /// <summary>
    /// k as ±k₁ ± k₂·λ modulo the order, both below 2¹²⁸, where λ·(x, y) = (β·x, y) with β of
    /// <see cref="KoblitzFormulas.Beta"/>. Constant time.
    /// </summary>
    static abstract void Split(in UInt256 k, out SignedHalf k1, out SignedHalf k2);
}

/// <summary>A signed integer below 2¹²⁸: its magnitude, and a mask that is all ones where it is negative.</summary>
readonly record struct SignedHalf(ulong Low, ulong High, ulong Negative);
