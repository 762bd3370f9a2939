using System.Text.Json.Nodes;

namespace Quorate.Testing.Interop;

/// <summary>
/// @noble/curves as a second opinion: an implementation that shares no code, author or language with this one. It runs
/// under Node, once for all tests of a process, and starts with the first call.
/// </summary>
/// <remarks>
/// Messages, digests and keys are bytes as the scheme's own document encodes them. A verification answers false for
/// anything the library refuses; a call that makes no sense throws <see cref="InvalidOperationException"/>.
/// </remarks>
public static class Noble
{
    // A cold Node on a busy machine takes seconds; a request takes milliseconds.
    static readonly TimeSpan timeout = TimeSpan.FromSeconds(60);

    static readonly Lazy<JsonLineProcess> process = new(Start);

    /// <summary>Compressed (33 bytes) or uncompressed (65 bytes) secp256k1 public key.</summary>
    public static byte[] EcdsaPublicKey(ReadOnlySpan<byte> secretKey, bool compressed = true) =>
        Bytes("ecdsa.publicKey", new() { ["secretKey"] = Hex(secretKey), ["compressed"] = compressed });

    /// <summary>RFC 6979 signature over a 32-byte digest, r ‖ s with low s.</summary>
    public static byte[] EcdsaSign(ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> digest) =>
        Bytes("ecdsa.sign", new() { ["secretKey"] = Hex(secretKey), ["digest"] = Hex(digest) });

    /// <summary>Whether r ‖ s is a signature over the 32-byte digest; high s is refused on request.</summary>
    public static bool EcdsaVerify(
        ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, bool requireLowS = true)
    {
        var request = Signed(publicKey, "digest", digest, signature);
        request["lowS"] = requireLowS;
        return Answer("ecdsa.verify", request);
    }

    /// <summary>The compressed public key that recovery id 0 to 3 gives for r ‖ s.</summary>
    public static byte[] EcdsaRecover(ReadOnlySpan<byte> digest, ReadOnlySpan<byte> signature, int recoveryId) =>
        Bytes("ecdsa.recover", new()
        {
            ["digest"] = Hex(digest), ["signature"] = Hex(signature), ["recovery"] = recoveryId,
        });

    /// <summary>BIP 340 public key, 32 bytes.</summary>
    public static byte[] SchnorrPublicKey(ReadOnlySpan<byte> secretKey) =>
        Bytes("schnorr.publicKey", new() { ["secretKey"] = Hex(secretKey) });

    /// <summary>BIP 340 signature with the given 32 bytes of auxiliary randomness.</summary>
    public static byte[] SchnorrSign(ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> aux) =>
        Bytes("schnorr.sign", new() { ["secretKey"] = Hex(secretKey), ["message"] = Hex(message), ["aux"] = Hex(aux) });

    /// <summary>BIP 340 verification, message of any length.</summary>
    public static bool SchnorrVerify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature) =>
        Answer("schnorr.verify", Signed(publicKey, "message", message, signature));

    /// <summary>RFC 8032 public key of a 32-byte seed.</summary>
    public static byte[] Ed25519PublicKey(ReadOnlySpan<byte> secretKey) =>
        Bytes("ed25519.publicKey", new() { ["secretKey"] = Hex(secretKey) });

    /// <summary>RFC 8032 signature.</summary>
    public static byte[] Ed25519Sign(ReadOnlySpan<byte> secretKey, ReadOnlySpan<byte> message) =>
        Bytes("ed25519.sign", new() { ["secretKey"] = Hex(secretKey), ["message"] = Hex(message) });

    /// <summary>
    /// Ed25519 verification with the cofactored equation. Encodings are decoded as RFC 8032 says, or with
    /// <paramref name="zip215"/> as ZIP 215 does.
    /// </summary>
    public static bool Ed25519Verify(
        ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature, bool zip215 = false)
    {
        var request = Signed(publicKey, "message", message, signature);
        request["zip215"] = zip215;
        return Answer("ed25519.verify", request);
    }

    internal static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    internal static byte[] Unhex(JsonNode? node) => Convert.FromHexString(node!.GetValue<string>());

    internal static JsonNode Call(string operation, JsonObject arguments) =>
        process.Value.Call(operation, arguments) ?? throw new InvalidOperationException($"{operation} gave no result.");

    internal static byte[] Bytes(string operation, JsonObject arguments) => Unhex(Call(operation, arguments));

    internal static bool Answer(string operation, JsonObject arguments) => Call(operation, arguments).GetValue<bool>();

    static JsonObject Signed(
        ReadOnlySpan<byte> publicKey, string signed, ReadOnlySpan<byte> value, ReadOnlySpan<byte> signature) => new()
        {
            ["publicKey"] = Hex(publicKey),
            [signed] = Hex(value),
            ["signature"] = Hex(signature),
        };

    static JsonLineProcess Start()
    {
        var folder = Repository.PathOf("tests/interop");
        if (!Directory.Exists(Path.Combine(folder, "node_modules", "@noble", "curves")))
        {
            throw new InvalidOperationException(
                "@noble/curves is not installed: run ./test once, or `npm ci` in tests/interop.");
        }
        return new("node", Path.Combine(folder, "verify.mjs"), timeout);
    }
}
