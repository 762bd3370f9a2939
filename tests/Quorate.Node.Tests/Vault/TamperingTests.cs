using Quorate.Cryptography.Curves;
using Quorate.Node.Vault;
using Quorate.Policies;

namespace Quorate.Node.Tests.Vault;

/// <summary>Somebody who has the file, knows the format and does not have the KEK.</summary>
public sealed class TamperingTests : IDisposable
{
    readonly VaultPlace place = new();
    readonly Digest frost, schnorr;

    public TamperingTests()
    {
        using var vault = place.Open();
        using var first = Holdings.Frost();
        using var second = Holdings.Secp256k1Frost();
        (frost, schnorr) = (KeyId.Of(first.Package), KeyId.Of(second.Package));
        vault.Put(first);
        vault.Put(second);
        vault.Bans.Ban(new byte[32], new(3));
        vault.TrySpend(new byte[32]);
    }

    public void Dispose() => place.Dispose();

    string Frost => $"key/{frost}";

    string Schnorr => $"key/{schnorr}";

    VaultException Refused(VaultFault fault, string? record)
    {
        var before = File.ReadAllBytes(place.File);
        var problem = Assert.Throws<VaultException>(() => place.Open());
        Assert.Equal((fault, record), (problem.Fault, problem.Record));
        Assert.Equal(before, File.ReadAllBytes(place.File));
        return problem;
    }

    [Fact]
    public void Bytes_of_every_row_count() => FlipEvery(11);

    [Fact, Trait("Category", "Slow")]
    public void Every_byte_of_every_row_counts() => FlipEvery(1);

    void FlipEvery(int step)
    {
        string[] names = ["identity", "manifest", Frost, $"ban/{new Digest()}/3", "spent/0"];
        foreach (var (table, column, name) in names.SelectMany(n => (string[])["header", "body"], (n, c) => ("records", c, n))
            .Append(("vault", "parameters", "")).Append(("vault", "proof", "")).Append(("vault", "id", "")))
        {
            var value = place.Blob(table, column, name);
            for (var at = 0; at < value.Length; at += step)
            {
                byte[] changed = [.. value];
                changed[at] ^= (byte)(1 << (at % 8));
                place.SetBlob(table, column, name, changed);
                var problem = Assert.Throws<VaultException>(() => place.Open());
                Assert.True(table == "vault" ? problem.Fault is VaultFault.WrongKey or VaultFault.UnknownFormat : problem.Record == name, $"{name} {column} {at}: {problem.Message}");
            }
            place.SetBlob(table, column, name, value[..^1]);
            Assert.Throws<VaultException>(() => place.Open());
            place.SetBlob(table, column, name, value);
        }
        using var vault = place.Open();
        Assert.Empty(vault.Verify());
    }

