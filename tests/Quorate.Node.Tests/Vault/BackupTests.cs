using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Vault;

public sealed class BackupTests : IDisposable
{
    const byte BackupKey = 9;

    static readonly DateTimeOffset later = VaultPlace.Noon.AddDays(30);

    readonly VaultPlace place = new();
    readonly Digest frost, ecdsa;
    readonly byte[] banned = [.. Enumerable.Repeat((byte)3, 32)], spent = [.. Enumerable.Repeat((byte)4, 32)];

    public BackupTests()
    {
        using var vault = place.Open();
        using var first = Holdings.Frost(1);
        using var second = Holdings.Dkls23();
        using var gone = Holdings.Secp256k1Frost();
        (frost, ecdsa) = (KeyId.Of(first.Package), KeyId.Of(second.Package));
        vault.Put(first);
        vault.Put(second);
        vault.Put(gone);
        vault.Destroy(KeyId.Of(gone.Package), "moved", VaultPlace.Noon);
        vault.Bans.Ban(banned, new(2));
        vault.TrySpend(spent);
        using var kek = VaultPlace.NewKek(BackupKey);
        Backup.Create(vault, File, kek, SystemRandom.Shared, VaultPlace.Noon);
    }

    public void Dispose() => place.Dispose();

    string File => place.PathOf("node.backup");

    string Restored => place.PathOf("restored.db");

    BackupReport Restore(string? file = null, string? to = null)
    {
        using var kek = VaultPlace.NewKek();
        return Backup.Restore(file ?? File, VaultPlace.Kek(BackupKey), to ?? Restored, kek, SystemRandom.Shared, later);
    }

