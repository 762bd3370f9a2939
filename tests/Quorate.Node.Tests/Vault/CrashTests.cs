using System.Globalization;
using Quorate.Node.Vault;
using Quorate.Testing;

namespace Quorate.Node.Tests.Vault;

/// <summary>
/// A real process changes a vault and is killed with kill −9, again and again. Every time: what was acknowledged is there,
/// every record is whole, the vault is that of the last anchor or one commit further, and no presignature can be used again.
/// </summary>
public sealed class CrashTests
{
    [Fact]
    public Task A_vault_survives_kills() => RunAsync(8);

    [Fact, Trait("Category", "Slow")]
    public Task A_vault_survives_hundreds_of_kills() => RunAsync(400);

    [Fact]
    public void A_second_process_is_refused_until_the_first_has_gone()
    {
        using var place = new VaultPlace();
        using (var holder = VaultWriter.Start("vault-hold", place.File))
        {
            holder.WaitUntilOpen();
            var problem = Assert.Throws<VaultException>(() => place.Open());
            Assert.Equal(VaultFault.InUse, problem.Fault);
            Assert.Contains("another process has the vault open", problem.Message, StringComparison.Ordinal);
        }
        // Killed, not closed: the lock goes with the process.
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                try
                {
                    using var vault = place.Open();
                    return true;
                }
                catch (VaultException problem) when (problem.Fault == VaultFault.InUse)
                {
                    return false;
                }
            },
            TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void The_same_process_cannot_open_a_vault_twice_either()
    {
        using var place = new VaultPlace();
        using var vault = place.Open();
        Assert.Equal(VaultFault.InUse, Assert.Throws<VaultException>(() => place.Open()).Fault);
        vault.Bans.Ban(new byte[32], new(1));
        Assert.Empty(vault.Verify());
    }

    static async Task RunAsync(int kills)
    {
        using var random = new SeededRandom(1, "vault");
        using var place = new VaultPlace();
        using (var vault = place.Open())
        {
            using var ecdsa = Holdings.Dkls23();
            using var frost = Holdings.Frost();
            vault.Put(ecdsa);
            vault.Put(frost);
        }
        var (spent, banned) = (new HashSet<int>(), new HashSet<int>());
        for (var round = 0; round < kills; round++)
        {
            using var writer = VaultWriter.Start("vault-write", place.File);
            var said = await writer.KillAsync(TimeSpan.FromMilliseconds(random.Below(60)));
            int[] Numbers(string what) => [.. said.Where(s => s[0] == what).Select(s => int.Parse(s[1], CultureInfo.InvariantCulture))];

            var now = Numbers("spent");
            Assert.True(now.All(spent.Add), "a presignature was handed out again");
            banned.UnionWith(Numbers("banned"));
            Assert.True(VaultAnchor.TryParse(said.Last(s => s[0] == "anchor")[1], out var anchor));

            using var vault = place.Open(anchor);
            Assert.Empty(vault.Verify());
            Assert.All(spent, number => Assert.False(vault.TrySpend(VaultWriter.SpentId(number))));
            Assert.All(banned, number => Assert.True(vault.Bans.IsBanned(VaultWriter.BannedKey(number), new(2))));
            Assert.Equal(2, vault.Keys.Count);
        }
    }
}
