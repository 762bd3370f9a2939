using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Quorate.Rpc.Framing;

namespace Quorate.Rpc.Server;

/// <summary>A call in gRPC over HTTP/2.</summary>
sealed class GrpcServerCall : ServerCall
{
    internal const string ContentType = "application/grpc";

    readonly bool isCompressed, compress;
    FrameReader? reader;

    GrpcServerCall(HttpContext http, BoundMethod method, RpcServices services, Metadata headers, TimeSpan? timeout, bool isCompressed)
        : base(http, method, services, headers, timeout)
    {
        this.isCompressed = isCompressed;
        compress = Options.CompressResponses && AcceptsGzip(http.Request);
    }

    protected override string System => "grpc";

    protected override RpcException? RequestFault => reader?.Fault;

    /// <summary>Reads the request's headers and runs the call; headers that are wrong end it before the method runs.</summary>
    internal static Task RunAsync(HttpContext http, BoundMethod method, RpcServices services)
    {
        var headers = http.Request.Headers;
        http.Response.ContentType = ContentType;
        string? encoding = headers["grpc-encoding"];
        var isCompressed = encoding == Gzip.Name;
        if (!isCompressed && encoding is not (null or "" or "identity"))
        {
            http.Response.Headers["grpc-accept-encoding"] = Gzip.Accepted;
            return RefuseAsync(http, new(StatusCode.Unimplemented, $"The encoding {encoding} is not known here."));
        }
        if (!GrpcTimeout.TryRead(headers[GrpcTimeout.Header], otherwise: null, out var timeout))
            return RefuseAsync(http, new(StatusCode.Internal, "The header grpc-timeout is malformed."));
        Metadata metadata;
        try
        {
            metadata = MetadataHeaders.Decode(headers.SelectMany(h => h.Value.Select(v => (h.Key, v ?? ""))));
        }
        catch (RpcException e)
        {
            return RefuseAsync(http, e.Status);
        }
        LiftLimits(http, method.Descriptor.IsClientStreaming);
        return new GrpcServerCall(http, method, services, metadata, timeout, isCompressed).RunAsync();
    }

    /// <summary>Answers a status alone: "Trailers-Only".</summary>
    internal static Task RefuseAsync(HttpContext http, Status status)
    {
        http.Response.ContentType = ContentType;
        WriteStatus(status, [], (name, value) => http.Response.Headers.Append(name, value));
        return Task.CompletedTask;
    }

    // A single message is sent with the trailers in one go. A larger one is flushed first, because only a flush can be watched:
    // what it leaves behind is no more than the framework buffers.
    const int LargeMessage = 32 * 1024;

    internal override async ValueTask<IMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        reader ??= new(
            Held is { } held ? PipeReader.Create(new ReadOnlySequence<byte>(held)) : Http.Request.BodyReader, Method.Descriptor.InputType.Parser, isCompressed,
            Options.MaxReceiveMessageSize);
        try
        {
            return await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new ClientGoneException(e);
        }
    }

    protected override async ValueTask SendHeadersAsync(Metadata headers)
    {
        var response = Http.Response;
        if (compress)
            response.Headers["grpc-encoding"] = Gzip.Name;
        response.Headers["grpc-accept-encoding"] = Gzip.Accepted;
        foreach (var entry in Context.ResponseHeaders.Concat(headers))
            response.Headers.Append(entry.Key, MetadataHeaders.Encode(entry));
        // The framework wants the response started before bytes go to its pipe.
        await response.StartAsync(CancellationToken).ConfigureAwait(false);
    }

    protected override async ValueTask FlushHeadersAsync() =>
        await Http.Response.BodyWriter.FlushAsync(CancellationToken).ConfigureAwait(false);

    protected override async ValueTask WriteMessageAsync(IMessage message, bool flush, CancellationToken cancellationToken)
    {
        var body = Http.Response.BodyWriter;
        Frame.Write(body, message, compress, Options.MaxSendMessageSize);
        if (flush || message.CalculateSize() > LargeMessage)
            await body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override ValueTask SendEndAsync(Status ended, Metadata trailers, bool isStarted, RpcException? cause)
    {
        if (!isStarted)
            foreach (var entry in Context.ResponseHeaders)
                Http.Response.Headers.Append(entry.Key, MetadataHeaders.Encode(entry));
        WriteStatus(ended, trailers, (name, value) =>
        {
            if (isStarted)
                Http.Response.AppendTrailer(name, value);
            else
                Http.Response.Headers.Append(name, value);
        });
        return ValueTask.CompletedTask;
    }

    static void WriteStatus(Status status, Metadata trailers, Action<string, string> write)
    {
        write("grpc-status", ((int)status.StatusCode).ToString(CultureInfo.InvariantCulture));
        if (!string.IsNullOrEmpty(status.Detail))
            write("grpc-message", GrpcMessageText.Encode(status.Detail));
        foreach (var entry in trailers)
            write(entry.Key, MetadataHeaders.Encode(entry));
    }

    static bool AcceptsGzip(HttpRequest request) => request.Headers["grpc-accept-encoding"]
        .Any(value => value is not null && value.Split(',', StringSplitOptions.TrimEntries).Contains(Gzip.Name));

    // A stream has no size, and may rest as long as it likes. A single message that trickles is a stall and stays one.
    static void LiftLimits(HttpContext http, bool isStream)
    {
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;
        if (isStream && http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = null;
    }
}
