using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Quorate.Rpc.Tests.Wire;

/// <summary>
/// Just enough HTTP/2 (RFC 9113) to say things to a server that no client library would: frames as bytes, headers as HPACK
/// literals. It announces an empty header table, so that the server's headers are literals too, or static ones.
/// </summary>
sealed class Http2Connection : IAsyncDisposable
{
    internal const byte Data = 0, Headers = 1, Reset = 3, Settings = 4, Ping = 6, GoAway = 7, WindowUpdate = 8, Continuation = 9;
    internal const byte EndStream = 1, EndHeaders = 4;

    readonly TcpClient client;
    readonly NetworkStream stream;

    Http2Connection(TcpClient client) => (this.client, stream) = (client, client.GetStream());

    internal sealed record Received(byte Type, byte Flags, int Stream, byte[] Payload)
    {
        /// <summary>Whether a literal header with this value is in the block; Kestrel does not use Huffman codes.</summary>
        internal bool Says(string name, string value) =>
            Encoding.ASCII.GetString(Payload).Contains($"{name}{(char)value.Length}{value}", StringComparison.Ordinal);
    }

    /// <summary>Connects, says hello, and offers streams of the given window.</summary>
    internal static async Task<Http2Connection> OpenAsync(IPEndPoint to, int initialWindow = 65_535)
    {
        // Small frames in turn with answers would wait for each other's acknowledgements.
        var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(to);
        var connection = new Http2Connection(client);
        await connection.SendRawAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        var settings = new byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(settings, 1);             // SETTINGS_HEADER_TABLE_SIZE = 0
        BinaryPrimitives.WriteUInt16BigEndian(settings.AsSpan(6), 4);   // SETTINGS_INITIAL_WINDOW_SIZE
        BinaryPrimitives.WriteInt32BigEndian(settings.AsSpan(8), initialWindow);
        await connection.SendAsync(Settings, 0, 0, settings);
        return connection;
    }

    internal async Task SendRawAsync(byte[] bytes) => await stream.WriteAsync(bytes);

    internal Task SendAsync(byte type, byte flags, int streamId, byte[] payload, int? size = null)
    {
        var frame = new byte[9 + payload.Length];
        var length = size ?? payload.Length;
        (frame[0], frame[1], frame[2], frame[3], frame[4]) = ((byte)(length >> 16), (byte)(length >> 8), (byte)length, type, flags);
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(5), streamId);
        payload.CopyTo(frame, 9);
        return SendRawAsync(frame);
    }

    /// <summary>The headers of a gRPC request, with further ones.</summary>
    internal Task SendCallAsync(int streamId, string path, bool end = false, params (string, string)[] headers) =>
        SendAsync(Headers, (byte)(EndHeaders | (end ? EndStream : 0)), streamId, Block(
        [
            (":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "test"),
            ("content-type", "application/grpc"), ("te", "trailers"), .. headers,
        ]));

    /// <summary>The next frame that is not about the connection itself; null when the server has closed it.</summary>
    internal async Task<Received?> NextAsync(TimeSpan? within = null)
    {
        using var timeout = new CancellationTokenSource(within ?? TimeSpan.FromSeconds(60));
        while (true)
        {
            var header = new byte[9];
            try
            {
                await stream.ReadExactlyAsync(header, timeout.Token);
                var payload = new byte[(header[0] << 16) | (header[1] << 8) | header[2]];
                await stream.ReadExactlyAsync(payload, timeout.Token);
                if (header[3] is not (Settings or WindowUpdate or Ping))
                    return new(header[3], header[4], BinaryPrimitives.ReadInt32BigEndian(header.AsSpan(5)), payload);
            }
            catch (IOException)
            {
                return null;
            }
        }
    }

    /// <summary>Reads to the end of a stream: the last of its frames, trailers or a reset; null when the connection ended.</summary>
    internal async Task<Received?> EndOfAsync(int streamId)
    {
        while (await NextAsync() is { } frame)
        {
            if (frame.Type == GoAway)
                return frame;
            if (frame.Stream == streamId && (frame.Type == Reset || (frame.Flags & EndStream) != 0 && frame.Type is Headers or Data))
                return frame;
        }
        return null;
    }

    public ValueTask DisposeAsync()
    {
        client.Dispose();
        return ValueTask.CompletedTask;
    }

    // RFC 7541, section 6.2.2: literals without indexing, with literal names, without Huffman codes.
    static byte[] Block(IEnumerable<(string Name, string Value)> headers)
    {
        var block = new MemoryStream();
        foreach (var (name, value) in headers)
        {
            block.WriteByte(0);
            foreach (var text in new[] { name, value })
            {
                WriteLength(block, text.Length);
                block.Write(Encoding.ASCII.GetBytes(text));
            }
        }
        return block.ToArray();
    }

    static void WriteLength(MemoryStream block, int length)
    {
        if (length < 127)
        {
            block.WriteByte((byte)length);
            return;
        }
        block.WriteByte(127);
        for (length -= 127; length >= 128; length >>= 7)
            block.WriteByte((byte)(length % 128 + 128));
        block.WriteByte((byte)length);
    }
}
