using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using static Quorate.Threshold.Tests.Recorded.RecordedBytesTests;

namespace Quorate.Threshold.Tests.Recorded;

/// <summary>
/// The stored formats of a DKLs23 key load for ever: the file holds a share, what both hosts of a 2-of-2 key stored before
/// a refresh was certified, and the certificate.
/// </summary>
public sealed class Dkls23RecordedTests
{
    [Fact]
    public void Version_1_of_a_dkls23_key_loads_is_refreshed_and_signs()
    {
        var json = VectorFile.Read("recorded/v1/dkls23.json");
        var key = Point<Secp256k1>.Decode(json.Hex("groupKey"));
        using var share = Read(json.Hex("keyShareOfParty1"), Dkls23KeyShare.Read, s => s.Write);
        var holdings = json.GetProperty("keyHoldingsBeforeTheCertificate").EnumerateObject().ToDictionary(
            p => new PartyId(int.Parse(p.Name, null)), p => Read(Convert.FromHexString(p.Value.GetString()!), Dkls23KeyHolding.Read, h => h.Write));
        Assert.Equal((key, 0u), (share.Package.GroupKey, share.Package.Epoch));
        Assert.Equal(json.Hex("chainCode"), share.Package.ChainCode);
        Assert.True(Signs(new() { [new(1)] = share, [new(2)] = holdings[new(2)].Share! }, key));

        var certificate = Read(json.Hex("reshareCertificate"), ReshareCertificate<Secp256k1>.Read, c => c.Write);
        Assert.All(holdings.Values, h => Assert.True(h.Accept(certificate)));
        Assert.Equal(1u, holdings[new(1)].Package.Epoch);
        Assert.True(Signs(holdings.ToDictionary(h => h.Key, h => h.Value.Share!), key));
        foreach (var holding in holdings.Values)
            holding.Dispose();
    }

    static bool Signs(Dictionary<PartyId, Dkls23KeyShare> shares, Point<Secp256k1> key)
    {
        var digest = SHA256.HashData("recorded"u8);
        using var run = Dkls23Runs.Sign(122, shares, PartySet.Range(2), digest).Run();
        return run.Outputs<Dkls23Signature>().All(s => s.Value.Signature.Verify(key, digest));
    }
}
