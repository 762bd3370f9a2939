using System.Buffers;
using System.IO.Compression;

namespace Quorate.Rpc.Framing;

/// <summary>The one message encoding beside identity. Every gRPC library has it.</summary>
static class Gzip
{
    internal const string Name = "gzip", Accepted = "identity,gzip";

    /// <summary>Messages below this many bytes get longer, or hardly shorter, when compressed.</summary>
    internal const int WorthwhileSize = 512;

    // The shortest member: header, an empty block, checksum and length (RFC 1952).
    const int SizeMin = 20;

    // What decompression hands on at a time, so that a bomb is noticed after that much.
    const int StepSize = 16 * 1024;

    /// <summary>Compresses into a buffer that the caller disposes.</summary>
    internal static PooledBuffer Compress(ReadOnlyMemory<byte> message)
    {
        var compressed = new PooledBuffer(int.MaxValue);
        using var gzip = new GZipStream(compressed, CompressionLevel.Fastest, leaveOpen: true);
        gzip.Write(message.Span);
        gzip.Dispose();
        return compressed;
    }

    /// <summary>Decompresses into a buffer that the caller disposes. Memory in use stays below twice the limit.</summary>
    /// <exception cref="RpcException">More comes out than <paramref name="sizeMax"/>, or the data is not gzip.</exception>
    internal static PooledBuffer Decompress(ReadOnlySequence<byte> payload, int sizeMax)
    {
        var message = new PooledBuffer(sizeMax);
        var compressed = ArrayPool<byte>.Shared.Rent((int)payload.Length);
        var step = ArrayPool<byte>.Shared.Rent(StepSize);
        try
        {
            if (payload.Length < SizeMin)
                throw new InvalidDataException("Shorter than any gzip member.");
            payload.CopyTo(compressed);
            using var gzip = new GZipStream(new MemoryStream(compressed, 0, (int)payload.Length, writable: false), CompressionMode.Decompress);
            for (int read; (read = gzip.Read(step)) > 0;)
                message.Write(step.AsSpan(0, read));
            return message;
        }
        catch (BufferFullException)
        {
            message.Dispose();
            throw RpcException.Because(StatusCode.ResourceExhausted, $"The message is larger than {sizeMax} bytes when decompressed.");
        }
        catch (InvalidDataException e)
        {
            message.Dispose();
            throw RpcException.Because(StatusCode.Internal, "The message does not decompress.", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(compressed);
            ArrayPool<byte>.Shared.Return(step);
        }
    }
}
