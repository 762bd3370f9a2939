using System.CommandLine;

namespace Quorate.Cli;

/// <summary><c>quorate verify</c>.</summary>
static class VerifyCommand
{
    internal static Command Create()
    {
        var key = new Option<string>("--key", "-k") { Description = "The key file that keygen wrote.", Required = true };
        var signature = new Option<string>("--signature") { Description = "The signature in hexadecimal.", Required = true };
        var message = new MessageOptions();
        var command = new Command("verify",
            """
            Verify a signature under a key file. Exit code 0 means valid, 1 not valid.

            Example:
              quorate verify --key demo-key/key.json --message "hello" --signature <hex>
            """)
        {
            key, signature,
        };
        message.AddTo(command);
        KeyChoice.AddTo(command);
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(key)!;
            var file = KeyFile.Read(path);
            var bytes = MessageOptions.Hex(parsed.GetValue(signature)!, "--signature");
            if (!Schemes.ByName(file.Scheme).Verify(path, file, KeyChoice.Read(parsed), message.Read(parsed), bytes))
                throw new CliException("the signature is not valid.", CliException.Negative);
            Console.WriteLine("valid");
            return 0;
        });
        return command;
    }
}
