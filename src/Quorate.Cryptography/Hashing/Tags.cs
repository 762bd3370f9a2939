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

    // Sessions.
    /// <summary>Derivation of a session id from what the session is about.</summary>
    public static readonly Tag SessionId = new("quorate/v1/session/id");
    /// <summary>Digest of one broadcast message, as echoed to the other receivers.</summary>
    public static readonly Tag SessionEcho = new("quorate/v1/session/echo");
}
