using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Quorate.Cli;

static class VersionCommand
{
    internal static Command Create()
    {
        var command = new Command("version", "Print the version, the runtime and the platform.");
        command.SetAction(_ =>
        {
            var version = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
            Console.WriteLine($"quorate {version}");
            Console.WriteLine($"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}");
        });
        return command;
    }
}
