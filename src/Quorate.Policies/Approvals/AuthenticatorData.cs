using System.Buffers.Binary;

namespace Quorate.Policies;

/// <summary>Flags of authenticator data, WebAuthn L3, section 6.1.</summary>
[Flags]
enum AuthenticatorFlags : byte
{
    UserPresent = 0x01,
    UserVerified = 0x04,
    BackupEligible = 0x08,
    BackedUp = 0x10,
    AttestedCredential = 0x40,
    Extensions = 0x80,

    /// <summary>Bits without a meaning yet. What they will mean nobody can say, so they are refused.</summary>
    Reserved = 0x22,
}

/// <summary>What an authenticator says, WebAuthn L3, section 6.1, read to the last byte.</summary>
readonly ref struct AuthenticatorData
{
    /// <summary>rpIdHash, flags and counter.</summary>
    internal const int MinSize = 37;

    /// <summary>Largest accepted: a credential id of 1,023 bytes, a key, and extensions.</summary>
    internal const int MaxSize = 4096;

    /// <summary>Largest map of extension outputs; they are skipped, not believed.</summary>
    const int MaxExtensionsSize = 1024;

    const int MaxCredentialIdSize = 1023;

    AuthenticatorData(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> credentialId, P256PublicKey? publicKey)
    {
        RpIdHash = bytes[..32];
        Flags = (AuthenticatorFlags)bytes[32];
        SignCount = BinaryPrimitives.ReadUInt32BigEndian(bytes[33..]);
        CredentialId = credentialId;
        PublicKey = publicKey;
    }

    internal ReadOnlySpan<byte> RpIdHash { get; }

    internal AuthenticatorFlags Flags { get; }

    internal uint SignCount { get; }

    /// <summary>The attested credential's id; empty where none is attested.</summary>
    internal ReadOnlySpan<byte> CredentialId { get; }

    /// <summary>The attested credential's key; null where none is attested.</summary>
    internal P256PublicKey? PublicKey { get; }

    internal bool Has(AuthenticatorFlags flag) => (Flags & flag) != 0;

    /// <summary>Backed up without being eligible for it: no authenticator says that.</summary>
    internal bool HasContradictoryBackup => Has(AuthenticatorFlags.BackedUp) && !Has(AuthenticatorFlags.BackupEligible);

    internal static bool TryParse(ReadOnlySpan<byte> bytes, out AuthenticatorData data)
    {
        data = default;
        if (bytes.Length is < MinSize or > MaxSize)
            return false;
        var flags = (AuthenticatorFlags)bytes[32];
        var rest = bytes[MinSize..];
        ReadOnlySpan<byte> credentialId = default;
        P256PublicKey? publicKey = null;
        if ((flags & AuthenticatorFlags.Reserved) != 0)
            return false;
        if ((flags & AuthenticatorFlags.AttestedCredential) != 0)
        {
            // AAGUID, length, id, COSE key (section 6.5.1).
            if (rest.Length < 18 || BinaryPrimitives.ReadUInt16BigEndian(rest[16..]) is var length && (length is 0 or > MaxCredentialIdSize || rest.Length < 18 + length))
                return false;
            credentialId = rest.Slice(18, length);
            var reader = new CborReader(rest[(18 + length)..]);
            if (!P256PublicKey.TryReadCose(ref reader, out publicKey))
                return false;
            rest = reader.Rest;
        }
        if ((flags & AuthenticatorFlags.Extensions) != 0)
        {
            var reader = new CborReader(rest);
            if (rest.Length is 0 or > MaxExtensionsSize || rest[0] >> 5 != 5 || !reader.TrySkip())
                return false;
            rest = reader.Rest;
        }
        if (!rest.IsEmpty)
            return false;
        data = new(bytes, credentialId, publicKey);
        return true;
    }
}
