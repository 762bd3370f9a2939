using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Proofs;

/// <summary>
/// Proof of knowledge of x with X = x·G (Schnorr 1991, Fiat–Shamir over a transcript): relation {(X; x) : X = x·G}.
/// Bound to a context of the caller's and to the prover.
/// </summary>
public readonly record struct SchnorrProof<C>(Point<C> R, Scalar<C> Z) where C : struct, ICurve<C>
{
    /// <summary>Length in bytes of an encoded proof.</summary>
    public static int Size => C.PointSize + Scalar<C>.Size;

    /// <summary>Proves knowledge of <paramref name="x"/> for <paramref name="X"/>.</summary>
    public static SchnorrProof<C> Prove(Tag tag, ReadOnlySpan<byte> context, PartyId prover, Secret<Scalar<C>> x, in Point<C> X, IRandom random)
    {
        using var k = Secret<Scalar<C>>.Random(random);
        var R = k.MultiplyBase();
        return new(R, k.Expose() + Challenge(tag, context, prover, X, R) * x.Expose());
    }

    /// <summary>Whether the proof holds for <paramref name="X"/>.</summary>
    public bool Verify(Tag tag, ReadOnlySpan<byte> context, PartyId prover, in Point<C> X) =>
        // z·G = R + e·X
        Point<C>.MultiplyAddBaseVarTime(Z, -Challenge(tag, context, prover, X, R), X) == R;

    /// <summary>Writes R ‖ z.</summary>
    public void Write(WireWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.Point(R);
        writer.Scalar(Z);
    }

    /// <summary>Reads R ‖ z.</summary>
    /// <exception cref="WireException">Not a point and a scalar.</exception>
    public static SchnorrProof<C> Read(ref WireReader reader) => new(reader.Point<C>(), reader.Scalar<C>());

    static Scalar<C> Challenge(Tag tag, ReadOnlySpan<byte> context, PartyId prover, in Point<C> X, in Point<C> R)
    {
        using var transcript = new Transcript(tag);
        return transcript.Append(context).Append(prover.Value).Append(X).Append(R).Challenge<C>();
    }
}
