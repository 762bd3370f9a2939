using System.Globalization;
using System.Text.Json;
using Quorate.Node.Vault;

namespace Quorate.Cli.Node;

/// <summary>What a vault or a backup holds, for people and as JSON. Nothing in it is secret.</summary>
sealed record VaultSummary(
    string Vault, long Revision, string? Anchor, DateTimeOffset? Made, VaultSummary.Restore? RestoredFrom, string Node, VaultSummary.Key[] Keys,
    VaultSummary.Ban[] Bans, int Destroyed)
{
    internal static VaultSummary Of(NodeVault vault)
    {
        var mark = vault.RestoredFrom();
        return new(
            vault.Id.ToString("N"), vault.Anchor.Revision, vault.Anchor.ToString(), null,
            mark is null ? null : new(mark.Vault.ToString("N"), mark.Revision, mark.Made, mark.Restored), vault.Identity.ToString(),
            [.. vault.Keys.Select(Key.Of)], [.. vault.Banned.Select(b => new Ban(b.Key.ToString(), b.Peer.Value))], vault.Destroyed().Count);
    }

    internal static VaultSummary Of(BackupReport backup) => new(
        backup.Vault.ToString("N"), backup.Revision, null, backup.Made, null, backup.Identity.ToString(), [.. backup.Keys.Select(Key.Of)],
        [.. backup.Banned.Select(b => new Ban(b.Key.ToString(), b.Peer.Value))], backup.Destroyed);

    internal void Print(bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(this, FileJson.Default.VaultSummary));
            return;
        }
        string Time(DateTimeOffset time) => time.ToString("u", CultureInfo.InvariantCulture);

        Console.WriteLine($"node      {Node}");
        Console.WriteLine($"vault     {Vault}, revision {Revision}");
        if (Anchor is not null)
            Console.WriteLine($"anchor    {Anchor}");
        if (Made is { } made)
            Console.WriteLine($"made      {Time(made)}");
        if (RestoredFrom is { } mark)
            Console.WriteLine($"restored  {Time(mark.Restored)} from a backup of {Time(mark.Made)} of vault {mark.Vault}, revision {mark.Revision}");
        foreach (var key in Keys)
        {
            Console.WriteLine($"key       {key.Id}");
            Console.WriteLine($"          {key.Scheme}, epoch {key.Epoch}, party {key.Party}, threshold {key.Threshold}"
                + (key.SignsFrom is { } epoch ? $"; signs from epoch {epoch} on: refresh it first" : ""));
        }
        foreach (var ban in Bans)
            Console.WriteLine($"ban       party {ban.Party} for DKLs23 key {ban.Key}");
        Console.WriteLine($"in all    {Keys.Length} keys, {Bans.Length} bans, {Destroyed} destroyed");
    }

    internal sealed record Key(string Id, string Scheme, uint Epoch, int Party, int Threshold, uint? SignsFrom)
    {
        internal static Key Of(KeyEntry key) => new(key.Id.ToString(), Schemes.NameOf(key.Scheme), key.Epoch, key.Party.Value, key.Threshold, key.SignsFrom);
    }

    internal sealed record Restore(string Vault, long Revision, DateTimeOffset Made, DateTimeOffset Restored);

    internal sealed record Ban(string Key, int Party);
}
