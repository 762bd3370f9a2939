namespace Quorate.Policies;

/// <summary>A member's yes to one intent, as it comes from outside. Closed: a device key's signature or a passkey's assertion.</summary>
public abstract record Approval
{
    Approval(string member, string device) => (Member, Device) = (member, device);

    /// <summary>Who says to have signed.</summary>
    public string Member { get; }

    /// <summary>With which device.</summary>
    public string Device { get; }

    /// <summary>An Ed25519 signature over <see cref="ApprovalSet.MessageFor"/>.</summary>
    public sealed record Signature(string Member, string Device, ReadOnlyMemory<byte> Value) : Approval(Member, Device);

    /// <summary>A WebAuthn assertion whose challenge is the intent's hash.</summary>
    /// <param name="Member">Who says to have signed.</param>
    /// <param name="Device">With which passkey.</param>
    /// <param name="ClientDataJson">The bytes that the client hashed, as they came.</param>
    /// <param name="AuthenticatorData">The bytes that the authenticator signed, as they came.</param>
    /// <param name="Value">ECDSA over P-256 and SHA-256 in DER.</param>
    public sealed record Assertion(
        string Member, string Device, ReadOnlyMemory<byte> ClientDataJson, ReadOnlyMemory<byte> AuthenticatorData, ReadOnlyMemory<byte> Value)
        : Approval(Member, Device);
}

/// <summary>Why an approval does not count.</summary>
public enum ApprovalFault
{
    /// <summary>The membership does not know the member.</summary>
    UnknownMember = 1,

    /// <summary>The member has no such device.</summary>
    UnknownDevice = 2,

    /// <summary>A signature for a passkey, or an assertion for a key.</summary>
    WrongKindOfDevice = 3,

    /// <summary>The device does not speak yet.</summary>
    NotYetValid = 4,

    /// <summary>The device's time is over.</summary>
    DeviceExpired = 5,

    /// <summary>The device is revoked.</summary>
    Revoked = 6,

    /// <summary>The intent has expired.</summary>
    IntentExpired = 7,

    /// <summary>The signature does not verify.</summary>
    BadSignature = 8,

    /// <summary>clientDataJSON is not JSON of this shape, or too large.</summary>
    MalformedClientData = 9,

    /// <summary>clientDataJSON is of another ceremony.</summary>
    WrongType = 10,

    /// <summary>The challenge is not the hash of the intent.</summary>
    WrongChallenge = 11,

    /// <summary>The page is not one of the relying party's.</summary>
    WrongOrigin = 12,

    /// <summary>The page was framed by another that the relying party does not expect.</summary>
    CrossOrigin = 13,

    /// <summary>authenticatorData has another length or shape, or flags that an assertion can not have.</summary>
    MalformedAuthenticatorData = 14,

    /// <summary>The hash of the relying party's id is another.</summary>
    WrongRelyingParty = 15,

    /// <summary>Nobody touched the authenticator.</summary>
    UserNotPresent = 16,

    /// <summary>The authenticator did not verify who touched it.</summary>
    UserNotVerified = 17,

    /// <summary>Backup flags contradict each other or the registration.</summary>
    BackupFlags = 18,

    /// <summary>The signature counter did not go up: there may be a copy of the authenticator.</summary>
    CounterNotAbove = 19,
}
