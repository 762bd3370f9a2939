using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Signatures;

namespace Quorate.Policies;

/// <summary>Something that signs for a member, for a time. Closed: an Ed25519 key or a passkey.</summary>
public abstract record Device
{
    Device(string id) => Id = id;

    /// <summary>Its name among its member's devices.</summary>
    public string Id { get; }

    /// <summary>From when on it speaks.</summary>
    public DateTimeOffset ValidFrom { get; init; } = DateTimeOffset.UnixEpoch;

    /// <summary>Whether it speaks at a time.</summary>
    public bool SpeaksAt(DateTimeOffset time) => FaultAt(time) is null;

    /// <summary>Until when, exclusive; null for no end.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>
    /// When it was revoked; null where it is not. From then on nothing it has signed counts, because nothing tells when it
    /// signed.
    /// </summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>What must be unique among all devices of an organisation.</summary>
    internal abstract IEnumerable<string> Identities { get; }

    internal ApprovalFault? FaultAt(DateTimeOffset now) =>
        now >= RevokedAt ? ApprovalFault.Revoked
        : now < ValidFrom ? ApprovalFault.NotYetValid
        : now >= ValidUntil ? ApprovalFault.DeviceExpired
        : null;

    /// <summary>A key of RFC 8032.</summary>
    public sealed record Ed25519Key : Device
    {
        /// <summary>A device with this public key.</summary>
        /// <exception cref="ArgumentException">Not 32 bytes that encode a point other than the identity in the prime-order group.</exception>
        public Ed25519Key(string id, ReadOnlySpan<byte> publicKey) : base(id)
        {
            if (publicKey.Length != Ed25519Signature.PublicKeySize || !Point<Ed25519>.TryDecode(publicKey, out var point) || point.IsIdentity)
                throw new ArgumentException("Not an Ed25519 public key.", nameof(publicKey));
            PublicKey = publicKey.ToArray();
        }

        /// <summary>32 bytes.</summary>
        public ReadOnlyMemory<byte> PublicKey { get; }

        internal override IEnumerable<string> Identities => ["ed25519 " + Convert.ToHexStringLower(PublicKey.Span)];
    }

    /// <summary>A WebAuthn credential.</summary>
    public sealed record Passkey : Device
    {
        /// <summary>A device with this credential.</summary>
        public Passkey(string id, PasskeyCredential credential) : base(id)
        {
            ArgumentNullException.ThrowIfNull(credential);
            Credential = credential;
        }

        /// <summary>The credential as registered.</summary>
        public PasskeyCredential Credential { get; }

        internal override IEnumerable<string> Identities =>
            ["credential " + Credential.Name, "p256 " + Convert.ToHexStringLower(Credential.PublicKey.Encoded.Span)];
    }
}
