using System.Text.RegularExpressions;
using Quorate.Testing;

namespace Quorate.System.Tests.Deployment;

/// <summary>docs/operating.md: its command lines, and the steps that a test carries out.</summary>
static partial class OperatingGuide
{
    internal const string Path = "docs/operating.md";

    static readonly string[] lines = File.ReadAllLines(Repository.PathOf(Path));

    internal static string[] Lines => lines;

    /// <summary>Every <c>quorate …</c>, of code blocks and of what stands in the text: one that names options, or is not only a name.</summary>
    internal static IEnumerable<string> Commands()
    {
        var whole = string.Join('\n', lines).Replace("\\\n", " ", StringComparison.Ordinal);
        return Block().Matches(whole).SelectMany(b => b.Groups[1].Value.Split('\n')).Select(l => OnItsOwn().Match(l)).Where(m => m.Success).Select(m => m.Value)
            .Concat(Inline().Matches(Block().Replace(whole, "")).Select(m => m.Groups[1].Value))
            .Select(c => c.Trim()).Distinct();
    }

    /// <summary>The steps marked as carried out, in their order, as a script for one machine that is all of them.</summary>
    internal static string Script(int nodes)
    {
        var script = new List<string> { "set -euo pipefail" };
        for (var i = 0; i < lines.Length; i++)
        {
            if (Mark().Match(lines[i]) is not { Success: true } mark)
                continue;
            Assert.Equal("```sh", lines[i + 1]);
            string[] block = [.. lines.Skip(i + 2).TakeWhile(l => l != "```")];
            // The example of a node is node-1, and its ports.
            var steps = mark.Groups[1].Value.Contains("each node", StringComparison.Ordinal)
                ? Enumerable.Range(1, nodes).Select(n => string.Join('\n', block).Replace("node-1", $"node-{n}", StringComparison.Ordinal)
                    .Replace("7101", $"{7100 + n}", StringComparison.Ordinal).Replace("9465", $"{9464 + n}", StringComparison.Ordinal))
                : [string.Join('\n', block)];
            foreach (var step in steps)
                script.Add(mark.Groups[1].Value.Contains("waited for", StringComparison.Ordinal)
                    ? $"{{ set +x; }} 2>/dev/null\nfor try in $(seq 120); do\n(\nset -e\n{step}\n) >said 2>&1 && break || sleep 0.25\ndone\ncat said; ((try < 120))\nset -x"
                    : step);
        }
        return string.Join('\n', script) + "\n";
    }

    [GeneratedRegex(@"```sh\n(.*?)\n```", RegexOptions.Singleline)]
    private static partial Regex Block();

    // A line may begin with somebody whose command it is, and end with where the output goes.
    [GeneratedRegex(@"(?<=^(?:runuser -u \S+ -- )?)quorate [^|>]*")]
    private static partial Regex OnItsOwn();

    [GeneratedRegex(@"`(quorate [a-z][^`…]*)`")]
    private static partial Regex Inline();

    [GeneratedRegex("^<!-- (carried out.*) -->$")]
    private static partial Regex Mark();
}
