using System.Globalization;
using System.Text.RegularExpressions;
using Quorate.Testing;

namespace Quorate.Server.Tests.OpenApi;

/// <summary>docs/errors.md, whose tables say which codes there are and which methods answer them.</summary>
static partial class ErrorPage
{
    /// <param name="Code">Stable, in snake_case.</param>
    /// <param name="Status">The HTTP status.</param>
    /// <param name="IsRetryable">What the problem says of itself; null where that differs.</param>
    /// <param name="Of">Who answers it: methods by name, or a kind of them.</param>
    /// <param name="Meaning">For people.</param>
    internal sealed record Row(string Code, int Status, bool? IsRetryable, string[] Of, string Meaning)
    {
        /// <summary>Whether an operation may answer it.</summary>
        internal bool IsOf(Operation operation) => Of.Any(of => of switch
        {
            "every" => true,
            "signed" => !operation.Access.Anonymous,
            "roles" => operation.Access.Roles.Count > 0,
            "changes" => operation.IsChange,
            "money" => operation.Access.NeedsIdempotencyKey,
            "bodies" => operation.Binding.IsWholeBody || operation.Binding.BodyField is not null,
            "pages" => operation.Method.InputType.FindFieldByName("page_token") is not null,
            "names" => operation.Binding.Variables.Any(),
            _ => of == operation.Method.Name,
        });
    }

    internal static string[] Kinds { get; } = ["every", "signed", "roles", "changes", "money", "bodies", "pages", "names"];

    internal static IReadOnlyList<Row> Rows { get; } = [.. Read()];

    static IEnumerable<Row> Read() =>
        from line in File.ReadAllLines(Repository.PathOf("docs/errors.md"))
        let cells = Line().Match(line)
        where cells.Success
        select new Row(
            cells.Groups[1].Value, int.Parse(cells.Groups[2].Value, CultureInfo.InvariantCulture), cells.Groups[3].Value switch { "yes" => true, "no" => false, _ => null },
            cells.Groups[4].Value.Split(", "), cells.Groups[5].Value);

    [GeneratedRegex(@"^\| `(\w+)` \| (\d{3}) \| (yes|no|some) \| ([\w, ]+) \| (.+) \|$")]
    private static partial Regex Line();
}
