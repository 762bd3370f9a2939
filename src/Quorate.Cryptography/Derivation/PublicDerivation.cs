using Quorate.Cryptography.Curves;

namespace Quorate.Cryptography.Derivation;

/// <summary>A descendant of a public key, and by how much its secret exceeds its ancestor's.</summary>
/// <param name="Tweak">Sum of the tweaks along the path.</param>
/// <param name="Key">The descendant's public key: the ancestor's plus Tweak·G.</param>
/// <param name="ChainCode">The descendant's chain code, 32 bytes.</param>
public sealed record PublicDerivation<C>(Scalar<C> Tweak, Point<C> Key, byte[] ChainCode) where C : struct, ICurve<C>;
