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
}
