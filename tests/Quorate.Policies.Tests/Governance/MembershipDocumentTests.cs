using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Quorate.Policies.Tests.Governance;

public sealed class MembershipDocumentTests
{
    static JsonObject Document(params JsonObject[] devices) => new()
    {
        ["quorateMembership"] = 1,
        ["relyingParty"] = new JsonObject { ["id"] = "wallet.example.org", ["origins"] = new JsonArray("https://wallet.example.org") },
        ["members"] = new JsonArray(new JsonObject { ["id"] = "alice", ["devices"] = new JsonArray([.. devices]) }),
    };

    static JsonObject Passkey(string publicKey) => new()
    {
        ["id"] = "phone",
        ["passkey"] = new JsonObject { ["credential"] = "0102", ["publicKey"] = publicKey, ["backupEligible"] = true, ["signCount"] = 7 },
        ["revokedAt"] = "2026-12-01T00:00:00Z",
    };

    static Membership Parse(JsonObject document) => Membership.Parse(Encoding.UTF8.GetBytes(document.ToJsonString()));

    static void Refused(string pointer, string code, JsonObject document)
    {
        var refused = Assert.Throws<DocumentException>(() => Parse(document));
        Assert.Equal((pointer, code), (refused.Pointer, refused.Code));
    }

    [Fact]
    public void A_passkey_is_read_with_its_key_and_its_times()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        var membership = Parse(Document(Passkey(Convert.ToHexStringLower([.. point.X!, .. point.Y!]))));
        var found = Assert.IsType<Device.Passkey>(membership.Find("alice", "phone", out _));
        Assert.Equal((7u, true), (found.Credential.SignCount, found.Credential.IsBackupEligible));
        Assert.Equal(new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero), found.RevokedAt);
        Assert.Equal((DateTimeOffset.UnixEpoch, null), (found.ValidFrom, found.ValidUntil));
    }

    [Fact]
    public void What_is_no_device_is_refused_where_it_stands()
    {
        Refused("/members/0/devices/0/passkey/publicKey", "key", Document(Passkey(new string('1', 128))));
        Refused("/members/0/devices/0", "device", Document(new JsonObject { ["id"] = "nothing" }));
        Refused("/members/0/devices/0/ed25519", "inconsistent", Document(new JsonObject { ["id"] = "key", ["ed25519"] = new string('0', 62) + "01" }));
        var empty = Document();
        empty["relyingParty"]!["origins"] = new JsonArray();
        Refused("/relyingParty/origins", "count", empty);
    }

    [Fact]
    public void Who_has_no_device_can_not_approve()
    {
        Assert.False(Parse(Document()).CanApprove("alice"));
        Assert.False(Parse(Document()).CanApprove("bob"));
    }
}
