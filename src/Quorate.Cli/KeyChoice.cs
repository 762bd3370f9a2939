using System.CommandLine;
using Quorate.Cryptography.Derivation;

namespace Quorate.Cli;

/// <summary>Which key of a share set signs or verifies: the key itself or a child, as it is or tweaked for Taproot.</summary>
sealed record KeyChoice(Bip32Path Path, bool Taproot)
{
    static readonly Option<string?> DeriveOption = new("--derive")
    {
        Description = "Use the child key at this path, such as m/0/5. Hardened steps are not possible with a shared key.",
    };

    static readonly Option<bool> TaprootOption = new("--taproot")
    {
        Description = "Use the Taproot output key (BIP 341, key path only). For frost-bip340.",
    };

    internal static void AddTo(Command command)
    {
        command.Options.Add(DeriveOption);
        command.Options.Add(TaprootOption);
    }

    internal static KeyChoice Read(ParseResult parsed)
    {
        var path = Bip32Path.Root;
        if (parsed.GetValue(DeriveOption) is { } text && !Bip32Path.TryParse(text, out path))
            throw new CliException($"--derive: {text} is no path; write it like m/0/5.");
        return new(path, parsed.GetValue(TaprootOption));
    }
}
