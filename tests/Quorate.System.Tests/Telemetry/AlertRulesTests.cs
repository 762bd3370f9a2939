using System.Diagnostics;
using Quorate.Testing;

namespace Quorate.System.Tests.Telemetry;

/// <summary>The files of deploy/observability by Prometheus' own tool.</summary>
public sealed class AlertRulesTests
{
    [Theory]
    [InlineData("check", "rules", "alerts.yml")]
    [InlineData("check", "config", "prometheus.yml")]
    [InlineData("test", "rules", "alerts.test.yml")]
    public async Task Promtool_finds_nothing_wrong(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo("promtool", arguments)
        {
            WorkingDirectory = Repository.PathOf("deploy/observability"), RedirectStandardOutput = true, RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(process.ExitCode == 0, await output + await errors);
    }

    [Fact]
    public void Every_alert_has_a_test_of_its_own_and_a_page_that_says_what_to_do()
    {
        string[] Read(string file, string key) => [.. File.ReadLines(Repository.PathOf(file)).Select(l => l.Trim().TrimStart('-').Trim())
            .Where(l => l.StartsWith(key, StringComparison.Ordinal)).Select(l => l[key.Length..].Trim()).Distinct()];
        var page = File.ReadAllLines(Repository.PathOf("docs/observability.md"));

        var alerts = Read("deploy/observability/alerts.yml", "alert:");
        Assert.NotEmpty(alerts);
        Assert.Equal(alerts.Order(), Read("deploy/observability/alerts.test.yml", "alertname:").Order());
        Assert.All(Read("deploy/observability/alerts.yml", "runbook:"), link => Assert.Contains(
            page, l => l.StartsWith("### ", StringComparison.Ordinal) && $"docs/observability.md#{l[4..].ToLowerInvariant().Replace(' ', '-')}" == link));
    }
}
