using System.Diagnostics;

namespace Quorate.Cli.Demo;

/// <summary>Node.js and npm, which the devnet takes, on a system that may be given them.</summary>
static class NodeInstall
{
    const string Quietly = "DEBIAN_FRONTEND=noninteractive";

    static readonly string[] programs = ["node", "npm"];

    /// <summary>
    /// Installs what is missing with apt, as root or by a sudo that asks nothing. Anything that prevents it is no failure: there is a story
    /// without.
    /// </summary>
    internal static async Task TryAsync(DemoStep step, CancellationToken cancellation)
    {
        if (programs.All(IsThere) || !IsThere("apt-get") || !(Environment.IsPrivilegedProcess || IsThere("sudo")))
            return;
        step.Say("Node.js or npm is missing: installing them with apt-get.");
        if (!await RunAsync(step, cancellation, "install", "-y", "--no-install-recommends", "nodejs", "npm") && await RunAsync(step, cancellation, "update"))
            await RunAsync(step, cancellation, "install", "-y", "--no-install-recommends", "nodejs", "npm");
    }

    static bool IsThere(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries).Any(folder => File.Exists(Path.Combine(folder, program)));

    static async Task<bool> RunAsync(DemoStep step, CancellationToken cancellation, params string[] arguments)
    {
        // sudo hands no variables on.
        string[] command = [.. Environment.IsPrivilegedProcess ? [] : (string[])["sudo", "-n", "env", Quietly], "apt-get", .. arguments];
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment[Quietly.Split('=')[0]] = Quietly.Split('=')[1];
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
