using System.Text.RegularExpressions;
using Quorate.Testing;

namespace Quorate.System.Tests.Deployment;

/// <summary>docs/operating.md speaks of files and alerts that there are; of commands, see DocumentTests.</summary>
public sealed partial class OperatingGuideTests
{
    [Fact]
    public void Every_alert_has_a_runbook_and_every_runbook_an_alert()
    {
        var alerts = File.ReadLines(Repository.PathOf("deploy/observability/alerts.yml")).Select(l => l.Trim())
            .Where(l => l.StartsWith("- alert: ", StringComparison.Ordinal)).Select(l => l["- alert: ".Length..]);
        string[][] rows = [.. OperatingGuide.Lines.SkipWhile(l => l != "| alert | symptom | first check | escalation |").Skip(2)
            .TakeWhile(l => l.StartsWith('|')).Select(l => l.Trim('|').Split('|', StringSplitOptions.TrimEntries))];

        Assert.Equal(alerts.Order(), rows.Select(r => r[0]).Order());
        Assert.All(rows, row => Assert.True(row.Length == 4 && row.All(cell => cell.Length > 0), row[0]));
    }

    [Fact]
    public void Files_that_the_guide_names_are_there() => Assert.All(
        OperatingGuide.Lines.SelectMany(l => DeployedPath().Matches(l)).Select(m => m.Value.TrimEnd('.')).Distinct(), path => Assert.True(Path.Exists(Repository.PathOf(path)), path));

    [GeneratedRegex(@"\bdeploy/[A-Za-z0-9._/@-]+")]
    private static partial Regex DeployedPath();
}
