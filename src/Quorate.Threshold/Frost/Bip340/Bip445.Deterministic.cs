using System.Buffers.Binary;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Hashing;
using Quorate.Threshold.Sessions;
using Scalar = Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>;

namespace Quorate.Threshold.Frost.Bip340;

public static partial class Bip445
{
    /// <summary>
    /// DeterministicSign: nonce and partial signature of the one signer that has seen all others' nonces, without state
    /// and, if need be, without randomness. Safe for that one signer only, because its nonce is a hash of everything that
    /// the signature depends on, the others' nonces included.
    /// </summary>
    /// <param name="share">The signer's secret share.</param>
    /// <param name="me">The signer.</param>
    /// <param name="others">aggothernonce: the sum of all other signers' public nonces; null for a sole signer.</param>
    /// <param name="signers">Who signs.</param>
    /// <param name="key">The signers' key, or one it was tweaked to.</param>
    /// <param name="message">m, of any length.</param>
    /// <param name="randomness">rand: 32 bytes, or empty where there are none.</param>
    /// <exception cref="ArgumentException">
    /// What <see cref="Sign"/> and <see cref="SessionContext"/> refuse; <paramref name="others"/> missing with several
    /// signers or present with one; randomness that is neither empty nor 32 bytes.
    /// </exception>
    public static (PublicNonce Nonce, Scalar Signature) DeterministicSign(
        Secret<Scalar> share, PartyId me, PublicNonce? others, SignersContext signers, TweakContext key,
        ReadOnlySpan<byte> message, ReadOnlySpan<byte> randomness)
    {
        ArgumentNullException.ThrowIfNull(share);
        ArgumentNullException.ThrowIfNull(signers);
        ArgumentNullException.ThrowIfNull(key);
        signers.Require(me);
        // Deviation: the BIP leaves it to the caller when to give the others' nonces.
        if (others is null != (signers.Signers.Count == 1))
            throw new ArgumentException("The others' nonces, exactly if there are others.", nameof(others));
        if (randomness.Length is not (0 or 32))
            throw new ArgumentException("32 bytes of randomness, or none.", nameof(randomness));

        // secshare' ‖ my_id ‖ u ‖ ids ‖ aggothernonce ‖ x(Q) ‖ len(m) ‖ m ‖ i − 1
        var u = signers.Signers.Count;
        using var buffer = new SecretBytes(32 + 4 + 4 + 4 * u + (others is null ? 0 : PublicNonce.Size) + 32 + 8 + message.Length + 1);
        var all = buffer.Expose();
        if (randomness.IsEmpty)
            share.Expose().Encode(all);
        else
            Mask(share, randomness, all[..32]);
        BinaryPrimitives.WriteUInt32BigEndian(all[32..], SignersContext.IdentifierOf(me));
        BinaryPrimitives.WriteUInt32BigEndian(all[36..], (uint)u);
        signers.SerializeIds(all[40..]);
        var rest = all[(40 + 4 * u)..];
        if (others is { } aggregate)
        {
            aggregate.Encode().CopyTo(rest);
            rest = rest[PublicNonce.Size..];
        }
        key.Key.EncodeXOnly(rest);
        BinaryPrimitives.WriteUInt64BigEndian(rest[32..], (ulong)message.Length);
        message.CopyTo(rest[40..]);

        using var nonce = Nonce(Tags.Bip445DeterministicNonce, all);
        var sum = others is { } other ? NonceAgg(nonce.Public, other) : NonceAgg(nonce.Public);
        return (nonce.Public, Sign(nonce, share, me, new(signers, sum, key, message)));
    }
}
