using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Quorate.Rpc.V1;

namespace Quorate.Rpc.Server;

/// <summary>A request's content, read whole.</summary>
static class RequestBody
{
    /// <summary>Reads to the end.</summary>
    /// <param name="input">Where it comes from.</param>
    /// <param name="sizeMax">In bytes.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="RpcException">It is larger, or broken below the level of messages.</exception>
    /// <exception cref="ClientGoneException">The transport failed.</exception>
    internal static async Task<ReadOnlyMemory<byte>> ReadAsync(PipeReader input, int sizeMax, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            var result = await ReadInputAsync().ConfigureAwait(false);
            var isTooLarge = body.WrittenCount + result.Buffer.Length > sizeMax;
            if (!isTooLarge)
                foreach (var piece in result.Buffer)
                    body.Write(piece.Span);
            input.AdvanceTo(result.Buffer.End);
            if (isTooLarge)
                throw Unreadable(StatusCodes.Status413PayloadTooLarge, sizeMax, null);
            if (result.IsCompleted)
                return body.WrittenMemory;
        }

        async ValueTask<ReadResult> ReadInputAsync()
        {
            try
            {
                return await input.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (BadHttpRequestException e)
            {
                throw Unreadable(e.StatusCode, sizeMax, e);
            }
            catch (IOException e)
            {
                throw new ClientGoneException(e);
            }
        }
    }

    // Too large, or a chunk without its length, a body that trickles.
    static RpcException Unreadable(int httpStatus, int sizeMax, Exception? inner)
    {
        var isTooLarge = httpStatus == StatusCodes.Status413PayloadTooLarge;
        var problem = new Problem { Code = isTooLarge ? "body_too_large" : "malformed_body", HttpStatus = httpStatus };
        var exception = isTooLarge
            ? problem.ToRpcException(StatusCode.ResourceExhausted, $"The body is larger than {sizeMax} bytes.")
            : problem.ToRpcException(StatusCode.InvalidArgument, "The body cannot be read.");
        return inner is null ? exception : new(exception.Status, exception.Trailers, inner);
    }
}
