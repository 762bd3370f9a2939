namespace Quorate.Rpc.Transcoding;

/// <summary>Which binding answers a path: a tree of segments, literals before wildcards.</summary>
sealed class RouteTable
{
    readonly Node root = new();

    internal bool IsEmpty { get; private set; } = true;

    /// <exception cref="InvalidOperationException">Another binding answers the same requests.</exception>
    internal void Add(HttpBinding binding)
    {
        var node = root;
        foreach (var segment in binding.Template.Segments)
        {
            node = segment switch
            {
                PathTemplate.One => node.One ??= new(),
                PathTemplate.Rest => node.Rest ??= new(),
                _ => node.Literals.TryGetValue(segment, out var next) ? next : node.Literals[segment] = new(),
            };
        }
        if (!node.Bindings.TryAdd((binding.Template.Verb, binding.HttpMethod), binding))
        {
            throw new InvalidOperationException($"{binding.Method.Descriptor.FullName} and " +
                $"{node.Bindings[(binding.Template.Verb, binding.HttpMethod)].Method.Descriptor.FullName} both answer {binding.HttpMethod} {binding.Template}.");
        }
        IsEmpty = false;
    }

    /// <summary>
    /// Finds the binding of a request. Where only other methods are answered there, <paramref name="allowed"/> names them;
    /// it is empty where nothing is.
    /// </summary>
    /// <param name="httpMethod">GET, POST, ….</param>
    /// <param name="path">The path as it came, percent-encoded, without the query.</param>
    /// <param name="match">The binding, and what its variables stand for.</param>
    /// <param name="allowed">Methods that are answered there.</param>
    internal bool TryMatch(string httpMethod, string path, out RouteMatch match, out IReadOnlyCollection<string> allowed)
    {
        (match, allowed) = (default, []);
        if (path is not ['/', _, ..])
            return false;
        var segments = path[1..].Split('/');
        var others = new SortedSet<string>(StringComparer.Ordinal);
        // "abc:cancel" may be a name with a verb, or a name with a colon, as CAIP identifiers are. The verb goes first.
        var last = segments[^1];
        var colon = last.LastIndexOf(':');
        if (colon > 0)
        {
            segments[^1] = last[..colon];
            if (Find(root, segments, 0, last[(colon + 1)..], httpMethod, others) is { } withVerb)
                return Matched(withVerb, segments, out match);
            segments[^1] = last;
        }
        if (Find(root, segments, 0, "", httpMethod, others) is { } binding)
            return Matched(binding, segments, out match);
        allowed = others;
        return false;
    }

    static bool Matched(HttpBinding binding, string[] segments, out RouteMatch match)
    {
        match = new(binding, segments);
        return true;
    }

    static HttpBinding? Find(Node node, string[] segments, int at, string verb, string httpMethod, SortedSet<string> others)
    {
        if (at == segments.Length)
            return node.Pick(verb, httpMethod, others) ?? node.Rest?.Pick(verb, httpMethod, others);
        HttpBinding? found = null;
        if (node.Literals.TryGetValue(Uri.UnescapeDataString(segments[at]), out var literal))
            found = Find(literal, segments, at + 1, verb, httpMethod, others);
        if (found is null && node.One is not null && segments[at].Length > 0)
            found = Find(node.One, segments, at + 1, verb, httpMethod, others);
        return found ?? node.Rest?.Pick(verb, httpMethod, others);
    }

    sealed class Node
    {
        internal Dictionary<string, Node> Literals { get; } = new(StringComparer.Ordinal);

        internal Node? One { get; set; }

        internal Node? Rest { get; set; }

        internal Dictionary<(string Verb, string HttpMethod), HttpBinding> Bindings { get; } = [];

        internal HttpBinding? Pick(string verb, string httpMethod, SortedSet<string> others)
        {
            if (Bindings.TryGetValue((verb, httpMethod), out var binding))
                return binding;
            others.UnionWith(Bindings.Keys.Where(k => k.Verb == verb).Select(k => k.HttpMethod));
            return null;
        }
    }
}

/// <summary>A binding with the segments of the path that it matched, still percent-encoded.</summary>
readonly record struct RouteMatch(HttpBinding Binding, string[] Segments)
{
    /// <summary>
    /// What a variable stands for. One segment is decoded whole; in several an encoded slash stays encoded, so that it
    /// cannot be taken for a separator.
    /// </summary>
    internal string Value(PathTemplate.Variable variable)
    {
        var isRest = Binding.Template.Segments[variable.Start + variable.Count - 1] == PathTemplate.Rest;
        var taken = Segments[variable.Start..(isRest ? Segments.Length : variable.Start + variable.Count)];
        if (variable.Count == 1 && !isRest)
            return Uri.UnescapeDataString(taken[0]);
        return string.Join('/', taken.Select(s => string.Join("%2F", s.Replace("%2f", "%2F", StringComparison.Ordinal)
            .Split("%2F").Select(Uri.UnescapeDataString))));
    }
}
