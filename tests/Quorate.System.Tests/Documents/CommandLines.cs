using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Quorate.System.Tests.Documents;

/// <summary>Command lines as documents show them, held against the help of the executable.</summary>
public sealed partial class CommandLines : IDisposable
{
    readonly Shell.Shell shell = new();
    readonly ConcurrentDictionary<string, Lazy<string>> helps = new(StringComparer.Ordinal);

    public void Dispose() => shell.Dispose();

    /// <summary>
    /// Every <c>quorate …</c> of a document, of code blocks and of what stands in the text: one that names options, or is not only
    /// a name. One with <c>…</c>, <c>|</c> or brackets in it stands for several and is left out.
    /// </summary>
    internal static IEnumerable<string> Of(string markdown)
    {
        var whole = Continued().Replace(markdown, " ");
        return Block().Matches(whole).SelectMany(b => b.Groups[1].Value.Split('\n')).Select(l => OnItsOwn().Match(l)).Where(m => m.Success).Select(m => m.Value)
            .Concat(Inline().Matches(Block().Replace(whole, "")).Select(m => m.Groups[1].Value))
            .Select(c => c.Trim()).Where(c => !Label().IsMatch(c)).Distinct();
    }

    /// <summary>What is wrong with a command line by the help of the command that it names; null for nothing.</summary>
    internal string? ProblemOf(string command)
    {
        var words = Word().Matches(command).Select(m => m.Value).Skip(1).ToArray();
        string[] path = [.. words.TakeWhile(w => !w.StartsWith('-'))];
        var help = helps.GetOrAdd(string.Join(' ', path), _ => new(() => shell.Run(null, [.. path, "--help"]).Output)).Value;
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

    [GeneratedRegex(@"\s*\\\n\s*")]
    private static partial Regex Continued();

    // What files and hashes begin with, in the specifications.
    [GeneratedRegex(@"^quorate [a-z ]+ \d+$|^quorate vector$")]
    private static partial Regex Label();

    [GeneratedRegex(@"```(?:sh)?\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Block();

    // A line may begin with a prompt or with somebody whose command it is, and end with where the output goes.
    [GeneratedRegex(@"(?<=^(?:\$ |runuser -u \S+ -- )?(?:\./)?)quorate [a-z][^|>…\[\]]*(?=$|[|>])")]
    private static partial Regex OnItsOwn();

    [GeneratedRegex(@"`(?:\./)?(quorate [a-z][^`…|\[\]]*)`")]
    private static partial Regex Inline();
}