    [Fact]
    public void A_backup_tells_what_is_in_it_without_being_restored()
    {
        var report = Backup.Verify(File, VaultPlace.Kek(BackupKey));
        using var vault = place.Open();
        Assert.Equal((vault.Id, VaultPlace.Noon, vault.Identity, 1), (report.Vault, report.Made, report.Identity, report.Destroyed));
        Assert.Equal(vault.Anchor.Revision, report.Revision);
        Assert.Equal(vault.Keys, report.Keys);
        Assert.Equal(vault.Banned, report.Banned);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public void A_restored_vault_has_the_shares_and_the_bans_and_is_another_vault()
    {
        var report = Restore();
        using var before = place.Open();
        using var after = VaultPlace.OpenAt(Restored);
        Assert.Equal(before.Identity, after.Identity);
        Assert.NotEqual(before.Id, after.Id);
        Assert.Equal(before.Destroyed(), after.Destroyed());
        Assert.True(after.Bans.IsBanned(banned, new(2)));
        Assert.Equal(new RestoreMark(before.Id, report.Revision, VaultPlace.Noon, later), after.RestoredFrom());
        Assert.Null(before.RestoredFrom());
        using var was = before.OpenKey<Ed25519>(frost);
        using var @is = after.OpenKey<Ed25519>(frost);
        Assert.Equal(Holdings.Bytes(was.Write), Holdings.Bytes(@is.Write));
        Assert.Empty(after.Verify());
        // The old vault's journal does not take the new vault for the old one.
        var anchor = before.Anchor;
        after.Dispose();
        Assert.Equal(VaultFault.Foreign, Assert.Throws<VaultException>(() => VaultPlace.OpenAt(Restored, anchor)).Fault);
    }

    [Fact]
    public void A_restored_ECDSA_key_deals_but_signs_only_with_set_ups_made_after_the_restore()
    {
        Restore();
        using var vault = VaultPlace.OpenAt(Restored);
        Assert.Equal(1u, vault.Find(ecdsa)!.SignsFrom);
        Assert.Contains("refresh it first", Assert.Throws<InvalidOperationException>(() => vault.OpenDkls23ToSign(ecdsa)).Message, StringComparison.Ordinal);
        using (var holding = vault.OpenDkls23(ecdsa))
        {
            Assert.NotNull(holding.DealingShare);
            vault.Put(holding);
        }
        Assert.NotNull(vault.Find(ecdsa)!.SignsFrom);
        using (var refreshed = Holdings.Dkls23(1))
            vault.Put(refreshed);
        Assert.Null(vault.Find(ecdsa)!.SignsFrom);
        using (var holding = vault.OpenDkls23ToSign(ecdsa))
            Assert.NotNull(holding.Share);
        Assert.Null(vault.Find(frost)!.SignsFrom);
    }

    [Fact]
    public void What_was_made_for_one_signature_is_not_in_a_backup()
    {
        // Presignatures and nonces have no encoding at all: nothing public writes or reads one.
        foreach (var type in (Type[])[typeof(Dkls23Presignature), typeof(Threshold.Frost.SigningNonces<Ed25519>)])
            Assert.DoesNotContain(type.GetMethods(), m => m.GetParameters().Any(p => p.ParameterType == typeof(WireWriter) || p.ParameterType == typeof(WireReader).MakeByRefType()));
        Restore();
        using var vault = VaultPlace.OpenAt(Restored);
        Assert.DoesNotContain(vault.Records.Manifest.Entries.Keys, name => name.StartsWith("spent", StringComparison.Ordinal));
    }

    [Fact]
    public void Restoring_a_restored_vault_asks_for_set_ups_anew()
    {
        Restore();
        using (var vault = VaultPlace.OpenAt(Restored))
        {
            using var refreshed = Holdings.Dkls23(1);
            vault.Put(refreshed);
            using var kek = VaultPlace.NewKek(BackupKey);
            Backup.Create(vault, place.PathOf("second"), kek, SystemRandom.Shared, later);
        }
        Restore(place.PathOf("second"), place.PathOf("twice.db"));
        using var again = VaultPlace.OpenAt(place.PathOf("twice.db"));
        Assert.Equal(2u, again.Find(ecdsa)!.SignsFrom);
    }

    [Fact]
    public void Nothing_is_ever_overwritten()
    {
        using var vault = place.Open();
        using var kek = VaultPlace.NewKek(BackupKey);
        var before = System.IO.File.ReadAllBytes(File);
        Assert.Throws<IOException>(() => Backup.Create(vault, File, kek, SystemRandom.Shared, VaultPlace.Noon));
        Assert.Equal(before, System.IO.File.ReadAllBytes(File));
        System.IO.File.WriteAllText(Restored, "something");
        Assert.Throws<IOException>(() => Restore());
        Assert.Equal("something", System.IO.File.ReadAllText(Restored));
        Assert.DoesNotContain(Directory.GetFiles(place.Directory), f => f.EndsWith(".new", StringComparison.Ordinal));
    }

    [Fact]
    public void Another_key_is_an_error_of_its_own() =>
        Assert.Equal(VaultFault.WrongKey, Assert.Throws<VaultException>(() => Backup.Verify(File, VaultPlace.Kek(10))).Fault);

    [Fact]
    public void Every_byte_counts_and_so_does_the_end()
    {
        var bytes = System.IO.File.ReadAllBytes(File);
        var changed = place.PathOf("changed.backup");
        // All of the head and the first frames, then samples: the frames of the large key are alike.
        foreach (var at in Enumerable.Range(0, bytes.Length).Where(i => i < 400 || i % 37 == 0 || i > bytes.Length - 50))
        {
            byte[] copy = [.. bytes];
            copy[at] ^= (byte)(1 << (at % 8));
            System.IO.File.WriteAllBytes(changed, copy);
            Assert.Throws<VaultException>(() => Backup.Verify(changed, VaultPlace.Kek(BackupKey)));
        }
        foreach (var length in Enumerable.Range(0, bytes.Length).Where(i => i < 300 || i % 97 == 0 || i > bytes.Length - 50))
        {
            System.IO.File.WriteAllBytes(changed, bytes[..length]);
            Assert.Throws<VaultException>(() => Backup.Verify(changed, VaultPlace.Kek(BackupKey)));
        }
        System.IO.File.WriteAllBytes(changed, [.. bytes, 0]);
        Assert.Contains("goes on behind its end", Assert.Throws<VaultException>(() => Backup.Verify(changed, VaultPlace.Kek(BackupKey))).Message, StringComparison.Ordinal);
        Assert.Throws<VaultException>(() => Restore(changed));
        Assert.False(System.IO.File.Exists(Restored));
    }

    [Fact]
    public void Frames_cannot_be_moved_or_left_out()
    {
        var bytes = System.IO.File.ReadAllBytes(File);
        // Magic 16, vault 16, revision 8, time 8, parameters 2 + 38, wrapped key 2 + 60.
        const int Head = 16 + 32 + 40 + 62;
        var frames = new List<byte[]>();
        for (var at = Head; at < bytes.Length;)
        {
            var size = 4 + System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            frames.Add(bytes[at..(at + size)]);
            at += size;
        }
        Assert.Equal(6, frames.Count);
        void Refused(params IEnumerable<byte[]> order)
        {
            var file = place.PathOf("moved.backup");
            System.IO.File.WriteAllBytes(file, [.. bytes[..Head], .. order.SelectMany(f => f)]);
            Assert.Equal(VaultFault.Damaged, Assert.Throws<VaultException>(() => Backup.Verify(file, VaultPlace.Kek(BackupKey))).Fault);
        }

        Refused([frames[1], frames[0], .. frames[2..]]);
        Refused(frames[1..]);
        Refused([.. frames[..2], .. frames[3..]]);
        Refused(frames[..^1]);
        Refused([frames[0], frames[0], .. frames[1..]]);
        Refused([frames[^1]]);
    }
}
