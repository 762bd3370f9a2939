using Quorate.Testing;

namespace Quorate.System.Tests.Architecture;

/// <summary>
/// The table of ARCHITECTURE.md that says which project may reference which: one row a project, the second cell
/// "nothing of ours", "everything", or names, with "(and what those bring)" where their references are allowed too.
/// </summary>
sealed class ReferenceTable
{
    internal const string Header = "| project | may reference | stands |";

    readonly Dictionary<string, string> allowed = [];
    readonly HashSet<string> standing = [];

    ReferenceTable(IEnumerable<string[]> rows)
    {
        foreach (var row in rows)
        {
            allowed.Add(row[0], row[1]);
            if (row[2] == "yes")
                standing.Add(row[0]);
            else
                Assert.Equal("planned", row[2]);
        }
    }

    /// <summary>Every project that has a row.</summary>
    internal IReadOnlyCollection<string> Projects => allowed.Keys;

    /// <summary>The projects whose row says that they exist.</summary>
    internal IReadOnlyCollection<string> Standing => standing;

    internal static ReferenceTable FromArchitecture()
    {
        var rows = File.ReadLines(Repository.PathOf("ARCHITECTURE.md"))
            .SkipWhile(line => line != Header).Skip(2).TakeWhile(line => line.StartsWith('|'))
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries)[1..^1]).ToArray();
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.Equal(3, row.Length));
        return new(rows);
    }

    /// <summary>What the project's own file may name.</summary>
    internal HashSet<string> AllowedFor(string project)
    {
        const string indirect = "(and what those bring)";
        var cell = allowed[project];
        if (cell == "everything")
            return [.. allowed.Keys.Where(p => p != project)];
        if (cell == "nothing of ours")
            return [];
        string[] direct = [.. cell.Replace(indirect, "", StringComparison.Ordinal).Split(',', StringSplitOptions.TrimEntries)];
        Assert.All(direct, name => Assert.Contains(name, allowed.Keys));
        return cell.EndsWith(indirect, StringComparison.Ordinal) ? [.. direct.SelectMany(Reach), .. direct] : [.. direct];
    }

    /// <summary>What the project can come to know through any chain of allowed references.</summary>
    internal HashSet<string> Reach(string project)
    {
        var reached = new HashSet<string>();
        var open = new Queue<string>([project]);
        while (open.TryDequeue(out var next))
        {
            foreach (var reference in AllowedFor(next).Where(reached.Add))
                open.Enqueue(reference);
        }
        return reached;
    }
}
