using System.Text.RegularExpressions;
using Quorate.Testing;

namespace Quorate.System.Tests.Deployment;

/// <summary>docs/operating.md: the steps that a test carries out.</summary>
static partial class OperatingGuide
{
    internal const string Path = "docs/operating.md";

    static readonly string[] lines = File.ReadAllLines(Repository.PathOf(Path));

    internal static string[] Lines => lines;

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

    [GeneratedRegex("^<!-- (carried out.*) -->$")]
    private static partial Regex Mark();
}
