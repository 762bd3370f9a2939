using System.CommandLine;
using System.Text.Json;
using Quorate.Cryptography.Secrets;

namespace Quorate.Cli;

/// <summary><c>quorate sign</c>.</summary>
static class SignCommand
{
    internal static Command Create()
    {
        var files = new Option<string[]>("--share", "-s") { Description = "A share file; as many as the threshold.", Required = true, AllowMultipleArgumentsPerToken = true };
        var json = new Option<bool>("--json") { Description = "Print the result as JSON." };
        var message = new MessageOptions();
        var command = new Command("sign",
            """
            Sign with a quorum of share files. The signature is verified before it is printed.

            Example:
              quorate sign --share demo-key/share-1.json --share demo-key/share-3.json --message "hello"
            """)
        {
            files, json, Passphrase.FileOption, Passphrase.NoneOption,
        };
        message.AddTo(command);
        KeyChoice.AddTo(command);
        command.SetAction(parsed => Run(parsed, parsed.GetValue(files)!, KeyChoice.Read(parsed), message.Read(parsed), parsed.GetValue(json)));
        return command;
    }

    static int Run(ParseResult parsed, string[] paths, KeyChoice choice, Message message, bool json)
    {
        (string Name, ShareFile File)[] files = [.. paths.Select(p => (p, ShareFile.Read(p)))];
        var scheme = Schemes.ByName(files[0].File.Scheme);
        using var passphrase = new PassphraseOnce(parsed);
        if (files.Any(f => f.File.Salt is not null))
            Console.Error.WriteLine($"Opening {files.Length} share files …");
        var signed = scheme.Sign(files, passphrase.Copy, choice, message, SystemRandom.Shared);

        var result = new Result(
            Schemes.NameOf(scheme.Scheme), Convert.ToHexStringLower(signed.PublicKey), Convert.ToHexStringLower(signed.Signature),
            signed.Ecdsa is { } forms ? Convert.ToHexStringLower(forms.Digest) : null,
            signed.Ecdsa is { } der ? Convert.ToHexStringLower(der.Der) : null,
            signed.Ecdsa?.RecoveryId);
        Console.WriteLine(json ? JsonSerializer.Serialize(result, FileJson.Default.SignResult) : result.Text);
        return 0;
    }

    /// <summary>The last three are for ECDSA only.</summary>
    internal sealed record Result(string Scheme, string PublicKey, string Signature, string? Digest, string? Der, int? RecoveryId)
    {
        internal string Text => $"""
            public key  {PublicKey}
            signature   {Signature}
            """ + (Der is null ? "" : $"""

            DER         {Der}
            recovery id {RecoveryId}
            digest      {Digest}
            """);
    }
}
