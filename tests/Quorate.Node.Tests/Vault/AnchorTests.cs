using Quorate.Node.Vault;

namespace Quorate.Node.Tests.Vault;

/// <summary>An old copy of the whole vault, against the anchor that is kept elsewhere.</summary>
public sealed class AnchorTests : IDisposable
{
    readonly VaultPlace place = new();

    public void Dispose() => place.Dispose();

    static void Ban(NodeVault vault, int party) => vault.Bans.Ban(new byte[32], new(party));

    VaultFault FaultUnder(VaultAnchor anchor) => Assert.Throws<VaultException>(() => place.Open(anchor)).Fault;

    [Fact]
    public void The_vault_that_was_anchored_opens_and_an_older_copy_does_not()
    {
        var old = place.Copy("old");
        VaultAnchor anchor;
        using (var vault = place.Open())
        {
            Ban(vault, 1);
            anchor = vault.Anchor;
        }
        using (var vault = place.Open(anchor))
            Assert.Equal(anchor, vault.Anchor);

        File.Copy(old, place.File, overwrite: true);
        Assert.Equal(VaultFault.RolledBack, FaultUnder(anchor));
        using (place.Open())
        {
            // Without an anchor nobody can know.
        }
    }

    [Fact]
    public void Another_history_of_the_same_length_is_no_substitute()
    {
        var old = place.Copy("old");
        VaultAnchor anchor;
        using (var vault = place.Open())
        {
            Ban(vault, 1);
            anchor = vault.Anchor;
        }
        File.Copy(old, place.File, overwrite: true);
        using (var vault = place.Open())
            Ban(vault, 2);
        Assert.Equal(VaultFault.Forked, FaultUnder(anchor));
        // And what follows from the wrong history does not follow from the right one.
        using (var vault = place.Open())
            Ban(vault, 3);
        Assert.Equal(VaultFault.Forked, FaultUnder(anchor));
    }

    [Fact]
    public void One_commit_ahead_of_the_anchor_is_a_crash_and_two_are_not()
    {
        var anchors = new List<VaultAnchor>();
        using (var vault = place.Open(keep: anchors.Add))
        {
            Ban(vault, 1);
            Ban(vault, 2);
        }
        Assert.Equal([1L, 2, 3], anchors.Select(a => a.Revision));

        var kept = new List<VaultAnchor>();
        using (place.Open(anchors[1], kept.Add))
            Assert.Equal(anchors[2], Assert.Single(kept));
        using (place.Open(anchors[2], kept.Add))
            Assert.Single(kept);
        Assert.Equal(VaultFault.Ahead, FaultUnder(anchors[0]));
    }

    [Fact]
    public void An_anchor_that_cannot_be_kept_stops_the_vault_before_a_second_commit()
    {
        var last = default(VaultAnchor);
        using (var vault = place.Open(keep: a => last = a.Revision == 2 ? throw new IOException("the journal is gone") : a))
        {
            Assert.Throws<IOException>(() => Ban(vault, 1));
            Assert.Equal(VaultFault.Unavailable, Assert.Throws<VaultException>(() => Ban(vault, 2)).Fault);
        }
        using var again = place.Open(last, a => last = a);
        Assert.True(again.Bans.IsBanned(new byte[32], new(1)));
        Assert.Equal(2, last!.Revision);
    }

    [Fact]
    public void Another_vaults_anchor_is_refused()
    {
        using var other = new VaultPlace();
        VaultAnchor anchor;
        using (var vault = other.Open())
            anchor = vault.Anchor;
        Assert.Equal(VaultFault.Foreign, FaultUnder(anchor));
    }

    [Fact]
    public void An_anchor_has_one_text()
    {
        VaultAnchor anchor;
        using (var vault = place.Open())
            anchor = vault.Anchor;
        var text = anchor.ToString();
        Assert.True(VaultAnchor.TryParse(text, out var read));
        Assert.Equal(anchor, read);
        foreach (var bad in (string?[])[null, "", text + "/", text.ToUpperInvariant(), text.Replace("/1/", "/01/", StringComparison.Ordinal), text[1..]])
            Assert.False(VaultAnchor.TryParse(bad, out _), bad);
    }
}
