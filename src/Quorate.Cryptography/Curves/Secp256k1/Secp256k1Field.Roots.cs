namespace Quorate.Cryptography.Curves;

/// <summary>Inverse and square root.</summary>
readonly partial struct Secp256k1Field
{
    static readonly OddModulus Modulus = new(Prime);

    /// <summary>a⁻¹; zero for zero.</summary>
    internal Secp256k1Field Invert() => From(SafeGcd.Invert(ToUInt256(), Modulus));

    /// <summary>a⁻¹ for a public value; zero for zero.</summary>
    internal Secp256k1Field InvertVarTime() => From(SafeGcd.InvertVarTime(ToUInt256(), Modulus));

    /// <summary>
    /// A square root, a^((p+1)/4) as p ≡ 3 (mod 4). False when there is none. Which of the two it is follows no rule.
    /// </summary>
    internal bool TrySquareRoot(out Secp256k1Field root)
    {
        var x22 = Runs(out var x2, out var x223);
        var t = x223.SquareTimes(23) * x22;
        t = t.SquareTimes(6) * x2;
        root = t.SquareTimes(2);
        return (root.Square() - this).IsZero;
    }

    /// <summary>a^((p−3)/4), the power that a square root of a fraction needs (RFC 9380, appendix F.2.1.2).</summary>
    internal Secp256k1Field PowerQuarter()
    {
        var x22 = Runs(out var x2, out var x223);
        var t = x223.SquareTimes(23) * x22;
        t = t.SquareTimes(5) * this;
        return t.SquareTimes(3) * x2;
    }

    /// <summary>a^(2ᵏ − 1) for k = 2, 22 and 223: the runs of ones at the top of p − 2 and (p + 1)/4.</summary>
    Secp256k1Field Runs(out Secp256k1Field x2, out Secp256k1Field x223)
    {
        x2 = Square() * this;
        var x3 = x2.Square() * this;
        var x6 = x3.SquareTimes(3) * x3;
        var x9 = x6.SquareTimes(3) * x3;
        var x11 = x9.SquareTimes(2) * x2;
        var x22 = x11.SquareTimes(11) * x11;
        var x44 = x22.SquareTimes(22) * x22;
        var x88 = x44.SquareTimes(44) * x44;
        var x176 = x88.SquareTimes(88) * x88;
        var x220 = x176.SquareTimes(44) * x44;
        x223 = x220.SquareTimes(3) * x3;
        return x22;
    }

    Secp256k1Field SquareTimes(int count)
    {
        var t = this;
        for (var i = 0; i < count; i++)
            t = t.Square();
        return t;
    }
}
