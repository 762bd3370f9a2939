using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Vault;
using Quorate.Testing;

namespace Quorate.Node.Tests.Vault;

/// <summary>Files of version 1, written once and for all: what is in them must be readable for ever.</summary>
public sealed class RecordedVaultTests : IDisposable
{
    const string Passphrase = "recorded, not secret";

    readonly VaultPlace place = new(isEmpty: true);

    public void Dispose() => place.Dispose();

    /// <summary>How the files were made, by <c>vault-record</c>. Not run again: a new version gets files of its own.</summary>
    internal static void Record(string directory)
    {
        using var random = new SeededRandom(1, "recorded vault");
        var file = Path.Combine(directory, "vault-1.db");
        using var credential = Credential();
        using (var kek = credential.Create(random))
            NodeVault.Create(file, kek, random);
        using var vault = NodeVault.Open(file, p => credential.Open(p, random), random);
        using var frost = Holdings.Frost(1);
        using var gone = Holdings.Secp256k1Frost(2);
        using var ecdsa = Holdings.Dkls23(1);
        vault.Put(frost);
        vault.Put(gone);
        vault.Put(ecdsa);
        vault.Destroy(KeyId.Of(gone.Package), "recorded", VaultPlace.Noon);
        vault.Bans.Ban([.. Enumerable.Repeat((byte)5, 32)], new(2));
        vault.TrySpend([.. Enumerable.Repeat((byte)6, 32)]);
        using var backupKek = credential.Create(random);
        Backup.Create(vault, Path.Combine(directory, "backup-1"), backupKek, random, VaultPlace.Noon);
    }

    static KeyCredential Credential() => new(new(System.Text.Encoding.UTF8.GetBytes(Passphrase)), new(Enumerable.Repeat((byte)1, KekFile.Size).ToArray()));

    string Resource(string name)
    {
        using var stream = typeof(RecordedVaultTests).Assembly.GetManifestResourceStream(name)!;
        using var file = File.Create(place.PathOf(name));
        stream.CopyTo(file);
        return file.Name;
    }

    [Fact]
    public void A_vault_of_version_1_opens()
    {
        using var credential = Credential();
        using var vault = NodeVault.Open(Resource("vault-1.db"), p => credential.Open(p, SystemRandom.Shared), SystemRandom.Shared);
        Assert.Empty(vault.Verify());
        Check(vault.Keys, vault.Banned.Count, vault.Destroyed().Count);
        Assert.False(vault.TrySpend([.. Enumerable.Repeat((byte)6, 32)]));
        using var frost = Holdings.Frost(1);
        using var recorded = vault.OpenKey<Ed25519>(KeyId.Of(frost.Package));
        Assert.Equal(Holdings.Bytes(frost.Write), Holdings.Bytes(recorded.Write));
    }

    [Fact]
    public void A_backup_of_version_1_restores()
    {
        using var credential = Credential();
        var file = Resource("backup-1");
        var report = Backup.Verify(file, p => credential.Open(p, SystemRandom.Shared));
        Check(report.Keys, report.Banned.Count, report.Destroyed);
        using var kek = VaultPlace.NewKek();
        Backup.Restore(file, p => credential.Open(p, SystemRandom.Shared), place.File, kek, SystemRandom.Shared, VaultPlace.Noon);
        using var vault = place.Open();
        Assert.Empty(vault.Verify());
    }

    static void Check(IReadOnlyList<KeyEntry> keys, int bans, int destroyed)
    {
        Assert.Equal(["Dkls23 1 1 2", "FrostEd25519 0 1 2"], keys.Select(k => $"{k.Scheme} {k.Epoch} {k.Party.Value} {k.Threshold}").Order(StringComparer.Ordinal));
        Assert.Equal((1, 1), (bans, destroyed));
    }
}
