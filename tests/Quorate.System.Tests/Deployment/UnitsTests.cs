using System.Globalization;
using Quorate.Testing;
using Xunit.Abstractions;

namespace Quorate.System.Tests.Deployment;

/// <summary>The units of deploy/systemd: by systemd's own tools, and carried out by a systemd that is booted for it.</summary>
public sealed class UnitsTests(ITestOutputHelper output)
{
    const string Units = "deploy/systemd";
    const int OutOfReach = 75;

    static readonly string[] services = ["quorate-node@.service", "quorate-relay.service", "quorate-server.service"];

    [Fact]
    public async Task Systemd_finds_nothing_wrong_with_them_and_would()
    {
        var (exitCode, said) = await VerifyAsync(text => text);
        Assert.True((exitCode, said) == (0, ""), said);

        Assert.Contains("NoNewPrivilege", (await VerifyAsync(text => text.Replace("NoNewPrivileges=", "NoNewPrivilege=", StringComparison.Ordinal))).Output, StringComparison.Ordinal);
    }

    // A unit without any of it has 9.6; what is left below 2 is that a service that serves has a network.
    [Theory]
    [InlineData("quorate-node@.service")]
    [InlineData("quorate-relay.service")]
    [InlineData("quorate-server.service")]
    public async Task They_are_exposed_by_less_than_two_of_ten(string unit)
    {
        var (exitCode, said) = await ForeignTool.RunAsync(Units, "systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=20", $"./{unit}");
        Assert.True(exitCode == 0, said);
        output.WriteLine(said.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
    }

    // Half a minute on two idle cores, minutes on busy ones.
    [Fact, Trait("Category", "Slow")]
    public async Task What_the_operators_guide_says_is_carried_out_under_them()
    {
        using var shell = new Shell.Shell();
        foreach (var member in (string[])["alice", "bob", "carol"])
        {
            var made = shell.Run(null, "device", "new", "--member", member, "--name", "laptop", "--out", $"{member}.device.json", "--no-passphrase");
            Assert.True(made.ExitCode == 0, made.Error);
            await File.WriteAllTextAsync(shell.PathOf($"{member}.device"), made.Output);
        }
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf(Units)))
            File.Copy(file, shell.PathOf(Path.GetFileName(file)));
        await File.WriteAllTextAsync(shell.PathOf("guide"), OperatingGuide.Script(nodes: 3));
        const string scripts = "tests/Quorate.System.Tests/Deployment";
        File.Copy(Repository.PathOf($"{scripts}/exercise-units"), shell.PathOf("script"));

        var (exitCode, said) = await ForeignTool.RunAsync(scripts, Repository.PathOf($"{scripts}/boot-units"), AppContext.BaseDirectory, shell.Directory);
        if (exitCode == OutOfReach)
        {
            output.WriteLine($"The units were not run: {said.Trim()}.");
            return;
        }
        var lines = File.Exists(shell.PathOf("output")) ? await File.ReadAllLinesAsync(shell.PathOf("output")) : [];
        Assert.True(lines is [.., "done"], string.Join('\n', [said, .. lines]));
        string[] facts = [.. lines.Where(l => l.StartsWith("fact ", StringComparison.Ordinal)).Select(l => l["fact ".Length..])];

        Assert.Contains("wallet treasury, epoch 0", facts);
        foreach (var unit in (string[])["quorate-server", "quorate-relay", "quorate-node@node-1"])
        {
            Assert.Contains($"{unit} NoNewPrivs: 1", facts);
            Assert.Contains($"{unit} Seccomp: 2", facts);
            Assert.All((string[])["CapEff", "CapPrm", "CapBnd"], set => Assert.Contains($"{unit} {set}: 0000000000000000", facts));
            Assert.Contains($"{unit} core: 0", facts);
            Assert.Contains($"{unit} root: ro", facts);
            Assert.DoesNotContain($"{unit} uid: 0", facts);
        }
        string[][] stops = [.. facts.Select(f => f.Split(' ')).Where(f => f is [_, "stopped:", ..])];
        Assert.Equal(5, stops.Length);
        // TimeoutStopSec is 15 s and more.
        Assert.All(stops, stop => Assert.True(stop[2] == "success" && int.Parse(stop[3], CultureInfo.InvariantCulture) < 10_000, string.Join(' ', stop)));
        Assert.Contains("edited failed 0", facts);
        output.WriteLine(string.Join('\n', facts));
    }

    static async Task<(int ExitCode, string Output)> VerifyAsync(Func<string, string> edit)
    {
        var root = Directory.CreateTempSubdirectory("quorate-units-").FullName;
        try
        {
            string Folder(string path) => Directory.CreateDirectory(Path.Combine(root, path)).FullName;
            // Anything that can be executed.
            File.Copy("/bin/true", Path.Combine(Folder("opt/quorate"), "quorate"));
            Directory.CreateSymbolicLink(Path.Combine(Folder("usr/lib/systemd"), "system"), "/lib/systemd/system");
            var folder = Folder("etc/systemd/system");
            foreach (var service in services)
                await File.WriteAllTextAsync(Path.Combine(folder, service), edit(await File.ReadAllTextAsync(Repository.PathOf($"{Units}/{service}"))));
            return await ForeignTool.RunAsync(".", "systemd-analyze", "verify", $"--root={root}", "quorate-node@node-1.service", "quorate-relay.service", "quorate-server.service");
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }
}
