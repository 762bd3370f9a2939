using System.Diagnostics;

namespace Quorate.Cli.Demo;

/// <summary>Node.js and npm, which the devnet takes, on a system that may be given them.</summary>
static class NodeInstall
{
    static readonly string[] programs = ["node", "npm"];

    /// <summary>Installs what is missing with apt, as root. Anything that prevents it is no failure: there is a story without.</summary>
    internal static async Task TryAsync(DemoStep step, CancellationToken cancellation)
    {
        if (programs.All(IsThere) || !Environment.IsPrivilegedProcess || !IsThere("apt-get"))
            return;
        step.Say("Node.js or npm is missing: installing them with apt-get.");
        if (!await RunAsync(step, cancellation, "install", "-y", "--no-install-recommends", "nodejs", "npm"))
        {
            await RunAsync(step, cancellation, "update");
            await RunAsync(step, cancellation, "install", "-y", "--no-install-recommends", "nodejs", "npm");
        }
    }

    static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, program)));

    static async Task<bool> RunAsync(DemoStep step, CancellationToken cancellation, params string[] arguments)
    {
        var start = new ProcessStartInfo("apt-get", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["DEBIAN_FRONTEND"] = "noninteractive";
        using var apt = Process.Start(start)!;
        apt.StandardInput.Close();
        var errors = apt.StandardError.ReadToEndAsync(cancellation);
        while (await apt.StandardOutput.ReadLineAsync(cancellation) is { } line)
            step.Status(line);
        await apt.WaitForExitAsync(cancellation);
        if (apt.ExitCode == 0)
            return true;
        step.Say($"apt-get {arguments[0]} ended with {apt.ExitCode}: {(await errors).Trim().Split('\n')[^1]}");
        return false;
    }
}
