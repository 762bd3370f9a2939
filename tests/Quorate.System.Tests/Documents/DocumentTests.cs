using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Quorate.System.Tests.Configuration;
using Quorate.Testing;

namespace Quorate.System.Tests.Documents;

/// <summary>What documents tell people to type exists, and what can be run by itself runs as it is written.</summary>
public sealed partial class DocumentTests : IClassFixture<CommandLines>
{
    readonly CommandLines commands;

    public DocumentTests(CommandLines commands) => this.commands = commands;

    public static TheoryData<string> Pages => [.. Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)
        .Concat(Directory.EnumerateFiles(Repository.Root, "*.md")).Select(path => Path.GetRelativePath(Repository.Root, path))
        // What a version had is not what there is.
        .Where(path => path != "CHANGELOG.md" && CommandLines.Of(File.ReadAllText(Repository.PathOf(path))).Any()).Order()];

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_command_line_exists_with_its_options(string page)
    {
        var problems = new ConcurrentBag<string>();
        Parallel.ForEach(CommandLines.Of(File.ReadAllText(Repository.PathOf(page))), new ParallelOptions { MaxDegreeOfParallelism = 2 }, command =>
        {
            if (commands.ProblemOf(command) is { } problem)
                problems.Add($"{command}: {problem}");
        });
        Assert.Empty(problems);
    }

    [Fact]
    public void Command_lines_are_found_in_documents()
    {
        Assert.InRange(CommandLines.Of(File.ReadAllText(Repository.PathOf("docs/operating.md"))).Count(), 40, 400);
        Assert.Equal(
            ["quorate up --data x", "quorate demo", "quorate sign --message hello", "quorate keygen"],
            CommandLines.Of("```\n./quorate up \\\n--data x\n$ quorate demo\n```\nor `./quorate sign --message hello`, `quorate act policy|unfreeze`, `quorate vault …`, `quorate keygen`"));
    }

    [Theory]
    [InlineData("quorate node walk --data node-1", "no such command")]
    [InlineData("quorate node run --data node-1 --fast", "--fast")]
    [InlineData("quorate node genesis install genesis.json --key-file k", "--data is missing")]
    [InlineData("quorate node status there", "arguments")]
    public void A_command_line_that_does_not_exist_is_found(string command, string problem) =>
        Assert.Contains(problem, commands.ProblemOf(command), StringComparison.Ordinal);

    [Fact]
    public void The_quickstart_without_a_server_runs_as_it_is_written()
    {
        string[] lines = [.. File.ReadLines(Repository.PathOf("docs/quickstart.md")).SkipWhile(l => l != "## Without a server").SkipWhile(l => l != "```").Skip(1).TakeWhile(l => l != "```")];
        Assert.Equal(["keygen", "keygen", "sign", "verify"], lines.Select(l => l.Split(' ')[1]));

        using var shell = new Shell.Shell();
        var signature = "";
        foreach (var line in lines)
        {
            var result = shell.Run("a passphrase", [.. line.Split(' ')[1..].Select(word => word == "<hex>" ? signature : word)]);
            Assert.True(result.ExitCode == 0, $"{line}\n{result.Error}");
            signature = Signature().Match(result.Output).Value;
        }
    }

    [Theory]
    [InlineData("docs/limits.md", "limits", "redis")]
    [InlineData("docs/observability.md", "telemetry")]
    [InlineData("docs/webhooks.md", "webhooks")]
    public void Parts_of_a_configuration_that_a_page_shows_are_read(string page, params string[] sections)
    {
        var shown = string.Join(",\n", File.ReadAllText(Repository.PathOf(page)).Split("```json\n")[1..].Select(block => block.Split("\n```")[0]).Where(block => block.StartsWith('"')));
        var parts = JsonNode.Parse($"{{{shown}}}")!.AsObject();
        Assert.Equal(sections, parts.Select(p => p.Key));

        using var file = new ConfigurationFile();
        var whole = JsonNode.Parse(File.ReadAllText(file.PathOf("server.json")))!.AsObject();
        foreach (var (section, value) in parts)
            whole[section] = value?.DeepClone();
        File.WriteAllText(file.PathOf("server.json"), whole.ToJsonString());
        Assert.NotNull(file.Read());
    }

    // r ‖ s.
    [GeneratedRegex(@"\b[0-9a-f]{128}\b")]
    private static partial Regex Signature();
}
