using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Quorate.Cli.Devnet;

/// <summary>The folder <c>devnet</c> of the checkout, and the npm packages that its chains need.</summary>
sealed class DevnetFolder
{
    // As ./test writes it, so that each finds what the other has installed.
    const string Stamp = "node_modules/.quorate-installed";
    const int NodeVersionMin = 18, NoSuchFile = 2;

    readonly string path;

    DevnetFolder(string path) => this.path = path;

    /// <summary>The folder above the executable, or the one that QUORATE_DEVNET names.</summary>
    /// <exception cref="CliException">There is none.</exception>
    internal static DevnetFolder Find()
    {
        if (Environment.GetEnvironmentVariable("QUORATE_DEVNET") is { Length: > 0 } named)
            return Directory.Exists(named) ? new(named) : throw new CliException($"QUORATE_DEVNET is {named}, which is no folder.");
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Quorate.slnx")))
                return new(Path.Combine(folder.FullName, "devnet"));
        }
        throw new CliException("the devnet runs from a checkout of Quorate: there is no folder devnet above this executable.");
    }

    /// <summary>The launcher of a chain.</summary>
    internal string LauncherOf(DevnetChain chain) => Path.Combine(path, chain.Name, "launch.mjs");

    /// <summary>Installs a chain's packages where its lock file has changed since the last time.</summary>
    /// <param name="chain">The chain.</param>
    /// <param name="say">Hears of it, where it takes a while.</param>
    /// <exception cref="CliException">node or npm is missing or too old, npm fails, or there is no such node for this system.</exception>
    internal void Install(DevnetChain chain, Action<string> say)
    {
        RequireNode();
        var folder = Path.Combine(path, chain.Name);
        var (lockFile, stamp) = (Path.Combine(folder, "package-lock.json"), Path.Combine(folder, Stamp));
        if (!File.Exists(stamp) || File.ReadAllText(stamp) != File.ReadAllText(lockFile))
        {
            InstallAnew(chain, folder, say);
            Directory.CreateDirectory(Path.GetDirectoryName(stamp)!);
            File.Copy(lockFile, stamp, overwrite: true);
        }
        RequireSystem(chain, folder, lockFile);
    }

    static void InstallAnew(DevnetChain chain, string folder, Action<string> say)
    {
        // Only here: it takes npm a second to say its version.
        Run("npm", Environment.CurrentDirectory, "--version");
        say($"installing the packages of devnet/{chain.Name} …");
        var (code, output) = Run("npm", folder, "ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error");
        if (code != 0)
            throw new CliException($"npm ci failed in {folder}:\n{output}");
    }

    // Nodes that are programs of one system are in packages for it, of which npm installs those that fit: perhaps none.
    static void RequireSystem(DevnetChain chain, string folder, string lockFile)
    {
        using var locked = JsonDocument.Parse(File.ReadAllText(lockFile));
        string[] packages = [.. locked.RootElement.GetProperty("packages").EnumerateObject().Where(p => p.Value.TryGetProperty("optional", out _)).Select(p => p.Name)];
        if (packages.Length > 0 && !packages.Any(package => Directory.Exists(Path.Combine(folder, package))))
            throw new CliException($"for {RuntimeInformation.RuntimeIdentifier} there is no {chain.Name} node: only {string.Join(", ", packages.Select(Path.GetFileName))}.");
    }

    static void RequireNode()
    {
        var (_, version) = Run("node", Environment.CurrentDirectory, "--version");
        if (!int.TryParse(version.TrimStart('v').Split('.')[0], out var major) || major < NodeVersionMin)
            throw new CliException($"the devnet needs Node.js {NodeVersionMin} or later, found {version.Trim()}.");
    }

    static (int ExitCode, string Output) Run(string program, string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + error.GetAwaiter().GetResult());
        }
        catch (Win32Exception e)
        {
            throw new CliException($"the devnet needs Node.js {NodeVersionMin} or later and npm, and {(e.NativeErrorCode == NoSuchFile ? $"there is no `{program}`" : $"`{program}` does not start: {e.Message}")}. On Debian: apt-get install nodejs npm");
        }
    }
}
