using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Quorate.Cryptography.Secrets;

namespace Quorate.Cli;

/// <summary>Where a passphrase comes from: a file, the environment, or the terminal.</summary>
sealed class PassphraseSource(string fileOption, string variable, string name, string withoutOption)
{
    const int MaxLength = 1024;

    internal Option<FileInfo?> FileOption { get; } = new(fileOption)
    {
        Description = $"File whose first line is the {name.ToLowerInvariant()}. Otherwise ${variable}, otherwise the terminal is asked.",
    };

    /// <summary>The passphrase in UTF-8; asked for twice where it is new.</summary>
    internal SecretBytes Read(ParseResult parsed, bool isNew)
    {
        if (parsed.GetValue(FileOption) is { } file)
            return FromFile(file.FullName);
        if (Environment.GetEnvironmentVariable(variable) is { } value)
            return FromText(value, $"${variable}");
        if (Console.IsInputRedirected)
            throw new CliException($"A passphrase is needed: {fileOption}, ${variable}, or {withoutOption} to go without.");

        var first = Ask($"{name}: ");
        if (!isNew)
            return first;
        using var second = Ask("Again: ");
        if (CryptographicOperations.FixedTimeEquals(first.Expose(), second.Expose()))
            return first;
        first.Dispose();
        throw new CliException("The two passphrases differ.");
    }

    /// <summary>The first line of a file.</summary>
    internal static SecretBytes FromFile(string path) => File.Exists(path)
        ? FromText(File.ReadLines(path).FirstOrDefault() ?? "", Path.GetFileName(path))
        : throw new CliException($"{path}: no such file.");

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
