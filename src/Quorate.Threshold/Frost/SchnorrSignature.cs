using System.Diagnostics.CodeAnalysis;
using Quorate.Cryptography.Curves;

namespace Quorate.Threshold.Frost;

/// <summary>
/// (R, z) with z·G = R + c·Y: RFC 9591, appendix A. For Ed25519 the encoding is the 64 bytes of RFC 8032, for secp256k1
/// 33 + 32 bytes.
/// </summary>
public sealed record SchnorrSignature<C>(Point<C> R, Scalar<C> Z) where C : struct, ICurve<C>
{
    /// <summary>Length in bytes of an encoded signature.</summary>
    public static int Size => C.PointSize + Scalar<C>.Size;

    /// <summary>R ‖ z.</summary>
    public byte[] Encode()
    {
        var encoded = new byte[Size];
        R.Encode(encoded);
        Z.Encode(encoded.AsSpan(C.PointSize));
        return encoded;
    }

    /// <summary>Decodes R ‖ z. False for another length, an invalid point or a scalar not below the order.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out SchnorrSignature<C>? signature)
    {
        signature = null;
        if (encoded.Length != Size || !Point<C>.TryDecode(encoded[..C.PointSize], out var R) || !Scalar<C>.TryDecode(encoded[C.PointSize..], out var z))
            return false;
        signature = new(R, z);
        return true;
    }

    /// <summary>Whether the signature is valid for <paramref name="message"/> under <paramref name="groupKey"/>.</summary>
    public bool Verify(FrostSuite<C> suite, in Point<C> groupKey, ReadOnlySpan<byte> message) =>
        Verify(groupKey, Rfc9591<C>.ComputeChallenge(suite, R, groupKey, message));

    /// <summary>z·G = R + c·Y for a challenge computed before.</summary>
    internal bool Verify(in Point<C> groupKey, in Scalar<C> challenge) =>
        Point<C>.MultiplyAddBaseVarTime(Z, -challenge, groupKey) == R;
}
