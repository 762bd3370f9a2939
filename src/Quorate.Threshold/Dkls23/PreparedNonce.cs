using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// A nonce R = r·G with one party's shares of what turns it into a signature: φᵢ, uᵢ and vᵢ, which over all parties add
/// up to φ, r·φ and x·φ for the key x. Good for one signature share: two of them give the shares away.
/// </summary>
sealed class PreparedNonce(byte[] session, in Point<Secp256k1> r, in Scalar<Secp256k1> phi, in Scalar<Secp256k1> u, in Scalar<Secp256k1> v) : IDisposable
{
    readonly Secret<Scalar<Secp256k1>> phi = new(phi), u = new(u), v = new(v);

    /// <summary>32 bytes that stand for this nonce and its making: the final id of the session.</summary>
    internal byte[] Session { get; } = session;

    /// <summary>R.</summary>
    internal Point<Secp256k1> R { get; } = r;

    /// <summary>
    /// The nonce R + δ·G under the key plus <paramref name="tweak"/>, with a life of its own: (r + δ)·φ is shared by
    /// uᵢ + δ·φᵢ, and (x + tweak)·φ by vᵢ + tweak·φᵢ.
    /// </summary>
    internal PreparedNonce Shift(in Scalar<Secp256k1> delta, in Scalar<Secp256k1> tweak) => new(
        Session, R + Point<Secp256k1>.MultiplyBase(delta), phi.Expose(), u.Expose() + delta * phi.Expose(), v.Expose() + tweak * phi.Expose());

    /// <summary>wᵢ = z·φᵢ + r_x·vᵢ, and uᵢ.</summary>
    internal Dkls23Sign.SignatureShare Share(ReadOnlySpan<byte> digest)
    {
        var x = Scalar<Secp256k1>.Reduce(R.EncodeXOnly());
        return new(Scalar<Secp256k1>.Reduce(digest) * phi.Expose() + x * v.Expose(), u.Expose());
    }

    /// <summary>s = Σ wⱼ / Σ uⱼ, in low-s form. False where that is no signature under <paramref name="key"/>.</summary>
    internal static bool TryCombine(
        in Point<Secp256k1> nonce, IEnumerable<Dkls23Sign.SignatureShare> shares, in Point<Secp256k1> key, ReadOnlySpan<byte> digest,
        out RecoverableEcdsaSignature signature)
    {
        Scalar<Secp256k1> w = default, u = default;
        foreach (var share in shares)
            (w, u) = (w + share.W, u + share.U);
        signature = default;
        return !u.IsZero && RecoverableEcdsaSignature.TryCreate(nonce, w * u.InvertVarTime(), out signature) && signature.Signature.Verify(key, digest);
    }

    /// <summary>Wipes the shares.</summary>
    public void Dispose()
    {
        phi.Dispose();
        u.Dispose();
        v.Dispose();
    }
}
