using Quorate.Cryptography.Curves;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Tests.Vault;

public sealed class NodeVaultTests : IDisposable
{
    readonly VaultPlace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public void Everything_put_comes_back_as_it_was_after_the_vault_was_closed()
    {
        using var frost = Holdings.Frost(1);
        using var schnorr = Holdings.Secp256k1Frost(2);
        using var ecdsa = Holdings.Dkls23(1);
        NodeId identity;
        using (var vault = place.Open())
        {
            identity = vault.Identity;
            vault.Put(frost);
            vault.Put(schnorr);
            vault.Put(ecdsa);
        }

        using var again = place.Open();
        Assert.Equal(identity, again.Identity);
        using (var key = again.OpenIdentity())
            Assert.True(identity.Verify("m"u8, key.Sign("m"u8)));
        using var frostAgain = again.OpenKey<Ed25519>(KeyId.Of(frost.Package));
        using var schnorrAgain = again.OpenKey<Secp256k1>(KeyId.Of(schnorr.Package));
        using var ecdsaAgain = again.OpenDkls23ToSign(KeyId.Of(ecdsa.Package));
        Assert.Equal(Holdings.Bytes(frost.Write), Holdings.Bytes(frostAgain.Write));
        Assert.Equal(Holdings.Bytes(schnorr.Write), Holdings.Bytes(schnorrAgain.Write));
        Assert.Equal(Holdings.Bytes(ecdsa.Write), Holdings.Bytes(ecdsaAgain.Write));
        Assert.Empty(again.Verify());
        Assert.Equal(
            [(KeyScheme.Dkls23, 1u, 2u, 1, 2), (KeyScheme.FrostEd25519, 0u, 2u, 1, 2), (KeyScheme.FrostSecp256k1, 1u, 2u, 1, 2)],
            again.Keys.Select(k => (k.Scheme, k.Epoch, k.NextEpoch, (int)k.Party.Value, k.Threshold)).OrderBy(k => k.Scheme != KeyScheme.Dkls23).ThenBy(k => k.Scheme));
        Assert.All(again.Keys, k => Assert.Null(k.SignsFrom));
    }

