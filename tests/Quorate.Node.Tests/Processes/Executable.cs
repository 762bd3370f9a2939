using System.Diagnostics;

namespace Quorate.Node.Tests.Processes;

/// <summary>
/// The built <c>quorate</c>, as an operator runs it: what was built with this process, or the quorate.dll that the variable
/// QUORATE_DLL names, such as one that was published.
/// </summary>
static class Executable
{
    static string Program { get; } = Environment.GetEnvironmentVariable("QUORATE_DLL") ?? Path.Combine(AppContext.BaseDirectory, "quorate.dll");

    /// <summary>What starts it, with its streams for this process to read.</summary>
    internal static ProcessStartInfo Arguments(params string[] arguments) => Arguments(null, arguments);

    /// <summary>The same in other circumstances.</summary>
    internal static ProcessStartInfo Arguments(Launch? launch, params string[] arguments)
    {
        var dotnet = Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";
        string[] command = [.. launch?.Wrapper ?? [], dotnet, Program, .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true,
        };
        foreach (var (name, value) in launch?.Environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;
        return start;
    }

    /// <summary>Runs a command to its end.</summary>
    internal static async Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        using var process = Process.Start(Arguments(arguments))!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Runs a command that has to succeed, and gives what it printed.</summary>
    internal static async Task<string> DoAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(arguments);
        Assert.True(exitCode == 0, $"{string.Join(' ', arguments)}: {exitCode}\n{errors}");
        return output;
    }
}
