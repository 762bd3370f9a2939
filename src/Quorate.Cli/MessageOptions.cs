using System.CommandLine;
using System.Text;

namespace Quorate.Cli;

/// <summary>The message to sign or verify: text, hexadecimal, or a file, and how ECDSA hashes it.</summary>
sealed class MessageOptions
{
    const int MaxSize = 64 << 20;

    readonly Option<string?> text = new("--message", "-m") { Description = "The message as text (UTF-8)." };
    readonly Option<string?> hex = new("--message-hex") { Description = "The message in hexadecimal." };
    readonly Option<string?> hash = new("--hash")
    {
        Description = "The digest that ECDSA signs, of the message: sha256, sha256d (twice, as Bitcoin does) or keccak256 (Ethereum). For dkls23.",
    };
    readonly Option<FileInfo?> file = new("--message-file") { Description = "A file that holds the message." };

    internal void AddTo(Command command)
    {
        command.Options.Add(text);
        command.Options.Add(hex);
        command.Options.Add(file);
        command.Options.Add(hash);
        hash.AcceptOnlyFromAmong(Message.Hashes);
    }

    internal Message Read(ParseResult parsed) => new(Bytes(parsed), parsed.GetValue(hash));

    byte[] Bytes(ParseResult parsed) => (parsed.GetValue(text), parsed.GetValue(hex), parsed.GetValue(file)) switch
    {
        ({ } value, null, null) => Encoding.UTF8.GetBytes(value),
        (null, { } value, null) => Hex(value, "--message-hex"),
        (null, null, { Exists: true, Length: <= MaxSize } value) => File.ReadAllBytes(value.FullName),
        (null, null, { } value) => throw new CliException($"{value.FullName}: no such file, or larger than {MaxSize >> 20} MiB."),
        _ => throw new CliException("Give exactly one of --message, --message-hex and --message-file."),
    };

    internal static byte[] Hex(string value, string option)
    {
        try
        {
            return Convert.FromHexString(value.StartsWith("0x", StringComparison.Ordinal) ? value[2..] : value);
        }
        catch (FormatException)
        {
            throw new CliException($"{option}: not hexadecimal.");
        }
    }
}
