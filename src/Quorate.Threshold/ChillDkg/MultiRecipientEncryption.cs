using System.Buffers.Binary;
using System.Security.Cryptography;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Secrets;
using Point = Quorate.Cryptography.Curves.Point<Quorate.Cryptography.Curves.Secp256k1>;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.ChillDkg;

/// <summary>
/// EncPedPop's encryption: hashed ElGamal for many recipients with one nonce (Pinto, Poettering, Schuldt, AsiaCCS 2014,
/// section 5). A share is encrypted by adding a pad, so that sums of ciphertexts decrypt to sums of shares.
/// </summary>
static class MultiRecipientEncryption
{
    /// <summary>
    /// encaps_multi and encrypt_multi: <paramref name="shares"/>[j] plus the pad that participant j can compute.
    /// </summary>
    /// <param name="nonce">The sender's secret encryption nonce.</param>
    /// <param name="publicNonce">Its public side, 33 bytes.</param>
    /// <param name="hostKey">The sender's host key, whose secret encrypts the share it keeps.</param>
    /// <param name="parameters">The recipients, and the context that every pad is bound to.</param>
    /// <param name="me">The sender, counted from 0.</param>
    /// <param name="shares">One share for every participant.</param>
    internal static Scalar[] Encrypt(
        Secret<Scalar> nonce, ReadOnlySpan<byte> publicNonce, HostKey hostKey, SessionParameters parameters, int me,
        ReadOnlySpan<Secret<Scalar>> shares)
    {
        var encrypted = new Scalar[shares.Length];
        for (var j = 0; j < shares.Length; j++)
        {
            using var pad = j == me
                ? SelfPad(hostKey, publicNonce, me, parameters)
                : Pad(nonce, parameters.Key(j), publicNonce, parameters.EncodedKey(j), j, parameters);
            encrypted[j] = shares[j].Expose() + pad.Expose();
        }
        return encrypted;
    }

    /// <summary>
    /// decaps_multi, for one sender: the pad over the share that participant <paramref name="sender"/> encrypted for
    /// participant <paramref name="me"/>. Null where the sender's public nonce is no point.
    /// </summary>
    internal static Secret<Scalar>? PadFrom(
        int sender, ReadOnlySpan<byte> publicNonce, HostKey hostKey, SessionParameters parameters, int me)
    {
        if (sender == me)
            return SelfPad(hostKey, publicNonce, me, parameters);
        return Point.TryDecode(publicNonce, out var point)
            ? Pad(hostKey.Secret, point, publicNonce, parameters.EncodedKey(me), me, parameters)
            : null;
    }

    /// <summary>
    /// decrypt_sum: the sum of the shares behind a sum of ciphertexts; false with the senders whose public nonces are no
    /// points.
    /// </summary>
    internal static bool TryDecryptSum(
        Scalar encrypted, IReadOnlyList<byte[]> publicNonces, HostKey hostKey, SessionParameters parameters, int me,
        out Secret<Scalar> share, out List<int> invalid)
    {
        invalid = [];
        var sum = encrypted;
        for (var j = 0; j < publicNonces.Count; j++)
        {
            using var pad = PadFrom(j, publicNonces[j], hostKey, parameters, me);
            if (pad is null)
                invalid.Add(j);
            else
                sum -= pad.Expose();
        }
        share = new(invalid.Count == 0 ? sum : Scalar.Zero);
        return invalid.Count == 0;
    }

    /// <summary>ecdh: hash(SHA-256(a·B) ‖ nonce ‖ recipient's key ‖ recipient ‖ context) modulo the group order.</summary>
    static Secret<Scalar> Pad(
        Secret<Scalar> secret, in Point other, ReadOnlySpan<byte> publicNonce, ReadOnlySpan<byte> recipientKey, int recipient,
        SessionParameters parameters)
    {
        Span<byte> input = stackalloc byte[32 + 33 + 33 + 4];
        Span<byte> shared = stackalloc byte[33];
        (secret * other).Encode(shared);
        SHA256.HashData(shared, input);
        publicNonce.CopyTo(input[32..]);
        recipientKey.CopyTo(input[65..]);
        BinaryPrimitives.WriteUInt32BigEndian(input[98..], (uint)recipient);
        var pad = Hash(Tags.ChillDkgPad, input, parameters);
        CryptographicOperations.ZeroMemory(shared);
        CryptographicOperations.ZeroMemory(input);
        return pad;
    }

    /// <summary>self_pad: hash(secret key ‖ nonce ‖ recipient ‖ context) modulo the group order.</summary>
    static Secret<Scalar> SelfPad(HostKey hostKey, ReadOnlySpan<byte> publicNonce, int me, SessionParameters parameters)
    {
        Span<byte> input = stackalloc byte[32 + 33 + 4];
        hostKey.Secret.Expose().Encode(input);
        publicNonce.CopyTo(input[32..]);
        BinaryPrimitives.WriteUInt32BigEndian(input[65..], (uint)me);
        var pad = Hash(Tags.ChillDkgSelfPad, input, parameters);
        CryptographicOperations.ZeroMemory(input);
        return pad;
    }

    static Secret<Scalar> Hash(Tag tag, ReadOnlySpan<byte> input, SessionParameters parameters)
    {
        Span<byte> hash = stackalloc byte[TaggedHash.Size];
        TaggedHash.HashData(tag, hash, input, parameters.Encoded);
        var pad = new Secret<Scalar>(Scalar.Reduce(hash));
        CryptographicOperations.ZeroMemory(hash);
        return pad;
    }
}
