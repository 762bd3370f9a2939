using System.Text.Json;
using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Tests.Recorded;

/// <summary>
/// Stored formats load for ever. Each file holds one key: shares, package, a resharing to another committee with its
/// certificate, and what a host stored on the way. What is read must mean what the file says, write the same bytes
/// again, and sign.
/// </summary>
public sealed class RecordedBytesTests
{
    static readonly byte[] message = "recorded"u8.ToArray();

    internal delegate T Reading<T>(ref WireReader reader);
    internal delegate void Writing(WireWriter writer);

    [Fact]
    public void Version_1_of_an_ed25519_key_loads() => Load<Ed25519>("recorded/v1/frost-ed25519.json", (shares, key) => Signs(FrostSuite.Ed25519, shares, key));

    [Fact]
    public void Version_1_of_a_secp256k1_key_loads() => Load<Secp256k1>("recorded/v1/frost-secp256k1.json", (shares, key) => Signs(FrostSuite.Secp256k1, shares, key));

    [Fact]
    public void Version_1_of_a_bip340_key_loads() => Load<Secp256k1>("recorded/v1/frost-bip340.json", SignsBip340);

    static void Load<C>(string file, Func<Dictionary<PartyId, KeyShare<C>>, Point<C>, bool> signs) where C : struct, ICurve<C>
    {
        var json = VectorFile.Read(file);
        var package = Read(json.Hex("publicKeyPackage"), PublicKeyPackage<C>.Read, p => p.Write);
        AssertDescribes(json, json, package);

        var shares = ByParty(json.GetProperty("keyShares"), KeyShare<C>.Read, s => s.Write);
        Assert.Equal(package.Parties, shares.Keys.Order());
        Assert.All(shares, s => Assert.Equal((s.Key, package), (s.Value.Me, s.Value.Package)));
        Assert.True(signs(Quorum(shares), package.GroupKey));

        var next = json.GetProperty("next");
        var certificate = Read(next.Hex("reshareCertificate"), ReshareCertificate<C>.Read, c => c.Write);
        AssertDescribes(json, next, certificate.Package);
        Assert.Equal(package.Digest(), certificate.Replaces);
        var pending = ByParty(next.GetProperty("pendingSharings"), PendingSharing<C>.Read, p => p.Write);
        Assert.All(pending, p => Assert.Equal((p.Key, certificate.Package), (p.Value.Me, p.Value.Package)));
        var active = pending.Where(p => p.Value.HasShare).ToDictionary(p => p.Key, p => p.Value.Activate(certificate));
        Assert.Equal(certificate.Package.Parties, active.Keys.Order());
        Assert.True(signs(Quorum(active), package.GroupKey));

        var holdings = json.GetProperty("keyHoldings");
        using var before = Read(holdings.Hex("beforeTheCertificate"), KeyHolding<C>.Read, h => h.Write);
        using var after = Read(holdings.Hex("afterItWithAnotherPending"), KeyHolding<C>.Read, h => h.Write);
        Assert.Equal((holdings.GetProperty("party").GetInt32(), package), (before.Me.Value, before.Share!.Package));
        Assert.True(before.Accept(certificate));
        Assert.Equal((before.Package, before.Share!.SigningShare.Expose()), (after.Package, after.Share!.SigningShare.Expose()));
        Assert.Equal(certificate.Package.Epoch + 1, Assert.Single(after.Pending).Package.Epoch);

        foreach (var secret in shares.Values.Concat(active.Values).Cast<IDisposable>().Concat(pending.Values))
            secret.Dispose();
    }

    static void AssertDescribes<C>(JsonElement key, JsonElement sharing, PublicKeyPackage<C> package) where C : struct, ICurve<C>
    {
        Assert.Equal(key.GetProperty("scheme").GetString(), package.Scheme.ToString());
        Assert.Equal(key.GetProperty("origin").GetString(), package.Origin.ToString());
        Assert.Equal(key.Hex("groupKey"), package.GroupKey.Encode());
        Assert.Equal(key.Hex("chainCode"), package.ChainCode);
        Assert.Equal(sharing.GetProperty("epoch").GetUInt32(), package.Epoch);
        Assert.Equal(sharing.GetProperty("threshold").GetInt32(), package.Threshold);
        Assert.Equal(sharing.Integers("parties"), package.Parties.Select(p => (int)p.Value));
    }

    static Dictionary<PartyId, T> ByParty<T>(JsonElement json, Reading<T> read, Func<T, Writing> write) =>
        json.EnumerateObject().ToDictionary(
            p => new PartyId(int.Parse(p.Name, null)), p => Read(Convert.FromHexString(p.Value.GetString()!), read, write));

    /// <summary>Reads the whole of the bytes; what was read writes them again.</summary>
    internal static T Read<T>(byte[] bytes, Reading<T> read, Func<T, Writing> write)
    {
        var reader = new WireReader(bytes);
        var value = read(ref reader);
        reader.End();
        using var writer = new WireWriter();
        write(value)(writer);
        Assert.Equal(bytes, writer.Written);
        return value;
    }

    static Dictionary<PartyId, KeyShare<C>> Quorum<C>(Dictionary<PartyId, KeyShare<C>> shares) where C : struct, ICurve<C> =>
        shares.OrderByDescending(s => s.Key).Take(shares.Values.First().Package.Threshold).ToDictionary();

    static bool Signs<C>(FrostSuite<C> suite, Dictionary<PartyId, KeyShare<C>> shares, Point<C> key) where C : struct, ICurve<C>
    {
        using var run = FrostRuns.Sign(suite, 120, shares, new(shares.Keys), message).Run();
        return run.Outputs<SchnorrSignature<C>>().All(s => s.Verify(suite, key, message));
    }

    static bool SignsBip340(Dictionary<PartyId, KeyShare<Secp256k1>> shares, Point<Secp256k1> key)
    {
        var context = TweakContext.Init(key);
        using var run = Bip340Runs.Sign(121, shares, new(shares.Keys), context, message).Run();
        return run.Outputs<Bip340Signed>().All(s => s.Signature.Verify(context.PublicKey, message));
    }
}
