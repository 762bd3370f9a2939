using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Quorate.Policies.Tests;

public class PasskeyTests
{
    /// <summary>One section of the W3C's published vectors: a registration and an authentication of the same credential.</summary>
    public sealed record Vector(
        string Section, byte[] RegistrationChallenge, byte[] RegistrationClientData, byte[] Attestation, byte[] CredentialId, byte[] Challenge, byte[] ClientData,
        byte[] AuthenticatorData, byte[] Signature)
    {
        public override string ToString() => Section;
    }

    static readonly Vector[] vectors = Load();

    public static TheoryData<string> Sections => [.. vectors.Select(v => v.Section)];

    static Vector Of(string section) => vectors.Single(v => v.Section == section);

    static readonly RelyingParty party = new("example.org", ["https://example.org"], ["https://example.com"]);

    static Vector[] Load()
    {
        using var stream = typeof(PasskeyTests).Assembly.GetManifestResourceStream("webauthn-l3.json")!;
        return [.. JsonDocument.Parse(stream).RootElement.GetProperty("vectors").EnumerateArray().Select(v =>
        {
            byte[] Hex(string part, string name) => Convert.FromHexString(v.GetProperty(part).GetProperty(name).GetString()!);
            return new Vector(
                v.GetProperty("section").GetString()!, Hex("registration", "challenge"), Hex("registration", "clientDataJSON"), Hex("registration", "attestationObject"),
                Hex("registration", "credential_id"), Hex("authentication", "challenge"), Hex("authentication", "clientDataJSON"),
                Hex("authentication", "authenticatorData"), Hex("authentication", "signature"));
        })];
    }

    // The vectors were made at random, so many lack the user verification that we require; the key can be read all the same.
    static PasskeyCredential CredentialOf(Vector vector)
    {
        // authData is the last member in these vectors.
        var start = vector.Attestation.AsSpan().IndexOf(SHA256.HashData("example.org"u8));
        Assert.True(AuthenticatorData.TryParse(vector.Attestation.AsSpan(start), out var data), vector.Section);
        Assert.Equal(vector.CredentialId, data.CredentialId.ToArray());
        return PasskeyCredential.FromRecord(data.CredentialId, data.PublicKey!, data.Has(AuthenticatorFlags.BackupEligible), data.SignCount);
    }

    static bool IsEs256(string section) => section.EndsWith("es256", StringComparison.Ordinal) || section.StartsWith("none-es256", StringComparison.Ordinal);

    static ApprovalFault? Verify(Vector vector, RelyingParty? at = null) => PasskeyAssertion.Verify(
        CredentialOf(vector), at ?? party, new(vector.Challenge), new("alice", "key", vector.ClientData, vector.AuthenticatorData, vector.Signature), out _);

    [Theory, MemberData(nameof(Sections))]
    public void Assertions_of_the_published_vectors_verify_where_the_user_was_verified(string section)
    {
        if (!IsEs256(section))
            return;
        var vector = Of(section);
        // Signatures are checked before flags, so this fault says that the signature was right.
        var isVerified = (vector.AuthenticatorData[32] & 0x04) != 0;
        var isFramed = section.EndsWith("crossOrigin", StringComparison.Ordinal);
        Assert.Equal(isFramed ? ApprovalFault.CrossOrigin : isVerified ? null : ApprovalFault.UserNotVerified, Verify(vector));
    }

    [Theory, MemberData(nameof(Sections))]
    public void Registrations_of_the_published_vectors_are_read_where_the_key_is_P256(string section)
    {
        var vector = Of(section);
        var fault = PasskeyCredential.Register(vector.RegistrationClientData, vector.Attestation, vector.RegistrationChallenge, party, out var credential);
        if (section.EndsWith("crossOrigin", StringComparison.Ordinal))
            Assert.Equal(ApprovalFault.CrossOrigin, fault);
        else if (!IsEs256(section))
            Assert.Equal(ApprovalFault.MalformedAuthenticatorData, fault);
        else if (fault is null)
            Assert.Equal(CredentialOf(vector), credential);
        else
            Assert.Equal(ApprovalFault.UserNotVerified, fault);
    }

