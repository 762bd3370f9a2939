using System.CommandLine;
using Quorate.Cli.Ceremonies;
using Quorate.Server.Hosting;

namespace Quorate.Cli.Server;

/// <summary><c>quorate server key</c>: API keys written from the server's own machine.</summary>
static class ServerKeyCommand
{
    internal static Command Create() => new("key", "API keys, from the server's own machine.") { Add() };

    static Command Add()
    {
        var data = new Option<DirectoryInfo>("--data") { Description = "The server's data directory.", Required = true };
        var configuration = new Option<FileInfo?>("--config") { Description = "The configuration; server.json in the data directory when absent." };
        var name = new Option<string>("--name") { Description = "What the key is called, unlike all others.", Required = true };
        var roles = new Option<string[]>("--role")
        {
            Description = "viewer, initiator, approver, admin or auditor; several may be given.", Required = true, AllowMultipleArgumentsPerToken = true,
        };
        var device = new Option<FileInfo?>("--device") { Description = "A device file (`quorate device new`): its public key, and its member." };
        var key = new Option<string?>("--public-key") { Description = "Or a public key in hexadecimal: 32 bytes of Ed25519, 64 of P-256." };
        var member = new Option<string?>("--member") { Description = "In whose name it acts; the device's member where there is a device." };
        var networks = new Option<string[]>("--network") { Description = "A network that it is used from, address/length; any when absent.", AllowMultipleArgumentsPerToken = true };
        var days = new Option<int>("--days") { Description = "For how long it is good, 1 to 366.", DefaultValueFactory = _ => 90 };
        var command = new Command("add",
            """
            Write an API key into the server's database and print its id. For the first key, which nobody can ask the API for;
            the server may run meanwhile. Its private half stays where it was made.

            Example:
              quorate server key add --data server --name alice-laptop --device alice.device.json --role admin initiator
            """)
        {
            data, configuration, name, roles, device, key, member, networks, days,
        };
        command.SetAction((parsed, cancellation) => Node.DataDirectory.RunAsync(async () =>
        {
            var directory = parsed.GetValue(data)!;
            var file = parsed.GetValue(configuration)?.FullName ?? Path.Combine(directory.FullName, "server.json");
            var shell = parsed.GetValue(device) is { } given ? DeviceFile.Read(given.FullName) : null;
            if (shell is null == (parsed.GetValue(key) is null))
                throw new CliException("Give either --device or --public-key.");
            var database = ServerConfiguration.Read(file).Database;
            try
            {
                Console.WriteLine(await new KeyIssue
                {
                    Name = parsed.GetValue(name)!, Member = parsed.GetValue(member) ?? shell?.Member, Roles = parsed.GetValue(roles)!, Networks = parsed.GetValue(networks) ?? [],
                    PublicKey = Convert.FromHexString(shell?.PublicKey ?? parsed.GetValue(key)!), Lifetime = TimeSpan.FromDays(parsed.GetValue(days)),
                }.WriteAsync(database is null ? directory.FullName : null, database, TimeProvider.System, cancellation));
            }
            catch (Exception refused) when (refused is ArgumentException or FormatException)
            {
                throw new CliException(refused.Message);
            }
        }));
        return command;
    }
}
