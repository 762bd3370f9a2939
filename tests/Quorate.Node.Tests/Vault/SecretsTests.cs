using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Vault;
using Quorate.Testing;

namespace Quorate.Node.Tests.Vault;

/// <summary>Tests that count living secrets run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SecretCounting
{
    public const string Name = "Counts living secrets";
}

/// <summary>A vault leaves no secret behind: not one of a share that nobody has open, and none at all when it is closed.</summary>
[Collection(SecretCounting.Name)]
public sealed class SecretsTests : IDisposable
{
    readonly VaultPlace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public void An_open_vault_holds_its_KEK_and_nothing_else()
    {
        using var frost = Holdings.Frost(1);
        using var ecdsa = Holdings.Dkls23(1);
        var live = new LiveSecrets();
        using (var vault = place.Open())
        {
            Assert.Equal(1, live.More);
            vault.Put(frost);
            vault.Put(ecdsa);
            vault.Bans.Ban(new byte[32], new(2));
            vault.TrySpend(new byte[32]);
            Assert.Equal(1, live.More);

            using (vault.OpenKey<Ed25519>(KeyId.Of(frost.Package)))
                Assert.True(live.More > 1);
            using (vault.OpenDkls23ToSign(KeyId.Of(ecdsa.Package)))
                Assert.True(live.More > 1);
            Assert.Equal(1, live.More);
            Assert.Empty(vault.Verify());
            Assert.Throws<ArgumentException>(() => vault.Destroy(KeyId.Of(frost.Package), "", VaultPlace.Noon));
            vault.Destroy(KeyId.Of(frost.Package), "tested", VaultPlace.Noon);
            using var older = Holdings.Frost();
            var before = live.More;
            Assert.Throws<ArgumentException>(() => vault.Put(older));
            Assert.Equal(before, live.More);
        }
        Assert.Equal(0, live.More);
    }

    [Fact]
    public void Whatever_is_refused_leaves_nothing()
    {
        var copy = place.Copy("copy");
        using (var kek = VaultPlace.NewKek())
        using (var vault = place.Open())
            Backup.Create(vault, place.PathOf("backup"), kek, SystemRandom.Shared, VaultPlace.Noon);
        var damaged = File.ReadAllBytes(place.PathOf("backup"));
        damaged[^30] ^= 1;
        File.WriteAllBytes(place.PathOf("damaged"), damaged);

        var live = new LiveSecrets();
        Assert.Throws<VaultException>(() => NodeVault.Open(place.File, VaultPlace.Kek(8), SystemRandom.Shared));
        place.Sql("DELETE FROM records WHERE name = 'identity'");
        Assert.Throws<VaultException>(() => place.Open());
        Assert.Throws<VaultException>(() => Backup.Verify(place.PathOf("backup"), VaultPlace.Kek(8)));
        Assert.Throws<VaultException>(() => Backup.Verify(place.PathOf("damaged"), VaultPlace.Kek()));
        using (var kek = VaultPlace.NewKek())
        {
            Assert.Throws<VaultException>(() => Backup.Restore(place.PathOf("damaged"), VaultPlace.Kek(), place.PathOf("new"), kek, SystemRandom.Shared, VaultPlace.Noon));
            Backup.Restore(place.PathOf("backup"), VaultPlace.Kek(), place.PathOf("new"), kek, SystemRandom.Shared, VaultPlace.Noon);
            Assert.Throws<IOException>(() => Backup.Restore(place.PathOf("backup"), VaultPlace.Kek(), copy, kek, SystemRandom.Shared, VaultPlace.Noon));
        }
        Assert.Equal(0, live.More);
    }
}
