namespace Quorate.Cryptography.Hashing;

/// <summary>
/// Every domain tag there is. Tags that a standard prescribes carry the standard's text; ours read
/// <c>quorate/v1/room/purpose</c>. Add here and nowhere else.
/// </summary>
public static class Tags
{
    // BIP 340, BIP 341.
    /// <summary>BIP 340: challenge.</summary>
    public static readonly Tag Bip340Challenge = new("BIP0340/challenge");
    /// <summary>BIP 340: auxiliary randomness.</summary>
    public static readonly Tag Bip340Aux = new("BIP0340/aux");
    /// <summary>BIP 340: nonce.</summary>
    public static readonly Tag Bip340Nonce = new("BIP0340/nonce");
    /// <summary>BIP 341: output key tweak.</summary>
    public static readonly Tag TapTweak = new("TapTweak");

    // Signatures.
    /// <summary>Seed of the coefficients of a batch of BIP 340 signatures.</summary>
    public static readonly Tag Bip340Batch = new("quorate/v1/signature/bip340-batch");
    /// <summary>Seed of the coefficients of a batch of Ed25519 signatures.</summary>
    public static readonly Tag Ed25519Batch = new("quorate/v1/signature/ed25519-batch");

    // Derivation.
    /// <summary>Additive derivation of Ed25519 child keys.</summary>
    public static readonly Tag Ed25519Derivation = new("quorate/v1/derivation/ed25519");

    // Sessions.
    /// <summary>Derivation of a session id from what the session is about.</summary>
    public static readonly Tag SessionSubject = new("quorate/v1/session/subject");
    /// <summary>What the messages of one run are bound to: protocol, session id and parties.</summary>
    public static readonly Tag SessionContext = new("quorate/v1/session/context");
    /// <summary>Digest of one broadcast message, as its receivers report it to each other.</summary>
    public static readonly Tag SessionBroadcast = new("quorate/v1/session/broadcast");

    // Keys.
    /// <summary>Digest of a public key package.</summary>
    public static readonly Tag KeyPackage = new("quorate/v1/key/package");
    /// <summary>Randomness of the check that verifying shares lie on one polynomial.</summary>
    public static readonly Tag KeyPackageCheck = new("quorate/v1/key/package-check");
    /// <summary>Proof that a party holds its share of a package.</summary>
    public static readonly Tag ShareHeld = new("quorate/v1/key/share-held");
    /// <summary>Chain code of a key from FROST's key generation.</summary>
    public static readonly Tag FrostChainCode = new("quorate/v1/frost/chain-code");
}
