using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;
using Quorate.Rpc.Security;

namespace Quorate.Rpc.Server;

/// <summary>What a service method knows and says about the call it answers.</summary>
public sealed class ServerCallContext
{
    readonly ServerCall call;

    internal ServerCallContext(ServerCall call, Metadata requestHeaders, DateTime deadline) =>
        (this.call, RequestHeaders, Deadline) = (call, requestHeaders, deadline);

    /// <summary>The method's path: /quorate.node.v1.Node/Sign. Of a JSON request too.</summary>
    public string Method => call.Method.Path;

    /// <summary>The method, with its options.</summary>
    public MethodDescriptor Descriptor => call.Method.Descriptor;

    /// <summary>The authority the client asked for.</summary>
    public string Host => HttpContext.Request.Host.Value ?? "";

    /// <summary>The other end's address and port.</summary>
    public string Peer => $"{HttpContext.Connection.RemoteIpAddress}:{HttpContext.Connection.RemotePort}";

    /// <summary>The key of the client's certificate; null without one. That it is an allowed one was checked in the handshake.</summary>
    public SpkiPin? PeerIdentity => HttpContext.Connection.ClientCertificate is { } certificate ? SpkiPin.Of(certificate) : null;

    /// <summary>When the client gives up, UTC; <see cref="DateTime.MaxValue"/> if it does not.</summary>
    public DateTime Deadline { get; }

    /// <summary>The metadata that came with the request; of a JSON request, its headers.</summary>
    public Metadata RequestHeaders { get; }

    /// <summary>Cancelled when the client has gone or given up, and when the deadline has passed.</summary>
    public CancellationToken CancellationToken => call.CancellationToken;

    /// <summary>Headers of the response, whether it succeeds or not, as they are when it begins; of a JSON response, HTTP headers.</summary>
    public Metadata ResponseHeaders { get; } = [];

    /// <summary>Metadata that goes with the status. JSON responses have none.</summary>
    public Metadata ResponseTrailers { get; } = [];

    /// <summary>How the call ends when the method returns without an exception.</summary>
    public Status Status { get; set; } = Status.DefaultSuccess;

    /// <summary>
    /// The HTTP status of a JSON response that succeeds, where 200 is not right: 201, 202. gRPC responses have no use for it.
    /// </summary>
    public int HttpStatusCode { get; set; } = StatusCodes.Status200OK;

    /// <summary>The framework's context, for what middleware has put there.</summary>
    public HttpContext HttpContext => call.Http;

    /// <summary>
    /// Reads the content of the request whole, as it came, and holds it for the method: of a gRPC call with its framing. For
    /// methods that take one request.
    /// </summary>
    /// <exception cref="RpcException">It is larger than a message may be, or it is broken.</exception>
    public Task<ReadOnlyMemory<byte>> HoldContentAsync() => call.HoldContentAsync();

    /// <summary>Sends headers before the first message. Of a JSON response they are the HTTP headers.</summary>
    /// <exception cref="InvalidOperationException">
    /// Headers or a message have been sent; in JSON, the first comment of a silent stream sends the headers, too.
    /// </exception>
    public Task WriteResponseHeadersAsync(Metadata responseHeaders)
    {
        ArgumentNullException.ThrowIfNull(responseHeaders);
        return call.WriteHeadersAsync(responseHeaders);
    }
}