    [Fact]
    public void A_changed_record_is_named()
    {
        place.Sql($"UPDATE records SET body = body || x'00' WHERE name = '{Frost}'");
        Assert.Contains("not what was written", Refused(VaultFault.Edited, Frost).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_record_is_named()
    {
        place.Sql($"DELETE FROM records WHERE name = 'ban/{new Digest()}/3'");
        Refused(VaultFault.Missing, $"ban/{new Digest()}/3");
    }

    [Fact]
    public void A_record_that_was_never_put_is_named()
    {
        place.Sql($"INSERT INTO records SELECT 'key/new', header, body FROM records WHERE name = '{Frost}'");
        Refused(VaultFault.Unexpected, "key/new");
    }

    [Fact]
    public void A_record_that_was_taken_out_does_not_come_back()
    {
        var before = place.Copy("before");
        using (var vault = place.Open())
            vault.Destroy(frost, "gone", VaultPlace.Noon);
        place.SqlWith(before, $"INSERT INTO records SELECT * FROM other.records WHERE name = '{Frost}'");
        Refused(VaultFault.Unexpected, Frost);
    }

    [Fact]
    public void Two_records_of_one_name_are_refused()
    {
        place.Sql(
            $"""
            CREATE TABLE twice (name TEXT, header BLOB, body BLOB);
            INSERT INTO twice SELECT * FROM records;
            INSERT INTO twice SELECT * FROM records WHERE name = '{Frost}';
            DROP TABLE records;
            ALTER TABLE twice RENAME TO records
            """);
        Refused(VaultFault.Duplicated, Frost);
    }

    [Fact]
    public void Records_swapped_between_keys_are_both_named()
    {
        place.Sql($"UPDATE records SET name = CASE name WHEN '{Frost}' THEN 'x' ELSE name END");
        place.Sql($"UPDATE records SET name = '{Frost}' WHERE name = '{Schnorr}'");
        place.Sql($"UPDATE records SET name = '{Schnorr}' WHERE name = 'x'");
        var problem = Refused(VaultFault.Swapped, string.CompareOrdinal(Frost, Schnorr) < 0 ? Frost : Schnorr);
        Assert.Equal(2, problem.Findings.Count);
        Assert.All(problem.Findings, f => Assert.Equal(VaultFault.Swapped, f.Fault));
    }

    [Fact]
    public void The_contents_of_one_key_under_the_header_of_another_are_named()
    {
        place.Sql($"UPDATE records SET body = (SELECT body FROM records WHERE name = '{Schnorr}') WHERE name = '{Frost}'");
        Assert.Contains(Schnorr, Refused(VaultFault.Swapped, Frost).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_of_another_vault_under_the_same_key_is_named()
    {
        var other = place.PathOf("other.db");
        VaultPlace.Create(other);
        using (var vault = VaultPlace.OpenAt(other))
        {
            using var same = Holdings.Frost();
            vault.Put(same);
        }
        place.SqlWith(other, $"UPDATE records SET (header, body) = (SELECT header, body FROM other.records WHERE name = '{Frost}') WHERE name = '{Frost}'");
        Refused(VaultFault.Foreign, Frost);
    }

    [Fact]
    public void One_record_put_back_is_named()
    {
        var before = place.Copy("before");
        using (var vault = place.Open())
        {
            using var refreshed = Holdings.Frost(2);
            vault.Put(refreshed);
        }
        place.SqlWith(before, $"UPDATE records SET (header, body) = (SELECT header, body FROM other.records WHERE name = '{Frost}') WHERE name = '{Frost}'");
        Assert.Contains("it is of revision 2; the vault knows 6", Refused(VaultFault.RolledBack, Frost).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_manifest_put_back_is_named()
    {
        var before = place.Copy("before");
        using (var vault = place.Open())
            vault.Bans.Ban(new byte[32], new(4));
        place.SqlWith(before, "UPDATE records SET (header, body) = (SELECT header, body FROM other.records WHERE name = 'manifest') WHERE name = 'manifest'");
        Refused(VaultFault.RolledBack, "manifest");
    }

    [Fact]
    public void A_vault_without_manifest_or_without_its_own_row_is_refused()
    {
        var whole = place.Copy("whole");
        place.Sql("DELETE FROM records WHERE name = 'manifest'");
        Refused(VaultFault.Missing, "manifest");
        File.Copy(whole, place.File, overwrite: true);
        place.Sql("DELETE FROM vault");
        Refused(VaultFault.UnknownFormat, null);
        File.Copy(whole, place.File, overwrite: true);
        place.Sql("DROP TABLE records");
        Refused(VaultFault.Damaged, null);
        File.Copy(whole, place.File, overwrite: true);
        place.Sql("UPDATE vault SET format = 2");
        Assert.Contains("format 2; this build knows 1", Refused(VaultFault.UnknownFormat, null).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_is_changed_while_the_vault_is_open_is_found_when_it_is_read()
    {
        using var vault = place.Open();
        var back = new BackDoor(vault);
        back.Sql($"UPDATE records SET body = x'00' WHERE name = '{Frost}'");
        back.Sql($"DELETE FROM records WHERE name = '{Schnorr}'");

        Assert.Equal((VaultFault.Edited, Frost), FaultOf(() => vault.OpenKey<Ed25519>(frost)));
        Assert.Equal((VaultFault.Missing, Schnorr), FaultOf(() => vault.OpenKey<Secp256k1>(schnorr)));
        Assert.Equal(2, vault.Verify().Count);
    }

    [Fact]
    public void A_process_whose_vault_has_moved_on_without_it_commits_nothing()
    {
        // What a copy of a process's memory would be, or a second writer past the lock.
        using var vault = place.Open();
        var back = new BackDoor(vault);
        back.Sql("UPDATE records SET header = zeroblob(79) WHERE name = 'manifest'");
        Assert.Equal((VaultFault.Edited, "manifest"), FaultOf(() => vault.TrySpend([.. Enumerable.Repeat((byte)1, 32)])));
        // And nothing more until it has been opened again.
        Assert.Equal((VaultFault.Unavailable, null), FaultOf(() => vault.OpenIdentity()));
    }

    [Fact]
    public void What_is_no_vault_or_cut_off_is_refused_and_left_alone()
    {
        var whole = File.ReadAllBytes(place.File);
        Assert.Throws<FileNotFoundException>(() => VaultPlace.OpenAt(place.PathOf("none")));
        Assert.False(File.Exists(place.PathOf("none")));
        foreach (var bytes in (byte[][])["nonsense, and more than a hundred bytes of it: "u8.ToArray(), whole[..5_000], whole[..8_192], whole[..(whole.Length - 4_096)]])
        {
            File.WriteAllBytes(place.File, bytes);
            Assert.Throws<VaultException>(() => place.Open());
        }
    }

    static (VaultFault, string?) FaultOf(Action work)
    {
        var problem = Assert.Throws<VaultException>(work);
        return (problem.Fault, problem.Record);
    }

    /// <summary>The vault's own connection: nobody else gets past its lock.</summary>
    sealed class BackDoor(NodeVault vault)
    {
        internal void Sql(string sql)
        {
            using var command = vault.Records.File.Connection.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }
}
