using System.CommandLine;
using Quorate.Cryptography.Secrets;

namespace Quorate.Cli;

/// <summary>The passphrase that seals share files, or none where the user asked for that.</summary>
static class Passphrase
{
    static readonly PassphraseSource source = new("--passphrase-file", "QUORATE_PASSPHRASE", "Passphrase", "--no-passphrase");

    internal static Option<FileInfo?> FileOption => source.FileOption;

    internal static Option<bool> NoneOption { get; } = new("--no-passphrase")
    {
        Description = "Leave the share files unsealed: anybody who can read them holds the shares.",
    };

    /// <summary>The passphrase in UTF-8, or null where the user asked for none.</summary>
    internal static SecretBytes? Read(ParseResult parsed, bool isNew) => parsed.GetValue(NoneOption) ? null : source.Read(parsed, isNew);
}
