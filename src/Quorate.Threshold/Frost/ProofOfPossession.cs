using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Frost;

/// <summary>
/// σ = (R, μ): proof of knowledge of a₀ for Φ₀ = a₀·G (Komlo and Goldberg, ePrint 2020/852, figure 1, round 1 step 2),
/// with c = HDKG(i ‖ Φ₀ ‖ R ‖ Φ). The paper's context Φ binds it to one session, so that it can not be replayed; empty,
/// it is ZF FROST's proof, whose vectors we pass.
/// </summary>
public readonly record struct ProofOfPossession<C>(Point<C> R, Scalar<C> Mu) where C : struct, ICurve<C>
{
    /// <summary>Length in bytes of an encoded proof.</summary>
    public static int Size => C.PointSize + Scalar<C>.Size;

    /// <summary>Proves knowledge of <paramref name="secret"/> as party <paramref name="prover"/>.</summary>
    internal static ProofOfPossession<C> Prove(
        FrostSuite<C> suite, ReadOnlySpan<byte> context, PartyId prover, Secret<Scalar<C>> secret, in Point<C> commitment, IRandom random)
    {
        // Hedged as RFC 9591 hedges its nonces: the generator alone does not decide k.
        using var k = SigningNonces<C>.NonceGenerate(suite, secret, random);
        var R = k.MultiplyBase();
        return new(R, k.Expose() + secret.Expose() * Challenge(suite, context, prover, commitment, R));
    }

    /// <summary>R = μ·G − c·Φ₀.</summary>
    internal bool Verify(FrostSuite<C> suite, ReadOnlySpan<byte> context, PartyId prover, in Point<C> commitment) =>
        Point<C>.MultiplyAddBaseVarTime(Mu, -Challenge(suite, context, prover, commitment, R), commitment) == R;

    static Scalar<C> Challenge(FrostSuite<C> suite, ReadOnlySpan<byte> context, PartyId prover, in Point<C> commitment, in Point<C> R)
    {
        Span<byte> input = stackalloc byte[Scalar<C>.Size + 2 * C.PointSize + context.Length];
        prover.ToScalar<C>().Encode(input);
        commitment.Encode(input[Scalar<C>.Size..]);
        R.Encode(input[(Scalar<C>.Size + C.PointSize)..]);
        context.CopyTo(input[(Scalar<C>.Size + 2 * C.PointSize)..]);
        return suite.HDkg(input);
    }
}
