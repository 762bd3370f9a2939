using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.Frost.Bip340;

/// <summary>
/// A threshold public key after zero or more tweaks, and how it came about: Q = gacc·Q₀ + tacc·G (BIP 445, Tweak
/// Context). Immutable and public.
/// </summary>
public sealed class TweakContext
{
    TweakContext(in Point origin, in Point key, bool isNegated, in Scalar accumulated)
    {
        Origin = origin;
        Key = key;
        IsNegated = isNegated;
        Accumulated = accumulated;
    }

    /// <summary>Q₀, the key as it was generated.</summary>
    public Point Origin { get; }

    /// <summary>Q (GetPlainPubkey): its encoding's first byte is the parity that a script path spend reveals.</summary>
    public Point Key { get; }

    /// <summary>gacc: whether Q₀ enters Q with its sign changed.</summary>
    internal bool IsNegated { get; }

    /// <summary>tacc: the multiple of G that Q has beside ±Q₀.</summary>
    internal Scalar Accumulated { get; }

    /// <summary>TweakCtxInit: the key itself.</summary>
    /// <exception cref="ArgumentException">The identity is no key.</exception>
    public static TweakContext Init(in Point thresholdKey) => thresholdKey.IsIdentity
        ? throw new ArgumentException("The identity is no key.", nameof(thresholdKey))
        : new(thresholdKey, thresholdKey, false, Scalar.Zero);

    /// <summary>GetXonlyPubkey: x(Q), what BIP 340 signatures verify under and BIP 341 outputs carry.</summary>
    public Bip340PublicKey PublicKey => Bip340PublicKey.FromPoint(Key);

    /// <summary>ApplyTweak.</summary>
    /// <exception cref="ArgumentException">The tweaked key would be the identity.</exception>
    public TweakContext Apply(Tweak tweak)
    {
        // Q' = g·Q + t·G, gacc' = g·gacc, tacc' = t + g·tacc.
        var negate = tweak.IsXOnly && !Key.HasEvenY;
        var key = (negate ? -Key : Key) + Point.MultiplyVarTime(tweak.Value, Point.G);
        if (key.IsIdentity)
            throw new ArgumentException("The tweaked key would be the identity.", nameof(tweak));
        return new(Origin, key, IsNegated ^ negate, tweak.Value + (negate ? -Accumulated : Accumulated));
    }

    /// <summary>The BIP 32 descendant of this key along a path without hardened steps: one plain tweak, the sum of all steps'.</summary>
    /// <exception cref="ArgumentException">The chain code is not 32 bytes, or the path has a hardened step.</exception>
    public TweakContext Derive(ReadOnlySpan<byte> chainCode, Bip32Path path) =>
        Apply(new(Bip32.DerivePublic(Key, chainCode, path).Tweak, IsXOnly: false));

    /// <summary>
    /// The BIP 341 output key over this internal key. An empty <paramref name="merkleRoot"/> commits to no script, so
    /// that only the key path spends.
    /// </summary>
    /// <exception cref="ArgumentException">The root is neither empty nor 32 bytes.</exception>
    public TweakContext ApplyTaproot(ReadOnlySpan<byte> merkleRoot = default) =>
        Apply(new(Bip341.Tweak(PublicKey, merkleRoot), IsXOnly: true));
}
