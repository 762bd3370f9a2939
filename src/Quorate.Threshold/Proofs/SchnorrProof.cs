using System.Security.Cryptography;
using System.Text;
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
        using var k = Nonce(tag, context, prover, x, X, random);
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

    /// <summary>
    /// Hedged with the secret and the statement: a generator that repeats itself, as after a restored snapshot, makes
    /// the same proof again and never two with one nonce, which would give x away.
    /// </summary>
    static Secret<Scalar<C>> Nonce(Tag tag, ReadOnlySpan<byte> context, PartyId prover, Secret<Scalar<C>> x, in Point<C> X, IRandom random)
    {
        using var transcript = new Transcript(tag);
        var statement = transcript.Append(context).Append(prover.Value).Append(X).Digest();
        Span<byte> input = stackalloc byte[32 + Scalar<C>.Size];
        Span<byte> wide = stackalloc byte[64];
        random.Fill(input[..32]);
        x.Expose().Encode(input[32..]);
        HKDF.DeriveKey(HashAlgorithmName.SHA512, input, wide, salt: statement, info: Encoding.UTF8.GetBytes(Tags.SchnorrNonce.Text));
        var k = new Secret<Scalar<C>>(Scalar<C>.Reduce(wide));
        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(wide);
        return k;
    }

    static Scalar<C> Challenge(Tag tag, ReadOnlySpan<byte> context, PartyId prover, in Point<C> X, in Point<C> R)
    {
        using var transcript = new Transcript(tag);
        return transcript.Append(context).Append(prover.Value).Append(X).Append(R).Challenge<C>();
    }
}
