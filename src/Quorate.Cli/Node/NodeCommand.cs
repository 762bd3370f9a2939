using System.CommandLine;
using Quorate.Cli.Api;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Vault;

namespace Quorate.Cli.Node;

/// <summary><c>quorate node</c>.</summary>
static class NodeCommand
{
    static readonly Option<bool> json = new("--json") { Description = "Print the result as JSON." };

    internal static Command Create() => new("node", "An MPC node: its identity, its deployment, its process, its vault.")
    {
        Init(),
        RunCommand.CreateGenesis(),
        RunCommand.Create(),
        StatusCommand.Create(),
        RecordCommands.Nodes(),
        GovernCommands.Acts(),
        GovernCommands.Freeze(),
        ImportCommand.Create(),
        new Command("vault", "What a node keeps sealed. The node must not be running: one process opens a vault at a time.") { Show(), Verify() },
    };

    static Command Init()
    {
        var command = new Command("init",
            """
            Make a node's identity and an empty vault for its shares. Prints the fingerprint that the other operators compare
            before they write the node into their genesis. Never overwrites.

            Example:
              quorate node init --data node-1 --key-file /media/stick/node-1.key
            """)
        {
            DataDirectory.Option, KekOptions.Vault.PassphraseOption, KekOptions.Vault.KeyFileOption, KekOptions.Vault.WithoutOption,
        };
        command.SetAction(parsed => DataDirectory.Run(() =>
        {
            var path = DataDirectory.NewVaultIn(parsed);
            using var kek = KekOptions.Vault.Create(parsed);
            var identity = NodeVault.Create(path, kek, SystemRandom.Shared);
            Console.WriteLine($"node         {identity}");
            Console.WriteLine($"fingerprint  {identity.Fingerprint}");
            Console.WriteLine($"vault        {path}");
        }));
        return command;
    }

    static Command Show()
    {
        var command = new Command("show",
            """
            What is in a vault: the node's identity, keys with epoch, party and threshold, bans. Shows no secret.

            Example:
              quorate node vault show --data node-1
            """)
        {
            DataDirectory.Option, KekOptions.Vault.PassphraseOption, KekOptions.Vault.KeyFileOption, json,
        };
        command.SetAction(parsed => DataDirectory.Run(() =>
        {
            using var vault = NodeVault.Open(DataDirectory.VaultIn(parsed), KekOptions.Vault.Opening(parsed), SystemRandom.Shared);
            VaultSummary.Of(vault).Print(parsed.GetValue(json));
        }));
        return command;
    }

    static Command Verify()
    {
        var anchor = new Option<string?>("--anchor") { Description = "An anchor that was kept elsewhere; the vault has to be that one, or one commit further." };
        var command = new Command("verify",
            """
            Open every record of a vault and read it whole. Exit code 0 means that all is as the node wrote it, 1 that it is
            not, 2 that the vault cannot be opened. Without --anchor, an old copy of the whole vault is intact too.

            Example:
              quorate node vault verify --data node-1
            """)
        {
            DataDirectory.Option, KekOptions.Vault.PassphraseOption, KekOptions.Vault.KeyFileOption, anchor, json,
        };
        command.SetAction(parsed => DataDirectory.Run(() =>
        {
            VaultAnchor? kept = null;
            if (parsed.GetValue(anchor) is { } text && !VaultAnchor.TryParse(text, out kept))
                throw new CliException($"--anchor {text}: not an anchor.");
            using var vault = NodeVault.Open(DataDirectory.VaultIn(parsed), KekOptions.Vault.Opening(parsed), SystemRandom.Shared, kept);
            var findings = vault.Verify();
            foreach (var finding in findings)
                Console.Error.WriteLine(finding);
            if (findings.Count > 0)
                throw new CliException($"not intact: {findings[0]}", CliException.Negative);
            VaultSummary.Of(vault).Print(parsed.GetValue(json));
        }));
        return command;
    }
}
