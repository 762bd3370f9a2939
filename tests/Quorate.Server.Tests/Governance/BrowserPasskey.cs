using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Quorate.Server.Tests.Governance;

/// <summary>
/// A browser with an authenticator in it: takes the options that navigator.credentials takes, and answers with what toJSON of
/// the credential has (WebAuthn L3, sections 5.1.8 and 5.1.9). P-256, user verified, attestation "none".
/// </summary>
sealed class BrowserPasskey(string relyingParty, string origin)
{
    const byte Present = 0x01, Verified = 0x04, Attested = 0x40;

    readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    readonly byte[] id = RandomNumberGenerator.GetBytes(16);
    uint count;

    byte[] Point => key.ExportParameters(false) is { Q: var q } ? [.. q.X!, .. q.Y!] : [];

    /// <summary>What a membership says of it.</summary>
    internal JsonObject Device(string name) => new()
    {
        ["id"] = name,
        ["passkey"] = new JsonObject
        {
            ["credential"] = Convert.ToHexStringLower(id), ["publicKey"] = Convert.ToHexStringLower(Point), ["backupEligible"] = false, ["signCount"] = 0,
        },
    };

    /// <summary>navigator.credentials.get.</summary>
    internal JsonObject Get(JsonNode options)
    {
        Assert.Equal((relyingParty, "required"), (options["rpId"]!.GetValue<string>(), options["userVerification"]!.GetValue<string>()));
        Assert.Contains(Base64Url.EncodeToString(id), options["allowCredentials"]!.AsArray().Select(c => c!["id"]!.GetValue<string>()));
        var client = ClientData("webauthn.get", options);
        var data = AuthenticatorData(Present | Verified, ++count, []);
        return Credential(new()
        {
            ["clientDataJSON"] = Base64Url.EncodeToString(client), ["authenticatorData"] = Base64Url.EncodeToString(data),
            ["signature"] = Base64Url.EncodeToString(key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
        });
    }

    /// <summary>navigator.credentials.create.</summary>
    internal JsonObject Create(JsonNode options)
    {
        Assert.Equal((relyingParty, -7), (options["rp"]!["id"]!.GetValue<string>(), options["pubKeyCredParams"]![0]!["alg"]!.GetValue<int>()));
        var point = Point;
        byte[] cose = [0xA5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 32, .. point[..32], 0x22, 0x58, 32, .. point[32..]];
        var data = AuthenticatorData(Present | Verified | Attested, 0, [.. new byte[16], 0, (byte)id.Length, .. id, .. cose]);
        byte[] attestation = [0xA3, .. Text("fmt"), .. Text("none"), .. Text("attStmt"), 0xA0, .. Text("authData"), 0x58, (byte)data.Length, .. data];
        return Credential(new()
        {
            ["clientDataJSON"] = Base64Url.EncodeToString(ClientData("webauthn.create", options)), ["attestationObject"] = Base64Url.EncodeToString(attestation),
        });
    }

    JsonObject Credential(JsonObject response) => new()
    {
        ["id"] = Base64Url.EncodeToString(id), ["rawId"] = Base64Url.EncodeToString(id), ["type"] = "public-key", ["response"] = response,
    };

    byte[] ClientData(string type, JsonNode options) => Encoding.UTF8.GetBytes(
        $$"""{"type":"{{type}}","challenge":"{{options["challenge"]!.GetValue<string>()}}","origin":"{{origin}}","crossOrigin":false}""");

    byte[] AuthenticatorData(int flags, uint counter, byte[] rest)
    {
        var big = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(big, counter);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(relyingParty)), (byte)flags, .. big, .. rest];
    }

    // CBOR: a text of up to 23 bytes.
    static byte[] Text(string text) => [(byte)(0x60 + text.Length), .. Encoding.UTF8.GetBytes(text)];
}