    [Fact]
    public void The_published_vectors_hold_registrations_with_and_without_user_verification()
    {
        var faults = vectors.Where(v => IsEs256(v.Section)).Select(v => PasskeyCredential.Register(v.RegistrationClientData, v.Attestation, v.RegistrationChallenge, party, out _)).ToArray();
        Assert.Contains(null, faults);
        Assert.Contains(ApprovalFault.UserNotVerified, faults);
    }

    [Fact]
    public void Another_page_framing_the_prompt_has_to_be_expected()
    {
        var vector = Of("none-es256-topOrigin");
        Assert.Null(Verify(vector));
        Assert.Equal(ApprovalFault.CrossOrigin, Verify(vector, new("example.org", ["https://example.org"])));
        Assert.Equal(ApprovalFault.CrossOrigin, Verify(vector, new("example.org", ["https://example.org"], ["https://example.net"])));
    }

    [Fact]
    public void Another_challenge_origin_or_relying_party_is_refused()
    {
        var vector = Of("packed-es256");
        Assert.Null(Verify(vector));
        Assert.Equal(ApprovalFault.WrongChallenge, Verify(vector with { Challenge = new byte[32] }));
        Assert.Equal(ApprovalFault.WrongOrigin, Verify(vector, new("example.org", ["https://example.org:8443"])));
        Assert.Equal(ApprovalFault.WrongRelyingParty, Verify(vector, new("login.example.org", ["https://example.org"])));
        Assert.Equal(ApprovalFault.WrongType, PasskeyAssertion.Verify(CredentialOf(vector), party, new(vector.RegistrationChallenge),
            new("a", "k", vector.RegistrationClientData, vector.AuthenticatorData, vector.Signature), out _));
    }

    [Fact]
    public void A_change_to_any_byte_is_refused()
    {
        var vector = Of("packed-es256");
        Vector[] Flipped(byte[] bytes, Func<byte[], Vector> with) => [.. Enumerable.Range(0, bytes.Length).Select(i =>
        {
            var changed = bytes.ToArray();
            changed[i] ^= 1;
            return with(changed);
        })];
        Assert.All(Flipped(vector.ClientData, b => vector with { ClientData = b }), v => Assert.NotNull(Verify(v)));
        Assert.All(Flipped(vector.AuthenticatorData, b => vector with { AuthenticatorData = b }), v => Assert.NotNull(Verify(v)));
        Assert.All(Flipped(vector.Signature, b => vector with { Signature = b }), v => Assert.NotNull(Verify(v)));
        Assert.Equal(ApprovalFault.BadSignature, Verify(vector with { Signature = [] }));
        Assert.Equal(ApprovalFault.BadSignature, Verify(vector with { Signature = [.. vector.Signature, 0] }));
        Assert.Equal(ApprovalFault.MalformedAuthenticatorData, Verify(vector with { AuthenticatorData = vector.AuthenticatorData[..36] }));
    }

    [Theory]
    // Present and verified; then without either; then flags that contradict.
    [InlineData(0x05, false, null)]
    [InlineData(0x04, false, ApprovalFault.UserNotPresent)]
    [InlineData(0x01, false, ApprovalFault.UserNotVerified)]
    [InlineData(0x0D, true, null)]
    [InlineData(0x1D, true, null)]
    [InlineData(0x0D, false, ApprovalFault.BackupFlags)]
    [InlineData(0x05, true, ApprovalFault.BackupFlags)]
    [InlineData(0x15, false, ApprovalFault.BackupFlags)]
    // Reserved bits, and an attested credential, which assertions do not have.
    [InlineData(0x07, false, ApprovalFault.MalformedAuthenticatorData)]
    [InlineData(0x25, false, ApprovalFault.MalformedAuthenticatorData)]
    [InlineData(0x45, false, ApprovalFault.MalformedAuthenticatorData)]
    public void Flags_are_those_of_a_verified_user_and_the_registered_credential(byte flags, bool isBackupEligible, ApprovalFault? fault)
    {
        using var authenticator = new Authenticator(isBackupEligible);
        Assert.Equal(fault, authenticator.Verify(authenticator.Approve(flags, 1)));
    }

