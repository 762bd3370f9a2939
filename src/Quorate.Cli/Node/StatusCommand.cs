using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Quorate.Node.V1;
using Quorate.Rpc;
using Quorate.Rpc.Client;
using Quorate.Rpc.Security;

namespace Quorate.Cli.Node;

/// <summary><c>quorate node status</c>: asks a running node.</summary>
static class StatusCommand
{
    static readonly Method<GetStatusRequest, NodeStatus> getStatus = new(NodeReflection.Descriptor.Services[0], "GetStatus");

    static readonly Option<string> url = new("--url") { Description = "Where the node listens.", Required = true };
    static readonly Option<FileInfo?> certificate = new("--certificate") { Description = "PEM file with a certificate and its private key, where the node asks for one." };
    static readonly Option<string?> pin = new("--pin") { Description = "The key that the node has to show: sha256/ and base 64." };
    static readonly Option<bool> json = new("--json") { Description = "Print the answer as JSON." };

    internal static Command Create()
    {
        var command = new Command("status",
            """
            Ask a running node what it is: deployment, policy, wallets, what is frozen, how long its journal is. Exit code 3
            where it does not answer.

            Example:
              quorate node status --url http://127.0.0.1:7101
            """)
        {
            url, certificate, pin, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            using var channel = Channel(parsed);
            try
            {
                var status = await channel.AsyncUnaryCall(getStatus, new(), new(Deadline: TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(10), CancellationToken: cancellation));
                Print(status, parsed.GetValue(json));
            }
            catch (RpcException problem)
            {
                throw new CliException($"{parsed.GetValue(url)}: {problem.Message}", CliException.Aborted);
            }
        });
        return command;
    }

    static RpcChannel Channel(ParseResult parsed)
    {
        if (!Uri.TryCreate(parsed.GetValue(url), UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new CliException($"{parsed.GetValue(url)} is no http or https address.");
        try
        {
            return RpcChannel.ForAddress(address, new()
            {
                Tls = address.Scheme == "http" ? null : new()
                {
                    Certificate = parsed.GetValue(certificate) is { } file ? X509Certificate2.CreateFromPemFile(file.FullName) : null,
                    PeerPins = parsed.GetValue(pin) is { } text ? new HashSet<SpkiPin> { SpkiPin.Parse(text) } : null,
                },
            });
        }
        catch (Exception problem) when (problem is FormatException or IOException or System.Security.Cryptography.CryptographicException)
        {
            throw new CliException(problem.Message);
        }
    }

    static void Print(NodeStatus status, bool asJson)
    {
        if (asJson)
        {
            Console.WriteLine(JsonFormatter.Default.Format(status));
            return;
        }
        string Hex(ByteString bytes) => Convert.ToHexStringLower(bytes.Span);

        Console.WriteLine($"node        {Hex(status.Node)}{(status.Name.Length > 0 ? $", {status.Name}" : "")}");
        Console.WriteLine($"version     {status.Version}");
        Console.WriteLine($"deployment  {(status.Deployment.IsEmpty ? "none: it refuses everything" : Hex(status.Deployment))}");
        if (!status.Policy.IsEmpty)
            Console.WriteLine($"policy      {Hex(status.Policy)}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"journal     {status.Events} events, head {Hex(status.Head)}"));
        Console.WriteLine($"chains      {string.Join(", ", status.Chains)}");
        if (status.Frozen.Count > 0)
            Console.WriteLine($"frozen      {string.Join(", ", status.Frozen)}");
        foreach (var wallet in status.Wallets)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"wallet      {wallet.Name}, epoch {wallet.Epoch}"));
            foreach (var key in wallet.Keys)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"            {key.Scheme}, {key.Threshold} of {string.Join(", ", key.Nodes)}: {Hex(key.PublicKey)}"));
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"sessions    {status.Sessions}"));
    }
}
