using System.IO.Pipelines;
using Google.Protobuf;

namespace Quorate.Rpc.Framing;

/// <summary>
/// Messages out of a pipe, which holds no more than one message and the transport's window. After a fault nothing more is
/// read, and every further call throws the same.
/// </summary>
/// <param name="input">The request's or response's body.</param>
/// <param name="parser">For its messages.</param>
/// <param name="mayBeCompressed">Whether the headers announced gzip.</param>
/// <param name="sizeMax">Of a message, in bytes, as sent and when decompressed.</param>
sealed class FrameReader(PipeReader input, MessageParser parser, bool mayBeCompressed, int sizeMax)
{
    /// <summary>What the other side did wrong; null as long as it has not.</summary>
    internal RpcException? Fault { get; private set; }

    /// <summary>The next message; null at the end.</summary>
    /// <exception cref="RpcException">The other side broke the framing.</exception>
    internal async ValueTask<IMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        if (Fault is not null)
            throw Fault;
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (result.IsCanceled)
                throw new OperationCanceledException(cancellationToken);
            var (message, wait) = Take(result);
            if (!wait)
                return message;
        }
    }

    (IMessage? Message, bool Wait) Take(ReadResult result)
    {
        var rest = result.Buffer;
        var whole = false;
        try
        {
            whole = Frame.TryRead(ref rest, sizeMax, out var isCompressed, out var payload);
            if (whole)
                return (Frame.Parse(payload, isCompressed, mayBeCompressed, sizeMax, parser), false);
            if (!result.IsCompleted)
                return (null, true);
            if (!rest.IsEmpty)
                throw RpcException.Because(StatusCode.Internal, "The stream ended within a message.");
            return (null, false);
        }
        catch (RpcException e)
        {
            Fault = e;
            throw;
        }
        finally
        {
            input.AdvanceTo(rest.Start, whole ? rest.Start : rest.End);
        }
    }
}
