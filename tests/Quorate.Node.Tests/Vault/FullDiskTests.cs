using Quorate.Journal.Storage.Sqlite;
using Quorate.Node.Vault;

namespace Quorate.Node.Tests.Vault;

public sealed class FullDiskTests : IDisposable
{
    readonly VaultPlace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public void A_full_disk_is_a_clear_error_loses_nothing_and_passes()
    {
        using var holding = Holdings.Frost();
        using var large = Holdings.Dkls23();
        VaultAnchor anchor;
        using (var vault = place.Open())
        {
            vault.Put(holding);
            anchor = vault.Anchor;
            var connection = vault.Records.File.Connection;
            connection.Execute($"PRAGMA max_page_count = {connection.Scalar("PRAGMA page_count")}");

            var problem = Assert.Throws<VaultException>(() => vault.Put(large));
            Assert.Equal((VaultFault.Full, false), (problem.Fault, problem.IsOutcomeUnknown));
            Assert.Contains("the disk is full; nothing has been changed", problem.Message, StringComparison.Ordinal);
            Assert.Equal(anchor, vault.Anchor);
            Assert.Empty(vault.Verify());
            Assert.Null(vault.Find(KeyId.Of(large.Package)));
        }
        using (var vault = place.Open(anchor))
        {
            var connection = vault.Records.File.Connection;
            connection.Execute($"PRAGMA max_page_count = {connection.Scalar("PRAGMA page_count")}");
            Assert.Throws<VaultException>(() => vault.Put(large));
            // There is room again, and the same process goes on.
            connection.Execute("PRAGMA max_page_count = 100000");
            vault.Put(large);
            Assert.Empty(vault.Verify());
        }
        using var again = place.Open();
        Assert.Equal(2, again.Keys.Count);
    }

    [Fact]
    public void Who_is_banned_while_the_disk_is_full_is_banned_at_once_and_recorded_when_there_is_room()
    {
        var key = Enumerable.Repeat((byte)7, 32).ToArray();
        VaultAnchor anchor;
        using (var vault = place.Open())
        {
            var connection = vault.Records.File.Connection;
            // Bans until the file is full.
            connection.Execute($"PRAGMA max_page_count = {connection.Scalar("PRAGMA page_count")}");
            ushort peer = 0;
            var problem = Assert.Throws<VaultException>(() =>
            {
                while (peer < 500)
                    vault.Bans.Ban(key, new(++peer));
            });
            Assert.Equal(VaultFault.Full, problem.Fault);
            Assert.True(vault.Bans.IsBanned(key, new(peer)));
            Assert.False(vault.Bans.IsBanned(key, new((ushort)(peer + 1))));
            Assert.Equal(peer, vault.Banned.Count);
            Assert.Throws<VaultException>(vault.RecordBans);
            Assert.Empty(vault.Verify());
            connection.Execute("PRAGMA max_page_count = 100000");
            vault.RecordBans();
            Assert.Equal(peer, vault.Banned.Count);
            anchor = vault.Anchor;
        }
        using var again = place.Open(anchor);
        Assert.True(again.Banned.Count > 0 && again.Banned.All(ban => again.Bans.IsBanned(key, ban.Peer)));
        Assert.Equal(again.Banned.Max(ban => ban.Peer.Value), again.Banned.Count);
    }
}
