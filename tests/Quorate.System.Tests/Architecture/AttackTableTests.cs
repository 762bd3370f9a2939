using System.Globalization;
using System.Text.RegularExpressions;

namespace Quorate.System.Tests.Architecture;

/// <summary>The table of known attacks in docs/spec/dkls23.md: complete, and every test that it names exists.</summary>
public sealed partial class AttackTableTests
{
    static readonly (int Item, string Text)[] Rows =
    [
        .. SourceTree.Text(".md", "docs/spec").Single(page => page.Path == "docs/spec/dkls23.md").Lines
            .SkipWhile(line => line != "## Attacks").Skip(1).TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Select(line => Row().Match(line)).Where(m => m.Success)
            .Select(m => (int.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture), m.Groups[2].Value)),
    ];

    [Fact]
    public void Every_attack_that_concerns_transfers_key_generation_or_presignatures_has_one_row() =>
        Assert.Equal([.. Enumerable.Range(13, 20), .. Enumerable.Range(38, 5)], Rows.Select(r => r.Item));

    [Fact]
    public void Every_row_names_a_test_or_says_why_there_is_none() => Assert.Empty(
        Rows.Where(r => !TestName().IsMatch(r.Text) && !r.Text.Contains("does not apply: ", StringComparison.Ordinal)).Select(r => r.Item));

    [Fact]
    public void Every_test_that_is_named_exists()
    {
        var tests = SourceTree.Text(".cs", "tests").SelectMany(f => f.Lines).SelectMany(l => Method().Matches(l)).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.Empty(Rows.SelectMany(r => TestName().Matches(r.Text)).Select(m => m.Groups[1].Value).Except(tests));
    }

    [GeneratedRegex(@"^\| (\d+) \| (.*)$")]
    private static partial Regex Row();

    // Names of tests are sentences; names of types and files have no underscore.
    [GeneratedRegex(@"`([A-Z][A-Za-z0-9]*_\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"public (?:async Task|void) (\w+)\(")]
    private static partial Regex Method();
}
