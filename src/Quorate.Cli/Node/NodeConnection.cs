using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using Quorate.Rpc.Client;
using Quorate.Rpc.Security;

namespace Quorate.Cli.Node;

/// <summary>How a command reaches a running node.</summary>
static class NodeConnection
{
    internal static Option<string?> Url { get; } = new("--node", "--url") { Description = "Where the node listens." };

    internal static Option<FileInfo?> Certificate { get; } = new("--certificate")
    {
        Description = "PEM file with a certificate and its private key, where the node asks for one.",
    };

    internal static Option<string?> Pin { get; } = new("--pin") { Description = "The key that the node has to show: sha256/ and base 64." };

    internal static RpcChannel Open(ParseResult parsed)
    {
        if (parsed.GetValue(Url) is not { } url)
            throw new CliException($"{Url.Name} is missing: where the node listens.");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new CliException($"{url} is no http or https address.");
        try
        {
            return RpcChannel.ForAddress(address, new()
            {
                Tls = address.Scheme == "http" ? null : new()
                {
                    Certificate = parsed.GetValue(Certificate) is { } file ? X509Certificate2.CreateFromPemFile(file.FullName) : null,
                    PeerPins = parsed.GetValue(Pin) is { } text ? new HashSet<SpkiPin> { SpkiPin.Parse(text) } : null,
                },
            });
        }
        catch (Exception problem) when (problem is FormatException or IOException or System.Security.Cryptography.CryptographicException)
        {
            throw new CliException(problem.Message);
        }
    }
}
