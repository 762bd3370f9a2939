using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Quorate.Testing;

namespace Quorate.System.Tests.Deployment;

/// <summary>docs/operating.md speaks of commands, options, files and alerts that there are.</summary>
public sealed partial class OperatingGuideTests : IDisposable
{
    readonly Shell.Shell shell = new();

    public void Dispose() => shell.Dispose();

    [Fact]
    public void Every_command_line_of_the_guide_exists_with_its_options()
    {
        string[] commands = [.. OperatingGuide.Commands()];
        Assert.True(commands.Length > 40, $"{commands.Length} command lines");

        var problems = new ConcurrentBag<string>();
        Parallel.ForEach(commands, new ParallelOptions { MaxDegreeOfParallelism = 2 }, command =>
        {
            if (ProblemOf(command) is { } problem)
                problems.Add($"{command}: {problem}");
        });
        Assert.Empty(problems);
    }

    [Theory]
    [InlineData("quorate node walk --data node-1", "no such command")]
    [InlineData("quorate node run --data node-1 --fast", "--fast")]
    [InlineData("quorate node genesis install genesis.json --key-file k", "--data is missing")]
    [InlineData("quorate node status there", "arguments")]
    public void A_command_line_that_does_not_exist_is_found(string command, string problem) =>
        Assert.Contains(problem, ProblemOf(command), StringComparison.Ordinal);

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

    /// <summary>What is wrong with a command line by the help of the command that it names; null for nothing.</summary>
    string? ProblemOf(string command)
    {
        var words = Word().Matches(command).Select(m => m.Value).Skip(1).ToArray();
        string[] path = [.. words.TakeWhile(w => !w.StartsWith('-'))];
        var help = shell.Run(null, [.. path, "--help"]).Output;
        if (Usage().Match(help) is not { Success: true } usage)
            return "it has no help";
        string[] name = usage.Groups[1].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (usage.Groups[2].Value.Contains("[command]", StringComparison.Ordinal))
            return words.Length == name.Length ? null : "no such command";

        var options = Option().Matches(help).ToDictionary(m => m.Groups[1].Value, m => m.Groups[2].Value);
        var known = options.Keys.SelectMany(k => k.Split(", ")).Select(k => k.Split(' ')[0]).ToHashSet();
        string[] given = [.. words.Where(w => w.StartsWith('-')).Select(w => w.Split('=')[0])];
        if (given.FirstOrDefault(g => !known.Contains(g)) is { } unknown)
            return $"{unknown} is no option";
        // Mentioned by its name alone, or for its help.
        if (words.Length == name.Length || given is ["--help"])
            return null;
        if (options.Where(o => o.Value.Contains("(REQUIRED)", StringComparison.Ordinal)).FirstOrDefault(o => !o.Key.Split(", ").Select(k => k.Split(' ')[0]).Intersect(given).Any()) is { Key: { } missing })
            return $"{missing.Split(' ')[0]} is missing";
        var arguments = path.Length - name.Length;
        var taken = Argument().Matches(usage.Groups[2].Value);
        return arguments < taken.Count(a => !a.Value.StartsWith('[')) || (arguments > taken.Count && !usage.Groups[2].Value.Contains("...", StringComparison.Ordinal))
            ? $"it takes other arguments: {usage.Groups[2].Value.Trim()}" : null;
    }

    // What is in quotes is one word.
    [GeneratedRegex("""(?:"[^"]*"|'[^']*'|[^\s"'])+""")]
    private static partial Regex Word();

    [GeneratedRegex(@"^  quorate((?: [a-z-]+)*)((?: [<\[].*)?)$", RegexOptions.Multiline)]
    private static partial Regex Usage();

    [GeneratedRegex(@"^  (-[^\s,]+(?:, -[^\s,]+)*)(.*)$", RegexOptions.Multiline)]
    private static partial Regex Option();

    [GeneratedRegex(@"\[?<[^>]+>\]?")]
    private static partial Regex Argument();

    [GeneratedRegex(@"\bdeploy/[A-Za-z0-9._/@-]+")]
    private static partial Regex DeployedPath();
}
