using System.Diagnostics;

namespace Quorate.System.Tests.Shell;

/// <summary>The built executable, run as a user runs it, in a directory of its own.</summary>
public sealed class Shell : IDisposable
{
    public Shell() => Directory = global::System.IO.Directory.CreateTempSubdirectory("quorate-shell-").FullName;

    /// <summary>What a command printed and how it ended.</summary>
    public readonly record struct Result(int ExitCode, string Output, string Error);

    public string Directory { get; }

    /// <summary>Variables that commands get besides this process's own.</summary>
    public Dictionary<string, string> Environment { get; } = [];

    public string PathOf(string name) => Path.Combine(Directory, name);

    /// <summary>Runs <c>quorate</c> with these arguments, without a terminal, under the passphrase given if any.</summary>
    public Result Run(string? passphrase, params string[] arguments)
    {
        var start = new ProcessStartInfo(global::System.Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = Directory,
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "quorate.dll"));
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Remove("QUORATE_PASSPHRASE");
        if (passphrase is not null)
            start.Environment["QUORATE_PASSPHRASE"] = passphrase;
        foreach (var (name, value) in Environment)
            start.Environment[name] = value;

        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new(process.ExitCode, output, error.GetAwaiter().GetResult());
    }

    public void Dispose() => global::System.IO.Directory.Delete(Directory, recursive: true);
}
