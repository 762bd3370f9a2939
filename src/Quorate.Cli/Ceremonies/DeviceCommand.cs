using System.CommandLine;
using System.Text.Json;
using Quorate.Cryptography.Secrets;
using Quorate.Policies;

namespace Quorate.Cli.Ceremonies;

/// <summary><c>quorate device</c>: the key by which a member speaks from a shell.</summary>
static class DeviceCommand
{
    internal static Command Create() => new("device", "A member's device key, where a shell is the device.") { New() };

    static Command New()
    {
        var member = new Option<string>("--member") { Description = "Whose it is.", Required = true };
        var device = new Option<string>("--name") { Description = "What the device is called.", DefaultValueFactory = _ => "shell" };
        var file = new Option<FileInfo>("--out") { Description = "The new file, mode 0600.", Required = true };
        var command = new Command("new",
            """
            Make a key by which a member, an administrator say, approves from this machine. Prints what the membership of the
            genesis document, or of an act that changes it, says of the device. Never overwrites.

            Example:
              quorate device new --member alice --name laptop --out alice.device.json
            """)
        {
            member, device, file, Passphrase.FileOption, Passphrase.NoneOption,
        };
        command.SetAction(parsed =>
        {
            var (name, called) = (parsed.GetValue(member)!, parsed.GetValue(device)!);
            if (!Naming.IsValid(name) || !Naming.IsValid(called))
                throw new CliException($"{name}, {called}: a name is 1 to {Naming.MaxLength} letters, digits, '.', '_' and '-'.");
            using var passphrase = Passphrase.Read(parsed, isNew: true);
            if (passphrase is null)
                Console.Error.WriteLine("Warning: the file will not be sealed. Whoever reads it approves in this member's name.");
            var made = DeviceFile.Create(name, called, passphrase, SystemRandom.Shared);
            PrivateFile.Write(parsed.GetValue(file)!.FullName, JsonSerializer.Serialize(made, FileJson.Default.DeviceFile));
            Console.WriteLine($$"""{ "id": "{{made.Device}}", "ed25519": "{{made.PublicKey}}" }""");
        });
        return command;
    }
}
