using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Quorate.Rpc.Framing;

namespace Quorate.Rpc.Client;

/// <summary>The body of a request: one message, or a stream that stays open until it is completed.</summary>
sealed class RequestContent : HttpContent
{
    static readonly MediaTypeHeaderValue contentType = new("application/grpc");

    readonly IMessage? single;
    readonly RpcChannelOptions options;
    readonly TaskCompletionSource<Stream> opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal RequestContent(IMessage? single, RpcChannelOptions options)
    {
        (this.single, this.options) = (single, options);
        Headers.ContentType = contentType;
        // Nobody may be writing when the call ends.
        opened.Task.LetFail();
    }

    /// <summary>Writes one message to the stream. Call it once at a time.</summary>
    internal async Task WriteAsync(IMessage message, CancellationToken cancellationToken)
    {
        using var frame = Framed(message);
        var stream = await opened.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(frame.WrittenMemory, cancellationToken).ConfigureAwait(false);
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the stream.</summary>
    internal void Complete() => closed.TrySetResult();

    /// <summary>Ends the stream without its end, because the call is over.</summary>
    internal void Abandon(Exception reason)
    {
        opened.TrySetException(reason);
        closed.TrySetResult();
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (single is not null)
        {
            using var frame = Framed(single);
            await stream.WriteAsync(frame.WrittenMemory, cancellationToken).ConfigureAwait(false);
            return;
        }
        // The server hears of the call before the first message.
        await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
        opened.TrySetResult(stream);
        await closed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    PooledBuffer Framed(IMessage message)
    {
        var frame = new PooledBuffer(int.MaxValue);
        try
        {
            Frame.Write(frame, message, options.CompressRequests, options.MaxSendMessageSize);
            return frame;
        }
        catch
        {
            frame.Dispose();
            throw;
        }
    }
}