    [Fact]
    public void The_file_is_its_owners_alone_and_holds_no_secret_in_the_clear()
    {
        using var frost = Holdings.Frost();
        byte[] seed;
        using (var vault = place.Open())
        {
            vault.Put(frost);
            using var identity = vault.OpenIdentity();
            using var exported = identity.ExportSeed();
            seed = exported.Expose().ToArray();
        }
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(place.File));
        var file = File.ReadAllBytes(place.File);
        Assert.Equal(-1, file.AsSpan().IndexOf(frost.Share!.SigningShare.Expose().Encode()));
        Assert.Equal(-1, file.AsSpan().IndexOf(seed));
        Assert.Equal([place.File], Directory.GetFiles(place.Directory));
    }

    [Fact]
    public void A_vault_is_never_overwritten()
    {
        var before = File.ReadAllBytes(place.File);
        Assert.Contains("nothing is overwritten", Assert.Throws<IOException>(() => VaultPlace.Create(place.File)).Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(place.File));
        Assert.Single(Directory.GetFiles(place.Directory));
    }

    [Fact]
    public void A_key_is_not_opened_as_something_else()
    {
        using var vault = place.Open();
        using var frost = Holdings.Frost();
        using var ecdsa = Holdings.Dkls23();
        vault.Put(frost);
        vault.Put(ecdsa);
        Assert.Throws<KeyNotFoundException>(() => vault.OpenKey<Secp256k1>(KeyId.Of(frost.Package)));
        Assert.Throws<KeyNotFoundException>(() => vault.OpenKey<Secp256k1>(KeyId.Of(ecdsa.Package)));
        Assert.Throws<KeyNotFoundException>(() => vault.OpenDkls23(KeyId.Of(frost.Package)));
        Assert.Throws<KeyNotFoundException>(() => vault.OpenKey<Ed25519>(default));
        Assert.Null(vault.Find(default));
    }

    [Fact]
    public void An_older_epoch_is_refused_and_so_is_one_that_forgets_what_was_acknowledged()
    {
        using var vault = place.Open();
        using var generated = Holdings.Frost(0);
        using var pending = Holdings.Frost(1);
        using var refreshed = Holdings.Frost(2);
        vault.Put(generated);
        vault.Put(pending);
        var forgotten = Assert.Throws<ArgumentException>(() => vault.Put(generated));
        Assert.Contains("acknowledged everything below epoch 2", forgotten.Message, StringComparison.Ordinal);
        vault.Put(refreshed);
        var anchor = vault.Anchor;
        Assert.Contains("of epoch 0, the vault has 1", Assert.Throws<ArgumentException>(() => vault.Put(pending)).Message, StringComparison.Ordinal);
        Assert.Equal(anchor, vault.Anchor);
        Assert.Equal(1u, vault.Find(KeyId.Of(refreshed.Package))!.Epoch);
    }

    [Fact]
    public void A_destroyed_share_leaves_a_signed_statement_and_nothing_else()
    {
        using var holding = Holdings.Frost(1);
        var key = KeyId.Of(holding.Package);
        DestructionStatement statement;
        byte[] body;
        using (var vault = place.Open())
            vault.Put(holding);
        body = place.Blob("records", "body", $"key/{key}");
        using (var vault = place.Open())
        {
            statement = vault.Destroy(key, "the committee has moved on", VaultPlace.Noon);
            Assert.Throws<KeyNotFoundException>(() => vault.OpenKey<Ed25519>(key));
            Assert.Throws<KeyNotFoundException>(() => vault.Destroy(key, "again", VaultPlace.Noon));
            // While the vault is still open: neither the file nor its log has the old bytes.
            Assert.All(Directory.GetFiles(place.Directory), file =>
            {
                using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
                var bytes = new byte[stream.Length];
                stream.ReadExactly(bytes);
                Assert.Equal(-1, bytes.AsSpan().IndexOf(body.AsSpan(64, 64)));
            });
        }

        Assert.True(statement.Verify());
        Assert.Equal((key, 0u, 2u, 1, "the committee has moved on"), (statement.Key, statement.Epoch, statement.NextEpoch, statement.Party.Value, statement.Reason));
        using var again = place.Open();
        Assert.Equal(statement, Assert.Single(again.Destroyed()));
        Assert.Equal(statement, DestructionStatement.Decode(statement.Encode()));
        Assert.Empty(again.Keys);
        Assert.Empty(again.Verify());
        Assert.Contains("was destroyed", Assert.Throws<ArgumentException>(() => again.Put(holding)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_statement_with_any_bit_changed_does_not_verify()
    {
        using var holding = Holdings.Frost();
        using var vault = place.Open();
        vault.Put(holding);
        var bytes = vault.Destroy(KeyId.Of(holding.Package), "why", VaultPlace.Noon).Encode();
        for (var at = 0; at < bytes.Length; at++)
        {
            byte[] changed = [.. bytes];
            changed[at] ^= 1;
            var isValid = false;
            try
            {
                isValid = DestructionStatement.Decode(changed).Verify();
            }
            catch (FormatException)
            {
                // Not even a statement.
            }
            Assert.False(isValid, $"byte {at}");
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("long")]
    public void A_reason_that_is_none_destroys_nothing(string reason)
    {
        using var holding = Holdings.Frost();
        using var vault = place.Open();
        vault.Put(holding);
        Assert.Throws<ArgumentException>(() => vault.Destroy(KeyId.Of(holding.Package), reason.Length == 0 ? "" : new('x', 1_001), VaultPlace.Noon));
        Assert.Single(vault.Keys);
    }

    [Fact]
    public void Bans_survive_and_are_for_one_key_and_one_party()
    {
        byte[] key = [.. Enumerable.Repeat((byte)1, 32)], other = [.. Enumerable.Repeat((byte)2, 32)];
        using (var vault = place.Open())
        {
            vault.Bans.Ban(key, new(3));
            var anchor = vault.Anchor;
            vault.Bans.Ban(key, new(3));
            Assert.Equal(anchor, vault.Anchor);
        }
        using var again = place.Open();
        Assert.True(again.Bans.IsBanned(key, new(3)));
        Assert.False(again.Bans.IsBanned(key, new(2)));
        Assert.False(again.Bans.IsBanned(other, new(3)));
        Assert.Equal([(new Digest(key), new PartyId(3))], again.Banned);
    }

    [Fact]
    public void A_presignature_is_spent_once_and_for_all_that_the_ring_remembers()
    {
        static byte[] Id(int i) => [.. BitConverter.GetBytes(i), .. new byte[28]];

        const int Many = SpentMarks.IdsPerRecord + 10;
        using (var vault = place.Open())
        {
            for (var i = 0; i < Many; i++)
                Assert.True(vault.TrySpend(Id(i)));
            Assert.False(vault.TrySpend(Id(0)));
        }
        using var again = place.Open();
        for (var i = 0; i < Many; i++)
            Assert.False(again.TrySpend(Id(i)));
        Assert.True(again.TrySpend(Id(Many)));
        Assert.Empty(again.Verify());
        Assert.Throws<ArgumentException>(() => again.TrySpend(new byte[31]));
    }

    [Fact]
    public async Task Uses_of_presignatures_that_come_at_once_share_commits()
    {
        static byte[] Id(int i) => [.. BitConverter.GetBytes(i), .. new byte[28]];

        const int Many = SpentMarks.IdsPerRecord + 100;
        var ids = Enumerable.Range(0, Many).Select(Id).ToArray();
        using (var vault = place.Open())
        {
            var before = vault.Anchor.Revision;
            // Every one twice, the second time while the first is on its way or done.
            var spent = await Task.WhenAll(ids.Concat(ids).Select(id => vault.TrySpendAsync(id)));

            Assert.All(spent[..Many], Assert.True);
            Assert.All(spent[Many..], Assert.False);
            Assert.InRange(vault.Anchor.Revision - before, 2, Many / 4);
        }
        using var again = place.Open();
        Assert.All(ids, id => Assert.False(again.TrySpend(id)));
        Assert.Empty(again.Verify());
    }

    [Fact]
    public async Task A_use_that_can_not_be_recorded_is_not_one()
    {
        var full = false;
        using var vault = place.Open(keep: _ =>
        {
            if (full)
                throw new IOException("no space left on device");
        });
        Assert.True(vault.TrySpend(new byte[32]));
        full = true;
        await Assert.ThrowsAsync<IOException>(() => vault.TrySpendAsync([1, .. new byte[31]]));
        await Assert.ThrowsAsync<VaultException>(() => vault.TrySpendAsync([2, .. new byte[31]]));
    }

    [Fact]
    public void Puts_and_reads_of_many_threads_do_not_mix()
    {
        using var vault = place.Open();
        using var frost = Holdings.Frost();
        using var ecdsa = Holdings.Dkls23();
        vault.Put(frost);
        vault.Put(ecdsa);
        var (a, b) = (KeyId.Of(frost.Package), KeyId.Of(ecdsa.Package));
        Parallel.For(0, 40, i =>
        {
            byte[] id = [.. BitConverter.GetBytes(i), .. new byte[28]];
            Assert.True(vault.TrySpend(id));
            using var one = vault.OpenKey<Ed25519>(a);
            using var two = vault.OpenDkls23(b);
            vault.Put(one);
            vault.Put(two);
        });
        // Uses of presignatures may share commits.
        Assert.InRange(vault.Anchor.Revision, 1 + 2 + 40 * 2 + 1, 1 + 2 + 40 * 3);
        Assert.Empty(vault.Verify());
    }
}
