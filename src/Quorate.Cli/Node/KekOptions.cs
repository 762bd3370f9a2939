using System.CommandLine;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Vault;

namespace Quorate.Cli.Node;

/// <summary>What opens a vault or a backup: a passphrase, a key file, or both.</summary>
sealed class KekOptions
{
    readonly PassphraseSource passphrase;

    KekOptions(string what, string prefix, string variable, string name)
    {
        var without = $"--no-{prefix}passphrase";
        passphrase = new($"--{prefix}passphrase-file", variable, name, without);
        KeyFileOption = new($"--{prefix}key-file") { Description = $"File of 32 random bytes, mode 0600, that {what} takes. Made if it is new and not there." };
        WithoutOption = new(without) { Description = "Seal with the key file alone." };
    }

    internal static KekOptions Vault { get; } = new("the vault", "", "QUORATE_PASSPHRASE", "Passphrase");

    internal static KekOptions Backup { get; } = new("the backup", "backup-", "QUORATE_BACKUP_PASSPHRASE", "Backup passphrase");

    internal Option<FileInfo?> PassphraseOption => passphrase.FileOption;

    internal Option<FileInfo?> KeyFileOption { get; }

    /// <summary>For what is made anew; what exists says itself what it takes.</summary>
    internal Option<bool> WithoutOption { get; }

    /// <summary>The KEK of something new.</summary>
    internal IKeyEncryption Create(ParseResult parsed)
    {
        var keyFile = parsed.GetValue(KeyFileOption);
        if (parsed.GetValue(WithoutOption) && keyFile is null)
            throw new CliException($"{WithoutOption.Name} takes {KeyFileOption.Name}: without both there is no key.");
        var secret = parsed.GetValue(WithoutOption) ? null : passphrase.Read(parsed, isNew: true);
        if (keyFile is { Exists: false })
            KekFile.Create(keyFile.FullName, SystemRandom.Shared);
        using var credential = new KeyCredential(secret, keyFile is null ? null : KekFile.Read(keyFile.FullName));
        return credential.Create(SystemRandom.Shared);
    }

    /// <summary>Finds the KEK of what exists, asking for no more than it takes.</summary>
    internal OpenKeyEncryption Opening(ParseResult parsed) => parameters =>
    {
        var needs = KeyCredential.Needs(parameters);
        var keyFile = parsed.GetValue(KeyFileOption);
        if (needs.HasFlag(KeySources.KeyFile) && keyFile is null)
            throw new CliException($"It opens with {KeyCredential.Describe(needs)}: {KeyFileOption.Name} is missing.");
        var secret = needs.HasFlag(KeySources.Passphrase) ? passphrase.Read(parsed, isNew: false) : null;
        using var credential = new KeyCredential(secret, needs.HasFlag(KeySources.KeyFile) ? KekFile.Read(keyFile!.FullName) : null);
        return credential.Open(parameters, SystemRandom.Shared);
    };
}
