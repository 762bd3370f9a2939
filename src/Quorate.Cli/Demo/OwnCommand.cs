using System.Diagnostics;
using System.Text.Json.Nodes;
using Quorate.Cli.Local;

namespace Quorate.Cli.Demo;

/// <summary>Another command of this executable, run as a person would: in a process that has its arguments' files and nothing else.</summary>
static class OwnCommand
{
    /// <summary>Runs it to its end.</summary>
    internal static async Task<(int ExitCode, string Output, string Errors)> RunAsync(CancellationToken cancellation, params string[] arguments)
    {
        using var process = Process.Start(LocalProgram.Own(arguments[0], arguments).ToStart())!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellation), process.StandardError.ReadToEndAsync(cancellation));
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Runs one that has to succeed and prints JSON.</summary>
    internal static async Task<JsonObject> ReadAsync(CancellationToken cancellation, params string[] arguments)
    {
        var (code, output, errors) = await RunAsync(cancellation, [.. arguments, "--json"]);
        return code == 0 ? JsonNode.Parse(output)!.AsObject() : throw new CliException($"quorate {string.Join(' ', arguments)} ended with {code}: {errors.Trim()}");
    }
}
