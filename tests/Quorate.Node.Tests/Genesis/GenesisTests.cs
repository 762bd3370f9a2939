using System.Text;
using System.Text.Json.Nodes;
using Quorate.Chains;
using Quorate.Policies;

namespace Quorate.Node.Tests.Genesis;

public sealed class GenesisTests
{
    readonly Deployment acme = new();

    static GenesisDocument Parse(JsonObject document) => GenesisDocument.Parse(Encoding.UTF8.GetBytes(document.ToJsonString()), ChainSpelling.IsCanonical);

    DocumentException Refused(string pointer, string code, Action<JsonObject> change)
    {
        var document = acme.GenesisJson();
        change(document);
        var refused = Assert.Throws<DocumentException>(() => Parse(document));
        Assert.Equal((pointer, code), (refused.Pointer, refused.Code));
        return refused;
    }

    [Fact]
    public void A_document_says_who_everybody_is()
    {
        var genesis = Parse(acme.GenesisJson());
        Assert.Equal(("acme", DeploymentMode.Production, 2), (genesis.Organisation, genesis.Mode, genesis.Administrators.Threshold));
        Assert.Equal([1, 2, 3], genesis.Nodes.Select(n => n.Number));
        Assert.Equal("node-2", genesis.Find(acme.Id("node-2"))!.Name);
        Assert.Null(genesis.Find(acme.Id("stranger-node")));
        Assert.True(genesis.Membership.CanApprove("alice"));
        Assert.False(genesis.Membership.CanApprove("mallory"));
    }

    [Fact]
    public void The_hash_is_of_the_content_and_not_of_its_spelling()
    {
        var genesis = Parse(acme.GenesisJson());
        var reversed = new JsonObject([.. acme.GenesisJson().Reverse().Select(pair => KeyValuePair.Create(pair.Key, pair.Value?.DeepClone()))]);
        Assert.Equal(genesis.Hash, Parse(reversed).Hash);
        Assert.Equal(genesis.Hash, GenesisDocument.Parse(genesis.Canonical.Span).Hash);
        var other = acme.GenesisJson();
        other["organisation"] = "acmE";
        Assert.NotEqual(genesis.Hash, Parse(other).Hash);
    }

    [Fact]
    public void Production_takes_two_administrators()
    {
        Refused("/administrators/threshold", "administrators", d => d["administrators"]!["threshold"] = 1);
        Refused("/administrators/threshold", "range", d => d["administrators"]!["members"] = new JsonArray("alice"));
        var development = acme.GenesisJson();
        development["mode"] = "development";
        development["administrators"]!["threshold"] = 1;
        Assert.Equal(1, Parse(development).Administrators.Threshold);
    }

    [Fact]
    public void An_administrator_is_a_member_with_a_device()
    {
        Refused("/administrators/members/0", "unknown-member", d => d["administrators"]!["members"]![0] = "mallory");
        Refused("/administrators/members/0", "unknown-member", d => d["membership"]!["members"]![0]!["devices"] = new JsonArray());
    }

    [Fact]
    public void Nodes_have_names_and_keys_of_their_own()
    {
        Refused("/nodes/1", "duplicate", d => d["nodes"]![1]!["name"] = "node-1");
        Refused("/nodes/2", "duplicate", d => d["nodes"]![2]!["key"] = acme.Id("node-1").ToString());
        Refused("/nodes/0/key", "key", d => d["nodes"]![0]!["key"] = new string('0', 63) + "1");
        Refused("/nodes", "count", d => d["nodes"] = new JsonArray());
    }

    [Fact]
    public void Nobody_has_two_votes()
    {
        Refused("/membership", "inconsistent", d => d["membership"]!["members"]![1]!["devices"]![0]!["ed25519"] = Convert.ToHexStringLower(acme.Key("alice").EncodedPublicKey));
        Refused("/membership/members/0/devices/0", "device", d => d["membership"]!["members"]![0]!["devices"]![0]!.AsObject().Remove("ed25519"));
    }

    [Fact]
    public void What_nobody_asked_for_is_refused_and_so_is_what_is_missing()
    {
        Refused("/quorum", "unknown-member", d => d["quorum"] = 2);
        foreach (var name in acme.GenesisJson().Select(pair => pair.Key).ToArray())
            Refused("", "missing", d => d.Remove(name));
        Refused("/policy/rules/0/what/0/recipients/0", "account", d => d["policy"]!["rules"]![0]!["what"]![0]!["recipients"]![0] = "eip155:1:" + Deployment.Supplier.ToLowerInvariant());
        Refused("/policy/rules/1/what/0/assets/0", "asset", d => d["policy"]!["rules"]![1]!["what"]![0]!["assets"]![0] = "eip155:01/slip44:60");
    }

    [Fact]
    public void A_document_with_any_byte_changed_is_another_or_none()
    {
        var canonical = Parse(acme.GenesisJson()).Canonical.ToArray();
        var hash = GenesisDocument.Parse(canonical).Hash;
        for (var i = 0; i < canonical.Length; i++)
        {
            var changed = canonical.ToArray();
            changed[i] ^= 1;
            try
            {
                Assert.NotEqual(hash, GenesisDocument.Parse(changed).Hash);
            }
            catch (DocumentException)
            {
                // None.
            }
        }
    }
}
