namespace Quorate.Policies;

/// <summary>From a document to a membership: docs/spec/genesis.md. A node pins it with its genesis document.</summary>
static class MembershipReader
{
    // Bounds on work. Every device is a key to decode.
    const int MaxDevices = 32;
    const int MaxOrigins = 16;

    internal static Membership Read(JsonValue document)
    {
        var members = new JsonMembers(document);
        members.Required("quorateMembership").AsNumber(1, 1);
        var party = ReadParty(members.Required("relyingParty"));
        var people = members.Required("members").AsList(1, PolicyReader.MaxMembers).ConvertAll(ReadMember);
        members.End();
        return Sound(document, () => new Membership(party, people));
    }

    static RelyingParty ReadParty(JsonValue value)
    {
        var members = new JsonMembers(value);
        var id = members.Required("id").AsText();
        var origins = members.Required("origins").AsSet(1, MaxOrigins, origin => origin.AsText());
        var topOrigins = members.Optional("topOrigins", list => list.AsSet(0, MaxOrigins, origin => origin.AsText()));
        members.End();
        return Sound(value, () => new RelyingParty(id, origins, topOrigins));
    }

    static Member ReadMember(JsonValue value)
    {
        var members = new JsonMembers(value);
        var id = members.Required("id").AsName();
        var devices = members.Required("devices").AsList(0, MaxDevices).ConvertAll(ReadDevice);
        members.End();
        return new(id, [.. devices]);
    }

    static Device ReadDevice(JsonValue value)
    {
        var members = new JsonMembers(value);
        var id = members.Required("id").AsName();
        var key = members.Optional("ed25519", text => text.AsHex());
        var passkey = members.Optional("passkey", ReadPasskey);
        var from = members.OptionalValue("validFrom", instant => instant.AsInstant());
        var until = members.OptionalValue("validUntil", instant => instant.AsInstant());
        var revoked = members.OptionalValue("revokedAt", instant => instant.AsInstant());
        members.End();
        if (key is null == passkey is null)
            throw value.Error("device", "a device has either \"ed25519\" or \"passkey\".");
        Device device = key is null
            ? new Device.Passkey(id, passkey!)
            : Sound(value.Find("ed25519")!, () => new Device.Ed25519Key(id, Convert.FromHexString(key)));
        return device with
        {
            ValidFrom = DateTimeOffset.FromUnixTimeSeconds(from ?? 0),
            ValidUntil = until is { } end ? DateTimeOffset.FromUnixTimeSeconds(end) : null,
            RevokedAt = revoked is { } at ? DateTimeOffset.FromUnixTimeSeconds(at) : null,
        };
    }

    static PasskeyCredential ReadPasskey(JsonValue value)
    {
        var members = new JsonMembers(value);
        var id = Convert.FromHexString(members.Required("credential").AsHex());
        var point = members.Required("publicKey");
        var isBackupEligible = members.Required("backupEligible").AsTruth();
        var signCount = (uint)members.Required("signCount").AsNumber(0, uint.MaxValue);
        members.End();
        return P256PublicKey.TryDecode(Convert.FromHexString(point.AsHex()), out var key)
            ? Sound(value, () => PasskeyCredential.FromRecord(id, key, isBackupEligible, signCount))
            : throw point.Error("key", "not x ‖ y of a point of P-256, 64 bytes.");
    }

    // What the fields say alone is right by now; what is left is how they fit together.
    static T Sound<T>(JsonValue value, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (ArgumentException problem)
        {
            throw value.Error("inconsistent", problem.Message);
        }
    }
}