    [Theory]
    [InlineData("A0", null)]
    [InlineData("A16B6372656450726F7465637402", null)]
    [InlineData("A1646B657973830102F5", null)]
    // Nothing, no map, an indefinite map, a head that is not the shortest, a tag, a float, trailing bytes, too deep.
    [InlineData("", ApprovalFault.MalformedAuthenticatorData)]
    [InlineData("80", ApprovalFault.MalformedAuthenticatorData)]
    [InlineData("BFFF", ApprovalFault.MalformedAuthenticatorData)]
    [InlineData("A1011800", ApprovalFault.MalformedAuthenticatorData)]
    [InlineData("A101C000", ApprovalFault.MalformedAuthenticatorData)]
    [InlineData("A101F90000", ApprovalFault.MalformedAuthenticatorData)]
    [InlineData("A000", ApprovalFault.MalformedAuthenticatorData)]
    [InlineData("A1018181818181818100", ApprovalFault.MalformedAuthenticatorData)]
    [InlineData("BB0000000100000000", ApprovalFault.MalformedAuthenticatorData)]
    public void Extensions_are_one_bounded_map_of_strict_CBOR(string cbor, ApprovalFault? fault)
    {
        using var authenticator = new Authenticator(isBackupEligible: false);
        Assert.Equal(fault, authenticator.Verify(authenticator.Approve(0x85, 1, Convert.FromHexString(cbor))));
    }

    [Fact]
    public void Extensions_are_small()
    {
        using var authenticator = new Authenticator(isBackupEligible: false);
        byte[] Map(int length) => [0xA1, 0x01, 0x59, (byte)(length >> 8), (byte)length, .. new byte[length]];
        Assert.Null(authenticator.Verify(authenticator.Approve(0x85, 1, Map(1019))));
        Assert.Equal(ApprovalFault.MalformedAuthenticatorData, authenticator.Verify(authenticator.Approve(0x85, 1, Map(1020))));
    }

    [Theory]
    [InlineData("{\"type\":\"webauthn.get\",\"challenge\":\"C\",\"origin\":\"O\"}", null)]
    [InlineData("{\"type\":\"webauthn.get\",\"challenge\":\"C\",\"origin\":\"O\",\"crossOrigin\":false,\"other\":{\"x\":[]}}", null)]
    [InlineData("\uFEFF{\"type\":\"webauthn.get\",\"challenge\":\"C\",\"origin\":\"O\"}", null)]
    [InlineData("{\"type\":\"webauthn.get\",\"challenge\":\"C=\",\"origin\":\"O\"}", ApprovalFault.WrongChallenge)]
    [InlineData("{\"type\":\"webauthn.get\",\"challenge\":\"C\",\"origin\":\"O/\"}", ApprovalFault.WrongOrigin)]
    [InlineData("{\"type\":\"webauthn.get\",\"challenge\":\"C\",\"origin\":\"O\",\"crossOrigin\":true}", ApprovalFault.CrossOrigin)]
    [InlineData("{\"type\":\"webauthn.get\",\"challenge\":\"C\",\"origin\":\"O\",\"topOrigin\":\"https://evil.example\"}", ApprovalFault.CrossOrigin)]
    [InlineData("{\"type\":\"webauthn.get\",\"challenge\":\"C\"}", ApprovalFault.MalformedClientData)]
    [InlineData("{\"type\":\"webauthn.get\",\"challenge\":\"C\",\"origin\":\"O\",\"origin\":\"O\"}", ApprovalFault.MalformedClientData)]
    [InlineData("{\"type\":\"webauthn.get\",\"challenge\":[\"C\"],\"origin\":\"O\"}", ApprovalFault.MalformedClientData)]
    [InlineData("[]", ApprovalFault.MalformedClientData)]
    [InlineData("", ApprovalFault.MalformedClientData)]
    public void Client_data_is_read_to_the_letter(string text, ApprovalFault? fault)
    {
        using var authenticator = new Authenticator(isBackupEligible: false);
        var clientData = text.Replace("\"C", "\"" + Base64Url.EncodeToString(authenticator.Challenge.ToArray()), StringComparison.Ordinal).Replace("\"O", "\"https://example.org", StringComparison.Ordinal);
        Assert.Equal(fault, authenticator.Verify(authenticator.Approve(0x05, 1, clientData: clientData)));
    }

