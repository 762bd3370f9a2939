using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Quorate.Policies;

/// <summary>A point of P-256, the key of a passkey. On the curve and not at infinity, or it does not exist.</summary>
public sealed class P256PublicKey
{
    const int CoordinateSize = 32;

    // COSE (RFC 9052, RFC 9053): labels and values of an EC2 key for ES256.
    const long KeyType = 1, Algorithm = 3, Curve = -1, X = -2, Y = -3;
    const long Ec2 = 2, Es256 = -7, P256 = 1;

    readonly byte[] encoded;

    P256PublicKey(byte[] encoded) => this.encoded = encoded;

    /// <summary>x ‖ y, 64 bytes big-endian.</summary>
    public ReadOnlyMemory<byte> Encoded => encoded;

    /// <summary>Takes x ‖ y, 64 bytes big-endian.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> point, [NotNullWhen(true)] out P256PublicKey? key)
    {
        key = null;
        if (point.Length != 2 * CoordinateSize)
            return false;
        var candidate = new P256PublicKey(point.ToArray());
        try
        {
            candidate.Open().Dispose();
        }
        catch (CryptographicException)
        {
            return false;
        }
        key = candidate;
        return true;
    }

    /// <summary>
    /// Takes a COSE_Key from the front of <paramref name="reader"/>: exactly the five labels of an EC2 key on P-256 for
    /// ES256, in CTAP 2's canonical order. Every other key is refused.
    /// </summary>
    internal static bool TryReadCose(ref CborReader reader, [NotNullWhen(true)] out P256PublicKey? key)
    {
        key = null;
        Span<byte> point = stackalloc byte[2 * CoordinateSize];
        if (!reader.TryReadMap(out var pairs) || pairs != 5
            || !Is(ref reader, KeyType, Ec2) || !Is(ref reader, Algorithm, Es256) || !Is(ref reader, Curve, P256)
            || !TryReadCoordinate(ref reader, X, point) || !TryReadCoordinate(ref reader, Y, point[CoordinateSize..]))
            return false;
        return TryDecode(point, out key);

        static bool Is(ref CborReader reader, long label, long value) =>
            reader.TryReadInteger(out var found) && found == label && reader.TryReadInteger(out found) && found == value;

        static bool TryReadCoordinate(ref CborReader reader, long label, scoped Span<byte> destination)
        {
            if (!reader.TryReadInteger(out var found) || found != label || !reader.TryReadBytes(out var bytes) || bytes.Length != CoordinateSize)
                return false;
            bytes.CopyTo(destination);
            return true;
        }
    }

    /// <summary>ECDSA with SHA-256; the signature in DER. Variable time: everything here is public.</summary>
    public bool Verify(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        // Two integers of at most 33 bytes; what is longer is not such a signature.
        if (signature.Length is < 8 or > 72)
            return false;
        using var ecdsa = Open();
        try
        {
            return ecdsa.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            // Some platforms throw for a signature that is no DER, others say false.
            return false;
        }
    }

    /// <summary>As <see cref="Verify"/>; the signature is r ‖ s, 64 bytes, as in JOSE and RFC 9421.</summary>
    public bool VerifyConcatenated(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        using var ecdsa = Open();
        return signature.Length == 2 * CoordinateSize
            && ecdsa.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    // Importing checks the curve's equation.
    ECDsa Open() => ECDsa.Create(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new() { X = encoded[..CoordinateSize], Y = encoded[CoordinateSize..] },
    });
}
