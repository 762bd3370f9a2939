namespace Quorate.Rpc.Framing;

/// <summary>Metadata as HTTP headers: text as it is, bytes in base 64 without padding ("Custom-Metadata").</summary>
static class MetadataHeaders
{
    static readonly HashSet<string> ofTheProtocol = new(StringComparer.OrdinalIgnoreCase)
    {
        "content-type", "te", "host", "connection", "transfer-encoding", "content-length", "keep-alive", "upgrade", "date", "server",
    };

    internal static string Encode(Metadata.Entry entry) =>
        entry.IsBinary ? Convert.ToBase64String(entry.ValueBytes).TrimEnd('=') : entry.Value;

    /// <summary>Takes what belongs to the application out of HTTP headers, each given with one of its values.</summary>
    /// <exception cref="RpcException">A binary value is not base 64.</exception>
    internal static Metadata Decode(IEnumerable<(string Key, string Value)> headers)
    {
        var metadata = new Metadata();
        foreach (var (name, value) in headers)
        {
            if (name.StartsWith(':') || ofTheProtocol.Contains(name))
                continue;
            var key = name.ToLowerInvariant();
            if (key.StartsWith("grpc-", StringComparison.Ordinal) && key != Metadata.StatusDetails)
                continue;
            if (!key.EndsWith(Metadata.BinaryHeaderSuffix, StringComparison.Ordinal))
                AddText(metadata, key, value);
            else
                foreach (var part in value.Split(','))
                    metadata.Add(key, Bytes(key, part.Trim()));
        }
        return metadata;
    }

    // HTTP allows names and values that metadata does not; an application that spoke gRPC did not send them.
    static void AddText(Metadata metadata, string key, string value)
    {
        try
        {
            metadata.Add(key, value);
        }
        catch (ArgumentException)
        {
        }
    }

    static byte[] Bytes(string key, string text)
    {
        try
        {
            return Convert.FromBase64String(text.TrimEnd('=') is var bare && bare.Length % 4 is var over and > 1
                ? bare + new string('=', 4 - over) : bare);
        }
        catch (FormatException e)
        {
            throw RpcException.Because(StatusCode.Internal, $"The value of {key} is not base 64.", e);
        }
    }
}
