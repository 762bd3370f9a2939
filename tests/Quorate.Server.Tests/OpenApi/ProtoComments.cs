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

    /// <summary>What a file says at its top, by its services; empty where it says nothing.</summary>
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
                var name = string.Join('.', within.Append(declaration.Groups["name"].Value).Where(n => n.Length > 0));
                if (pending.Count > 0)
                    byName.Add(name, string.Join(' ', pending));
                if (line.StartsWith("service ", StringComparison.Ordinal))
                    byName.Add(name + ".file", file);
            }
            // Methods, options and choices hold lines, too, and give them no name.
            if (line.EndsWith('{'))
                within.Add(line.Split(' ')[0] is "service" or "message" or "enum" ? declaration.Groups["name"].Value : "");
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
