using System.Buffers;
using System.Buffers.Binary;
using Google.Protobuf;

namespace Quorate.Rpc.Framing;

/// <summary>
/// A length-prefixed message: a flag (0 plain, 1 compressed), the length of what follows in four bytes, big-endian, the
/// message ("Length-Prefixed-Message").
/// </summary>
static class Frame
{
    internal const int HeaderSize = 5;

    /// <summary>Takes one frame off the front of the buffer; false when it is not all there yet.</summary>
    /// <exception cref="RpcException">The flag is neither 0 nor 1, or the message is larger than allowed; its bytes need not have come.</exception>
    internal static bool TryRead(ref ReadOnlySequence<byte> buffer, int sizeMax, out bool isCompressed, out ReadOnlySequence<byte> payload)
    {
        (isCompressed, payload) = (false, default);
        if (buffer.Length < HeaderSize)
            return false;
        Span<byte> header = stackalloc byte[HeaderSize];
        buffer.Slice(0, HeaderSize).CopyTo(header);
        if (header[0] > 1)
            throw RpcException.Because(StatusCode.Internal, $"A message starts with {header[0]} where 0 or 1 belongs.");
        var size = BinaryPrimitives.ReadUInt32BigEndian(header[1..]);
        if (size > (uint)sizeMax)
            throw RpcException.Because(StatusCode.ResourceExhausted, $"The message has {size} bytes, more than {sizeMax}.");
        if (buffer.Length - HeaderSize < size)
            return false;
        isCompressed = header[0] == 1;
        payload = buffer.Slice(HeaderSize, size);
        buffer = buffer.Slice(payload.End);
        return true;
    }

    /// <summary>Parses a frame's payload.</summary>
    /// <exception cref="RpcException">It is compressed although nobody said so, does not decompress, or is not such a message.</exception>
    internal static IMessage Parse(ReadOnlySequence<byte> payload, bool isCompressed, bool mayBeCompressed, int sizeMax, MessageParser parser)
    {
        try
        {
            if (!isCompressed)
                return parser.ParseFrom(payload);
            if (!mayBeCompressed)
                throw RpcException.Because(StatusCode.Internal, "A message is compressed, but its headers name no encoding.");
            using var plain = Gzip.Decompress(payload, sizeMax);
            return parser.ParseFrom(new ReadOnlySequence<byte>(plain.WrittenMemory));
        }
        catch (InvalidProtocolBufferException e)
        {
            throw RpcException.Because(StatusCode.Internal, "A message does not decode.", e);
        }
    }

    /// <summary>Writes one message as a frame, without flushing.</summary>
    /// <exception cref="RpcException">It is larger than allowed; nothing has been written.</exception>
    internal static void Write(IBufferWriter<byte> output, IMessage message, bool compress, int sizeMax)
    {
        var size = message.CalculateSize();
        if (size > sizeMax)
            throw RpcException.Because(StatusCode.ResourceExhausted, $"The message to send has {size} bytes, more than {sizeMax}.");
        if (!compress || size < Gzip.WorthwhileSize)
        {
            WriteHeader(output, 0, size);
            message.WriteTo(output);
            return;
        }
        using var plain = new PooledBuffer(size);
        message.WriteTo((IBufferWriter<byte>)plain);
        using var compressed = Gzip.Compress(plain.WrittenMemory);
        var (flag, payload) = compressed.Written < plain.Written ? ((byte)1, compressed) : ((byte)0, plain);
        WriteHeader(output, flag, payload.Written);
        output.Write(payload.WrittenMemory.Span);
    }

    static void WriteHeader(IBufferWriter<byte> output, byte flag, int size)
    {
        var header = output.GetSpan(HeaderSize);
        header[0] = flag;
        BinaryPrimitives.WriteUInt32BigEndian(header[1..], (uint)size);
        output.Advance(HeaderSize);
    }
}
