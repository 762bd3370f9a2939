using System.Diagnostics;
using System.Text.Json;
using Quorate.Testing;

namespace Quorate.System.Tests.Shell;

/// <summary><c>./quorate bench</c>: the script, and one group of what it runs. All groups take minutes.</summary>
public sealed class BenchTests
{
    static readonly string[] groups = ["secp256k1", "ed25519", "frost", "dkls23", "nodes", "api", "audit"];

    [Fact]
    public async Task Help_names_every_group()
    {
        var (code, output, error) = await RunAsync(Path.Combine(Repository.Root, "quorate"), "bench", "--help");

        Assert.Equal((0, ""), (code, error));
        Assert.All(groups, group => Assert.Contains($" {group} ", output, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("everything")]
    [InlineData("--fast")]
    public async Task What_there_is_not_is_refused_before_anything_is_built(string argument)
    {
        var (code, output, error) = await RunAsync(Path.Combine(Repository.Root, "quorate"), "bench", "audit", argument);

        Assert.Equal((2, ""), (code, output));
        Assert.Contains($"unknown: {argument}", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_group_is_measured()
    {
        var (code, output, error) = await RunAsync("dotnet", Benchmarks, "overview", "--json", "audit");

        Assert.True(code == 0, error);
        var row = JsonDocument.Parse(Assert.Single(output.Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement;
        Assert.Equal(("audit", "events", "1/s"), (row.GetProperty("group").GetString(), row.GetProperty("what").GetString(), row.GetProperty("unit").GetString()));
        // Verifying hashes everything: it is not faster than hashing alone, and not slower by orders of magnitude.
        Assert.Equal(row.GetProperty("ours").GetDouble() / row.GetProperty("theirs").GetDouble(), row.GetProperty("ratio").GetDouble(), 0.01);
        Assert.InRange(row.GetProperty("ratio").GetDouble(), 0.001, 1);
    }

    [Fact]
    public async Task A_group_that_there_is_not_is_refused_by_the_program_too()
    {
        var (code, _, error) = await RunAsync("dotnet", Benchmarks, "overview", "everything");

        Assert.Equal(2, code);
        Assert.All(groups, group => Assert.Contains(group, error, StringComparison.Ordinal));
    }

    [Fact]
    public void The_executable_alone_says_where_benchmarks_run()
    {
        using var shell = new Shell();
        var result = shell.Run(null, "bench", "frost");

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("./quorate bench", result.Error, StringComparison.Ordinal);
    }

    static string Benchmarks { get; } = Path.Combine(Repository.Root, "bench", "Quorate.Benchmarks", "bin", "Release", "net10.0", "Quorate.Benchmarks.dll");

    static async Task<(int ExitCode, string Output, string Error)> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true })!;
        process.StandardInput.Close();
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }
}
