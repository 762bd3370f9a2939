using System.CommandLine;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Vault;

namespace Quorate.Cli.Node;

/// <summary><c>quorate backup</c>.</summary>
static class BackupCommand
{
    static readonly Argument<FileInfo> file = new("FILE") { Description = "The backup." };
    static readonly Option<bool> json = new("--json") { Description = "Print the result as JSON." };

    internal static Command Create() => new("backup", "Back up a node's vault, check a backup, make a vault of one.") { Make(), Verify(), Restore() };

    static Command Make()
    {
        var target = new Option<FileInfo>("--out") { Description = "The new file.", Required = true };
        var command = new Command("create",
            """
            Write a node's identity, shares, bans and statements to one encrypted file with a passphrase or key file of its
            own. The node must not be running. Never overwrites.

            Back up after every ceremony: a share of an older epoch signs with nobody.

            Example:
              quorate backup create --data node-1 --out node-1.backup
            """)
        {
            DataDirectory.Option, target, KekOptions.Vault.PassphraseOption, KekOptions.Vault.KeyFileOption, KekOptions.Backup.PassphraseOption,
            KekOptions.Backup.KeyFileOption, KekOptions.Backup.WithoutOption,
        };
        command.SetAction(parsed => DataDirectory.Run(() =>
        {
            var path = parsed.GetValue(target)!.FullName;
            if (Path.Exists(path))
                throw new CliException($"{path} exists; nothing is overwritten.");
            using var vault = NodeVault.Open(DataDirectory.VaultIn(parsed), KekOptions.Vault.Opening(parsed), SystemRandom.Shared);
            using var kek = KekOptions.Backup.Create(parsed);
            Backup.Create(vault, path, kek, SystemRandom.Shared, TimeProvider.System.GetUtcNow());
            Console.WriteLine($"backup  {path}, {vault.Keys.Count} keys, of vault {vault.Id:N} at revision {vault.Anchor.Revision}");
        }));
        return command;
    }

    static Command Verify()
    {
        var command = new Command("verify",
            """
            Check a backup without restoring it: every byte is authenticated, every share is read whole. Prints the keys in
            it. Exit code 0 means that it can be restored, 1 that it is damaged, 2 that it cannot be opened.

            Example:
              quorate backup verify node-1.backup
            """)
        {
            file, KekOptions.Backup.PassphraseOption, KekOptions.Backup.KeyFileOption, json,
        };
        command.SetAction(parsed => DataDirectory.Run(() =>
            VaultSummary.Of(Backup.Verify(parsed.GetValue(file)!.FullName, KekOptions.Backup.Opening(parsed))).Print(parsed.GetValue(json))));
        return command;
    }

    static Command Restore()
    {
        var command = new Command("restore",
            """
            Make a new vault of a backup, in a directory that has none. Nothing of an unfinished signature comes back. DKLs23
            keys sign again once they have been refreshed. Never run the node that was backed up and the restored one both.

            Example:
              quorate backup restore node-1.backup --data node-1-again
            """)
        {
            file, DataDirectory.Option, KekOptions.Backup.PassphraseOption, KekOptions.Backup.KeyFileOption, KekOptions.Vault.PassphraseOption,
            KekOptions.Vault.KeyFileOption, KekOptions.Vault.WithoutOption, json,
        };
        command.SetAction(parsed => DataDirectory.Run(() =>
        {
            var path = DataDirectory.NewVaultIn(parsed);
            using var kek = KekOptions.Vault.Create(parsed);
            Backup.Restore(parsed.GetValue(file)!.FullName, KekOptions.Backup.Opening(parsed), path, kek, SystemRandom.Shared, TimeProvider.System.GetUtcNow());
            using var vault = NodeVault.Open(path, _ => kek, SystemRandom.Shared);
            VaultSummary.Of(vault).Print(parsed.GetValue(json));
        }));
        return command;
    }
}
