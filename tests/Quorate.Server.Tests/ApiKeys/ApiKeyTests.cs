using System.Net;
using Quorate.Cryptography.Signatures;
using Quorate.Server.ApiKeys;
using Quorate.Server.Ids;
using Quorate.Server.Recording;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.ApiKeys;

public sealed class ApiKeyTests
{
    // The generator: x and y of SEC 2, section 2.4.2.
    static readonly Blob p256 = new(Convert.FromHexString("6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296" + "4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5"));

    static Blob Key(byte fill)
    {
        using var key = new Ed25519Key(Enumerable.Repeat(fill, 32).ToArray());
        return new(key.EncodedPublicKey.ToArray());
    }

    static readonly ApiKeyCommand.Issue issue =
        new(Noon, Id(ResourceKind.ApiKey), "ci", null, KeyAlgorithm.Ed25519, Key(1), [Role.Initiator], ["10.0.0.0/8"], Noon.AddDays(30), "alice");

    static ApiKey Issued => ApiKey.Decide(ApiKey.None, issue).Events.Aggregate(ApiKey.None, ApiKey.Evolve);

    [Fact]
    public void A_rotated_key_is_good_beside_the_old_one_for_a_while()
    {
        var rotated = ApiKey.Decide(Issued, new ApiKeyCommand.Rotate(Noon, KeyAlgorithm.P256, p256, Noon.AddDays(1), Noon.AddDays(60))).Events.Aggregate(Issued, ApiKey.Evolve);
        Assert.Equal(2, rotated.KeysAt(Noon).Count());
        Assert.Equal(p256, Assert.Single(rotated.KeysAt(Noon.AddDays(1))).PublicKey);
        Assert.Empty(rotated.KeysAt(Noon.AddDays(60)));
        Assert.Equal("invalid_overlap", ApiKey.Decide(Issued, new ApiKeyCommand.Rotate(Noon, KeyAlgorithm.P256, p256, Noon.AddDays(8), Noon.AddDays(60))).Refusal!.Code);
        Assert.Equal("wrong_state", ApiKey.Decide(rotated, new ApiKeyCommand.Rotate(Noon, KeyAlgorithm.Ed25519, Key(1), Noon, Noon.AddDays(60))).Refusal!.Code);
    }

    [Fact]
    public void A_revoked_key_verifies_nothing_and_stays_so()
    {
        var revoked = ApiKey.Decide(Issued, new ApiKeyCommand.Revoke(Noon, "bob", "leaked")).Events.Aggregate(Issued, ApiKey.Evolve);
        Assert.Empty(revoked.KeysAt(Noon));
        Assert.Equal("wrong_state", ApiKey.Decide(revoked, new ApiKeyCommand.Rotate(Noon, KeyAlgorithm.Ed25519, Key(2), Noon, Noon.AddDays(60))).Refusal!.Code);
    }

    [Fact]
    public void Callers_come_from_the_networks_that_are_named()
    {
        Assert.True(Issued.IsFrom(IPAddress.Parse("10.1.2.3")));
        Assert.False(Issued.IsFrom(IPAddress.Parse("11.1.2.3")));
        // The same, as a socket of both families says it.
        Assert.True(Issued.IsFrom(IPAddress.Parse("::ffff:10.1.2.3")));
        Assert.Equal("invalid_network", ApiKey.Decide(ApiKey.None, issue with { Networks = ["10.0.0.1/8 "] }).Refusal!.Code);
    }

    [Fact]
    public void What_is_issued_is_sound()
    {
        Assert.Equal("invalid_key", ApiKey.Decide(ApiKey.None, issue with { PublicKey = new(new byte[31]) }).Refusal!.Code);
        // The identity, and no point at all.
        Assert.Equal("invalid_key", ApiKey.Decide(ApiKey.None, issue with { PublicKey = new((byte[])[1, .. new byte[31]]) }).Refusal!.Code);
        Assert.Equal("invalid_key", ApiKey.Decide(ApiKey.None, issue with { Algorithm = KeyAlgorithm.P256, PublicKey = new(new byte[64]) }).Refusal!.Code);
        Assert.Equal("invalid_key", ApiKey.Decide(ApiKey.None, issue with { Algorithm = KeyAlgorithm.P256 }).Refusal!.Code);
        Assert.Equal("invalid_roles", ApiKey.Decide(ApiKey.None, issue with { Roles = [] }).Refusal!.Code);
        Assert.Equal("invalid_expiry", ApiKey.Decide(ApiKey.None, issue with { ExpiresAt = Noon.AddDays(400) }).Refusal!.Code);
        Assert.Empty(ApiKey.Decide(Issued, issue).Events);
        Assert.Equal("already_exists", ApiKey.Decide(Issued, issue with { PublicKey = Key(9) }).Refusal!.Code);
    }
}
