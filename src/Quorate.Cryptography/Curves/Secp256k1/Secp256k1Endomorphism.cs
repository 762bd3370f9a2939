namespace Quorate.Cryptography.Curves;

/// <summary>
/// secp256k1's efficient endomorphism λ·(x, y) = (β·x, y), and the splitting of a scalar over it (Gallant, Lambert,
/// Vanstone 2001; Guide to Elliptic Curve Cryptography, algorithm 3.74). Constant time.
/// </summary>
static class Secp256k1Endomorphism
{
    /// <summary>The cube root of one modulo the order that belongs to <see cref="KoblitzFormulas.Beta"/>.</summary>
    internal static UInt256 Lambda => new(0xDF02967C1B23BD72, 0x122E22EA20816678, 0xA5261C028812645A, 0x5363AD4CC05C30E0);

    // The short vectors (a₁, −b₁) and (a₂, b₂) with a + b·λ ≡ 0, from the extended Euclidean algorithm on n and λ; b₂ = a₁.
    static UInt256 A1 => new(0xE86C90E49284EB15, 0x3086D221A7D46BCD, 0, 0);
    static UInt256 B1 => new(0x6F547FA90ABFE4C3, 0xE4437ED6010E8828, 0, 0);
    static UInt256 A2 => new(0x57C1108D9D44CFD8, 0x14CA50F7A8E2F3F6, 1, 0);

    // 2³⁸⁴·b₂/n and 2³⁸⁴·b₁/n, rounded.
    static UInt256 G1 => new(0xE893209A45DBB031, 0x3DAA8A1471E8CA7F, 0xE86C90E49284EB15, 0x3086D221A7D46BCD);
    static UInt256 G2 => new(0x1571B4AE8AC47F71, 0x221208AC9DF506C6, 0x6F547FA90ABFE4C4, 0xE4437ED6010E8828);

    /// <summary>
    /// k₁ + k₂·λ ≡ k for any k below 2²⁵⁶: k less the lattice point nearest to it, so |k₁| is at most (a₁ + a₂)/2 and |k₂|
    /// at most (b₁ + b₂)/2, both below 0.64·2¹²⁸. All of it modulo 2²⁵⁶.
    /// </summary>
    internal static void Split(in UInt256 k, out SignedHalf k1, out SignedHalf k2)
    {
        var c1 = Scale(k, G1);
        var c2 = Scale(k, G2);
        k1 = Signed(UInt256.Subtract(
            UInt256.Subtract(k, UInt256.Multiply(c1, A1, out _), out _), UInt256.Multiply(c2, A2, out _), out _));
        k2 = Signed(UInt256.Subtract(UInt256.Multiply(c1, B1, out _), UInt256.Multiply(c2, A1, out _), out _));
    }

    /// <summary>k·g / 2³⁸⁴, rounded.</summary>
    static UInt256 Scale(in UInt256 k, in UInt256 g)
    {
        UInt256.Multiply(k, g, out var high);
        return UInt256.Add(new(high.L2, high.L3, 0, 0), new(high.L1 >> 63, 0, 0, 0), out _);
    }

    static SignedHalf Signed(in UInt256 v)
    {
        var mask = 0UL - (v.L3 >> 63);
        var magnitude = UInt256.Subtract(
            new(v.L0 ^ mask, v.L1 ^ mask, v.L2 ^ mask, v.L3 ^ mask), new(mask, mask, mask, mask), out _);
        return new(magnitude.L0, magnitude.L1, mask);
    }
}
