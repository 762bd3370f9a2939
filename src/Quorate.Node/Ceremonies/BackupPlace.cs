using System.Security.Cryptography;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Vault;
using Quorate.Policies;

namespace Quorate.Node.Ceremonies;

/// <summary>Where a node's operator wants backups that administrators have ordered, and what opens them.</summary>
/// <param name="Directory">An existing directory, better on another disk than the vault's.</param>
/// <param name="NewKek">Makes the key-encryption key of one backup.</param>
public sealed record BackupPlace(string Directory, Func<IKeyEncryption> NewKek)
{
    /// <summary>Writes the backup that an order is for.</summary>
    /// <param name="vault">What is backed up.</param>
    /// <param name="node">The node's name.</param>
    /// <param name="order">The order's id.</param>
    /// <param name="random">For the file's key.</param>
    /// <param name="now">The time.</param>
    /// <returns>SHA-256 of the file.</returns>
    /// <exception cref="IOException">The directory is not there, or the file system refuses.</exception>
    /// <exception cref="VaultException">The vault failed.</exception>
    internal Digest Write(NodeVault vault, string node, string order, IRandom random, DateTimeOffset now)
    {
        var path = Path.Combine(Directory, $"{node}.{order}.backup");
        // Of an attempt that can not hold any more: nobody joins another before that is settled.
        File.Delete(path);
        using (var kek = NewKek())
            Backup.Create(vault, path, kek, random, now);
        using var file = File.OpenRead(path);
        return new(SHA256.HashData(file));
    }
}
