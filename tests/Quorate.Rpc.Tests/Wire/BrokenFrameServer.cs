using System.Net;
using System.Net.Sockets;

namespace Quorate.Rpc.Tests.Wire;

/// <summary>A server that answers a connection's first call with something that is not HTTP/2, and hangs up.</summary>
sealed class BrokenFrameServer : IAsyncDisposable
{
    static readonly byte[][] answers =
    [
        [],
        "HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(),
        [0, 0, 1, 0, 0, 0, 0, 0, 5, 1],                                     // Data on a stream that is not open.
        [0, 0, 4, 1, 4, 0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff],                // Headers that are no HPACK.
        [0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 1],                               // A frame larger than announced.
        [0, 0, 4, 8, 0, 0, 0, 0, 1, 0, 0, 0, 0],                            // A window update of nothing.
        [0, 0, 5, 4, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5],                         // Settings of five bytes.
        [0, 0, 4, 3, 0, 0, 0, 0, 0, 0, 0, 0, 8],                            // A reset of the connection.
        [0, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2],                // Go away: an internal error.
        [0, 0, 1, 9, 4, 0, 0, 0, 1, 0],                                     // A continuation of nothing.
    ];

    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly Task serving;

    BrokenFrameServer()
    {
        listener.Start();
        serving = ServeAsync();
    }

    internal string Address => $"http://{listener.LocalEndpoint}";

    internal static BrokenFrameServer Start() => new();

    public async ValueTask DisposeAsync()
    {
        listener.Stop();
        await serving;
    }

    async Task ServeAsync()
    {
        for (var i = 0; ; i++)
        {
            try
            {
                var client = await listener.AcceptTcpClientAsync();
                _ = AnswerAsync(client, answers[i % answers.Length]);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    static async Task AnswerAsync(TcpClient client, byte[] answer)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                await stream.ReadExactlyAsync(new byte["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".Length]);
                await stream.WriteAsync(new byte[] { 0, 0, 0, Http2Connection.Settings, 0, 0, 0, 0, 0 });
                var header = new byte[9];
                do
                {
                    await stream.ReadExactlyAsync(header);
                    await stream.ReadExactlyAsync(new byte[(header[0] << 16) | (header[1] << 8) | header[2]]);
                }
                while (header[3] != Http2Connection.Headers);
                await stream.WriteAsync(answer);
            }
            catch (IOException)
            {
            }
        }
    }
}
