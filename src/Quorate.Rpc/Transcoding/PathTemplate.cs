using System.Buffers;

namespace Quorate.Rpc.Transcoding;

/// <summary>
/// A path template of google.api.http: /v1/{name=vaults/*/wallets/*}:freeze.
/// <code>
/// Template = "/" Segments [ ":" Verb ]     Segments = Segment { "/" Segment }
/// Segment  = "*" | "**" | Literal | "{" FieldPath [ "=" Segments ] "}"
/// </code>
/// "*" is one segment, "**" is the rest, of which there may be one and only at the end. Variables do not nest.
/// </summary>
sealed class PathTemplate
{
    internal const string One = "*", Rest = "**";

    static readonly SearchValues<char> notInLiterals = SearchValues.Create("*{}=:?#%");

    readonly string text;
    readonly List<string> segments = [];
    readonly List<Variable> variables = [];

    PathTemplate(string text)
    {
        this.text = text;
        if (!text.StartsWith('/'))
            throw Wrong("it does not start with '/'");
        var path = text.AsSpan(1);
        // A verb comes after everything, so after the last brace.
        var colon = path.LastIndexOf(':');
        if (colon > path.LastIndexOf('}') && colon > path.LastIndexOf('/'))
        {
            Verb = path[(colon + 1)..].ToString();
            if (Verb.Length == 0)
                throw Wrong("its verb is empty");
            path = path[..colon];
        }
        foreach (var part in Parts(path.ToString()))
            AddPart(part);
        if (segments.IndexOf(Rest) is >= 0 and var rest && rest < segments.Count - 1)
            throw Wrong("'**' is not its last segment");
    }

    /// <summary>A field's path and the segments that it takes: to the end where the last of them is "**".</summary>
    internal readonly record struct Variable(string FieldPath, int Start, int Count);

    /// <summary>"*", "**" or a literal.</summary>
    internal IReadOnlyList<string> Segments => segments;

    internal IReadOnlyList<Variable> Variables => variables;

    /// <summary>Empty where there is none.</summary>
    internal string Verb { get; } = "";

    /// <exception cref="FormatException">It is not a template.</exception>
    internal static PathTemplate Parse(string text) => new(text);

    public override string ToString() => text;

    // Splits at slashes that are not within braces.
    List<string> Parts(string path)
    {
        var parts = new List<string>();
        int start = 0, depth = 0;
        for (var i = 0; i <= path.Length; i++)
        {
            if (i == path.Length || (path[i] == '/' && depth == 0))
            {
                parts.Add(path[start..i]);
                start = i + 1;
            }
            else if (path[i] == '{' && ++depth > 1)
            {
                throw Wrong("variables nest");
            }
            else if (path[i] == '}' && --depth < 0)
            {
                throw Wrong("a brace closes nothing");
            }
        }
        return depth == 0 ? parts : throw Wrong("a brace is not closed");
    }

    void AddPart(string part)
    {
        if (part is not ['{', .. var inner, '}'])
        {
            AddSegment(part);
            return;
        }
        var equals = inner.IndexOf('=', StringComparison.Ordinal);
        var (field, pattern) = equals < 0 ? (inner, One) : (inner[..equals], inner[(equals + 1)..]);
        if (field.Length == 0)
            throw Wrong("a variable has no field");
        if (field.AsSpan().ContainsAny('{', '}'))
            throw Wrong("two variables share a segment");
        if (variables.Any(v => v.FieldPath == field))
            throw Wrong($"{field} stands twice");
        var start = segments.Count;
        foreach (var segment in pattern.Split('/'))
            AddSegment(segment);
        variables.Add(new(field, start, segments.Count - start));
    }

    void AddSegment(string segment)
    {
        if (segment.Length == 0)
            throw Wrong("a segment is empty");
        if (segment is not (One or Rest) && segment.AsSpan().ContainsAny(notInLiterals))
            throw Wrong($"'{segment}' is no segment");
        segments.Add(segment);
    }

    FormatException Wrong(string why) => new($"'{text}' is not a path template: {why}.");
}