    [Fact]
    public void A_point_off_the_curve_and_other_keys_are_no_keys()
    {
        using var authenticator = new Authenticator(isBackupEligible: false);
        var point = authenticator.Credential.PublicKey.Encoded.ToArray();
        Assert.True(P256PublicKey.TryDecode(point, out _));
        point[63] ^= 1;
        Assert.False(P256PublicKey.TryDecode(point, out _));
        Assert.False(P256PublicKey.TryDecode(new byte[64], out _));
        Assert.False(P256PublicKey.TryDecode(point.AsSpan(1), out _));

        var cose = Convert.FromHexString("A5010203262001215820").Concat(authenticator.Credential.PublicKey.Encoded[..32].ToArray())
            .Concat(Convert.FromHexString("225820")).Concat(authenticator.Credential.PublicKey.Encoded[32..].ToArray()).ToArray();
        bool Reads(byte[] bytes)
        {
            var reader = new CborReader(bytes);
            return P256PublicKey.TryReadCose(ref reader, out _) && reader.Rest.IsEmpty;
        }
        Assert.True(Reads(cose));
        // Each label and value, and each head: none may be another.
        foreach (var i in (int[])[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 42, 43, 44])
        {
            var changed = cose.ToArray();
            changed[i] ^= 1;
            Assert.False(Reads(changed), $"byte {i}");
        }
        Assert.All(Enumerable.Range(0, cose.Length), length => Assert.False(Reads(cose[..length])));
    }

    /// <summary>An authenticator of our own, for what the published vectors do not show.</summary>
    internal sealed class Authenticator : IDisposable
    {
        readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

        internal Authenticator(bool isBackupEligible, uint signCount = 0)
        {
            var q = key.ExportParameters(false).Q;
            Assert.True(P256PublicKey.TryDecode([.. q.X!, .. q.Y!], out var publicKey));
            Credential = PasskeyCredential.FromRecord(SHA256.HashData(q.X!), publicKey, isBackupEligible, signCount);
        }

        internal PasskeyCredential Credential { get; }

        internal Digest Challenge { get; init; } = new(SHA256.HashData("challenge"u8));

        internal Approval.Assertion Approve(byte flags, uint count, byte[]? extensions = null, string? clientData = null, string member = "alice")
        {
            var client = Encoding.UTF8.GetBytes(clientData
                ?? $$"""{"type":"webauthn.get","challenge":"{{Base64Url.EncodeToString(Challenge.ToArray())}}","origin":"https://example.org","crossOrigin":false}""");
            byte[] data = [.. SHA256.HashData("example.org"u8), flags, (byte)(count >> 24), (byte)(count >> 16), (byte)(count >> 8), (byte)count, .. extensions ?? []];
            var signature = key.SignData([.. data, .. SHA256.HashData(client)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            return new(member, "key", client, data, signature);
        }

        internal ApprovalFault? Verify(Approval.Assertion assertion) => PasskeyAssertion.Verify(Credential, party, Challenge, assertion, out _);

        public void Dispose() => key.Dispose();
    }
}
