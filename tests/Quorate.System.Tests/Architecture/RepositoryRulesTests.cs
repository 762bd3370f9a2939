using System.Text.RegularExpressions;
using Quorate.Testing;

namespace Quorate.System.Tests.Architecture;

/// <summary>House rules of CONTRIBUTING.md that a machine can check cheaply.</summary>
public partial class RepositoryRulesTests
{
    const int LinesMax = 500;
    const string LongBecause = "// Over 500 lines because ";

    [Fact]
    public void A_long_file_says_why_at_its_top() => Assert.Empty(
        SourceTree.Text(".cs", "src")
            .Where(f => f.Lines.Length > LinesMax && !f.Lines[0].StartsWith(LongBecause, StringComparison.Ordinal))
            .Select(f => $"{f.Path}: {f.Lines.Length} lines"));

    // Each in two halves, so that this list does not find itself.
    [Theory]
    [InlineData("#pragma " + "warning disable", "mend the cause, or set the rule's severity in .editorconfig with its reason")]
    [InlineData("NotImplemented" + "Exception", "what is not there is not declared")]
    [InlineData("#reg" + "ion", "split the file")]
    [InlineData("TO" + "DO", "open an issue")]
    [InlineData("FIX" + "ME", "open an issue")]
    [InlineData("Skip " + "= \"", "a test runs or does not exist")]
    public void Nothing_is_swept_aside(string forbidden, string instead) => Assert.Empty(
        Occurrences(".cs", line => line.Contains(forbidden, StringComparison.Ordinal)).Select(found => $"{found}: {instead}"));

    [Fact]
    public void No_type_has_a_name_that_says_nothing() => Assert.Empty(Occurrences(".cs", EmptyTypeName().IsMatch));

    [Fact]
    public void A_namespace_is_its_folder_or_one_above_it() => Assert.Empty(
        from file in SourceTree.Text(".cs", "src", "tests", "bench")
        let declared = file.Lines.FirstOrDefault(l => l.StartsWith("namespace ", StringComparison.Ordinal))
        where declared is not null
        let folder = string.Join('.', file.Path.Split('/')[1..^1])
        let name = declared["namespace ".Length..].TrimEnd(';')
        where name != folder && !folder.StartsWith(name + ".", StringComparison.Ordinal)
        select $"{file.Path}: {name}");

    [Fact]
    public void Every_folder_with_a_protocol_has_a_page_in_docs_spec()
    {
        var pages = string.Join('\n', SourceTree.Text(".md", "docs/spec").SelectMany(page => page.Lines));
        var protocols = SourceTree.Text(".cs", "src/Quorate.Threshold")
            .Where(f => f.Lines.Any(ProtocolScript().IsMatch))
            .Select(f => Path.GetDirectoryName(f.Path)!).Distinct();

        Assert.All(protocols, folder => Assert.True(
            Regex.IsMatch(pages, Regex.Escape(folder) + @"(/\w+\.cs|/(?!\w)|(?![\w/]))"), $"No page of docs/spec covers {folder}/."));
    }

    [Fact]
    public void A_page_about_a_protocol_answers_the_same_questions_as_the_others()
    {
        string[] questions = ["Revision", "Notation", "Rounds", "Deviations", "Open questions"];

        Assert.All(SourceTree.Text(".md", "docs/spec").Where(page => page.Lines.Any(NamesItsCode().IsMatch)), page =>
            Assert.All(questions, question => Assert.Contains($"## {question}", page.Lines)));
    }

    [Fact]
    public void Links_between_pages_lead_somewhere() => Assert.Empty(
        from page in SourceTree.Text(".md", ".")
        from link in page.Lines.SelectMany(line => MarkdownLink().Matches(line)).Select(m => m.Groups[1].Value)
        where !link.Contains("://", StringComparison.Ordinal) && !link.StartsWith('#') && !link.StartsWith("mailto:", StringComparison.Ordinal)
        let target = Path.Combine(Repository.Root, Path.GetDirectoryName(page.Path)!, link.Split('#')[0])
        where !Path.Exists(target)
        select $"{page.Path}: {link}");

    [Fact]
    public void Lock_files_name_packages_by_content_and_not_by_host()
    {
        string[] lockFiles = [.. SourceTree.Files("tests", "devnet").Where(f => f.EndsWith("/package-lock.json", StringComparison.Ordinal))];

        Assert.Contains("tests/interop/package-lock.json", lockFiles);
        Assert.All(lockFiles.Select(f => File.ReadAllText(Repository.PathOf(f))), text =>
        {
            Assert.Contains("\"integrity\": \"sha512-", text, StringComparison.Ordinal);
            Assert.DoesNotContain("\"resolved\"", text, StringComparison.Ordinal);
        });
    }

    static IEnumerable<string> Occurrences(string extension, Func<string, bool> isMatch) =>
        from file in SourceTree.Text(extension, "src", "tests", "bench")
        from line in file.Lines.Index()
        where isMatch(line.Item)
        select $"{file.Path}:{line.Index + 1}";

    [GeneratedRegex(@"\b(class|struct|record|interface|enum)\s+\w*(Manager|Helpers?|Utils?|Utility|Utilities)\b")]
    private static partial Regex EmptyTypeName();

    [GeneratedRegex(@":\s*Protocol<")]
    private static partial Regex ProtocolScript();

    [GeneratedRegex("^Code: .*`src/Quorate.Threshold/")]
    private static partial Regex NamesItsCode();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex MarkdownLink();
}
