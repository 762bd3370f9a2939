using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Quorate.Cryptography.Secrets;

namespace Quorate.Cli;

/// <summary>Where the passphrase that seals share files comes from: a file, the environment, or the terminal.</summary>
static class Passphrase
{
    const string Variable = "QUORATE_PASSPHRASE";
    const int MaxLength = 1024;

    internal static Option<FileInfo?> FileOption { get; } = new("--passphrase-file")
    {
        Description = $"File whose first line is the passphrase. Otherwise ${Variable}, otherwise the terminal is asked.",
    };

    internal static Option<bool> NoneOption { get; } = new("--no-passphrase")
    {
        Description = "Leave the share files unsealed: anybody who can read them holds the shares.",
    };

    /// <summary>The passphrase in UTF-8, or null where the user asked for none.</summary>
    internal static SecretBytes? Read(ParseResult parsed, bool isNew)
    {
        if (parsed.GetValue(NoneOption))
            return null;
        if (parsed.GetValue(FileOption) is { } file)
        {
            if (!file.Exists)
                throw new CliException($"{file.FullName}: no such file.");
            return FromText(File.ReadLines(file.FullName).FirstOrDefault() ?? "", file.Name);
        }
        if (Environment.GetEnvironmentVariable(Variable) is { } value)
            return FromText(value, $"${Variable}");
        if (Console.IsInputRedirected)
            throw new CliException($"A passphrase is needed: --passphrase-file, ${Variable}, or --no-passphrase to go without.");

        var first = Ask("Passphrase: ");
        if (!isNew)
            return first;
        using var second = Ask("Again: ");
        if (CryptographicOperations.FixedTimeEquals(first.Expose(), second.Expose()))
            return first;
        first.Dispose();
        throw new CliException("The two passphrases differ.");
    }

    static SecretBytes FromText(string text, string source) => text.Length is > 0 and <= MaxLength
        ? new(Encoding.UTF8.GetBytes(text))
        : throw new CliException($"{source}: a passphrase has 1 to {MaxLength} characters.");

    static SecretBytes Ask(string prompt)
    {
        Console.Error.Write(prompt);
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (key.KeyChar != 0 && typed.Length <= MaxLength)
                typed.Append(key.KeyChar);
        }
        Console.Error.WriteLine();
        return FromText(typed.ToString(), "The terminal");
    }
}
