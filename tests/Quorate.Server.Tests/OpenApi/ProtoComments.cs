using System.Text.RegularExpressions;
using Quorate.Testing;

namespace Quorate.Server.Tests.OpenApi;

/// <summary>
/// The comments that stand before services, methods, messages, fields and values in proto/quorate/v1: descriptors that are
/// compiled into a program have none.
/// </summary>
sealed partial class ProtoComments
{
    readonly Dictionary<string, string> byName = [];

    internal ProtoComments()
    {
        foreach (var file in Directory.GetFiles(Repository.PathOf("proto/quorate/v1"), "*.proto"))
            Read(File.ReadAllLines(file));
    }

    /// <summary>What stands before a declaration, by its full name; null where nothing does.</summary>
    internal string? Of(string fullName) => byName.GetValueOrDefault(fullName);

    /// <summary>What a file says at its top, by its services.</summary>
    internal string OfFile(string service) => byName[service + ".file"];

    void Read(string[] lines)
    {
        List<string> within = ["quorate.v1"], pending = [];
        var file = string.Join(' ', lines.TakeWhile(l => l.StartsWith("//", StringComparison.Ordinal)).Select(l => l[2..].Trim()));
        foreach (var line in lines.Select(l => l.Trim()))
        {
            if (line.StartsWith("//", StringComparison.Ordinal))
            {
                pending.Add(line[2..].Trim());
                continue;
            }
            var declaration = Declaration().Match(line);
            if (declaration.Success || Member().Match(line) is { Success: true } member && (declaration = member).Success)
            {
                var name = $"{string.Join('.', within)}.{declaration.Groups["name"].Value}";
                if (pending.Count > 0)
                    byName.Add(name, string.Join(' ', pending));
                if (line.StartsWith("service ", StringComparison.Ordinal))
                    byName.Add(name + ".file", file);
            }
            // A block that is no declaration, an option of several lines, still has an end.
            if (line.EndsWith('{'))
                within.Add(declaration.Success ? declaration.Groups["name"].Value : "");
            else if (line is "}" or "};")
                within.RemoveAt(within.Count - 1);
            pending.Clear();
        }
    }

    [GeneratedRegex(@"^(service|message|enum|rpc|oneof) (?<name>\w+)")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"^((repeated|optional) )?([\w.]+|map<[^>]+>) (?<name>\w+) = \d+( \[.*\])?;|^(?<name>[A-Z]\w*) = \d+;")]
    private static partial Regex Member();
}
