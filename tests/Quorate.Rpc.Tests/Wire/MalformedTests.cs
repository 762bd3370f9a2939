using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;
using Google.Protobuf;
using Quorate.Rpc.Tests.Services;
using Quorate.Rpc.Tests.V1;

namespace Quorate.Rpc.Tests.Wire;

/// <summary>
/// Clients that break the protocol, over a socket. Each gets the answer that the specification has for it, and afterwards
/// the server serves on and has nothing left of the call.
/// </summary>
public sealed class MalformedTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    const string Unary = "/quorate.rpc.tests.v1.Echo/Unary", Chat = "/quorate.rpc.tests.v1.Echo/Chat", Expand = "/quorate.rpc.tests.v1.Echo/Expand";

    readonly TestServer server = fixture.Test;

    static readonly byte[] hello = new EchoRequest { Text = "hello" }.ToByteArray();

    public static TheoryData<string, byte[], int> Bodies => new()
    {
        { "a flag that is neither 0 nor 1", Frames.Raw(2, hello), 13 },
        { "a flag of 255", Frames.Raw(255, hello), 13 },
        { "compressed without an encoding", Frames.Raw(1, hello), 13 },
        { "a length beyond the limit", Frames.Raw(0, hello, (4 << 20) + 1), 8 },
        { "the largest length", Frames.Raw(0, hello, uint.MaxValue), 8 },
        { "a length with the sign bit", Frames.Raw(0, hello, 0x80000000), 8 },
        { "less than the length says", Frames.Raw(0, hello, 100), 13 },
        { "half a header", [0, 0, 0], 13 },
        { "no message", [], 12 },
        { "two messages", [.. Frames.Raw(0, hello), .. Frames.Raw(0, hello)], 12 },
        { "a message and a half", [.. Frames.Raw(0, hello), 0, 0], 13 },
        { "bytes that are no message", Frames.Raw(0, [0xff, 0xff, 0xff]), 13 },
        { "a field that is longer than the message", Frames.Raw(0, [0x0a, 0x7f, 1]), 13 },
        { "text that is a group without end", Frames.Raw(0, [0x0b]), 13 },
    };

    [Theory, MemberData(nameof(Bodies))]
    public async Task A_malformed_body_is_answered_with_a_status(string what, byte[] body, int status)
    {
        await using var connection = await Http2Connection.OpenAsync(server.EndPoint);
        await connection.SendCallAsync(1, Unary);
        await connection.SendAsync(Http2Connection.Data, Http2Connection.EndStream, 1, body);

        await AssertStatus(connection, 1, status, what);
        await AssertUnharmed();
    }

    [Theory, MemberData(nameof(Bodies))]
    public async Task A_malformed_stream_is_answered_with_a_status(string what, byte[] body, int status)
    {
        // A stream may have any number of messages.
        if (status == 12)
            status = 0;
        await using var connection = await Http2Connection.OpenAsync(server.EndPoint);
        await connection.SendCallAsync(1, Chat);
        await connection.SendAsync(Http2Connection.Data, Http2Connection.EndStream, 1, body);

        await AssertStatus(connection, 1, status, what);
        await AssertUnharmed();
    }

    [Fact]
    public async Task A_message_in_pieces_of_one_byte_is_a_message()
    {
        await using var connection = await Http2Connection.OpenAsync(server.EndPoint);
        await connection.SendCallAsync(1, Unary);
        foreach (var octet in Frames.Raw(0, hello))
            await connection.SendAsync(Http2Connection.Data, 0, 1, [octet]);
        await connection.SendAsync(Http2Connection.Data, Http2Connection.EndStream, 1, []);
        await AssertStatus(connection, 1, 0, "pieces");
    }

    public static TheoryData<string, byte[], int> Compressed => new()
    {
        { "not gzip", Frames.Raw(1, hello), 13 },
        { "empty", Frames.Raw(1, []), 13 },
        { "cut short", Frames.Raw(1, Gzip(new byte[100_000])[..^30]), 13 },
        { "a bomb", Frames.Raw(1, Gzip(new byte[100 << 20])), 8 },
        { "plain among compressed", Frames.Raw(0, hello), 0 },
        { "compressed", Frames.Raw(1, Gzip(hello)), 0 },
    };

    [Theory, MemberData(nameof(Compressed))]
    public async Task A_compressed_body_is_judged_by_what_comes_out(string what, byte[] body, int status)
    {
        await using var connection = await Http2Connection.OpenAsync(server.EndPoint);
        await connection.SendCallAsync(1, Unary, false, ("grpc-encoding", "gzip"));
        foreach (var piece in body.Chunk(16_000))
            await connection.SendAsync(Http2Connection.Data, 0, 1, piece);
        await connection.SendAsync(Http2Connection.Data, Http2Connection.EndStream, 1, []);

        await AssertStatus(connection, 1, status, what);
        await AssertUnharmed();
    }

    [Theory]
    [InlineData("grpc-encoding", "snappy", 12)]
    [InlineData("grpc-timeout", "5", 13)]
    [InlineData("grpc-timeout", "-5S", 13)]
    [InlineData("grpc-timeout", "123456789S", 13)]
    [InlineData("grpc-timeout", "5X", 13)]
    [InlineData("grpc-timeout", "1n", 4)]
    [InlineData("echo-data-bin", "***", 13)]
    public async Task A_malformed_header_is_answered_with_a_status(string name, string value, int status)
    {
        await using var connection = await Http2Connection.OpenAsync(server.EndPoint);
        await connection.SendCallAsync(1, Unary, false, (name, value));
        await connection.SendAsync(Http2Connection.Data, Http2Connection.EndStream, 1, Frames.Of(new EchoRequest { DelayMs = status == 4 ? 5000 : 0 }));
        await AssertStatus(connection, 1, status, name);
        await AssertUnharmed();
    }

    [Theory]
    [InlineData("/quorate.rpc.tests.v1.Echo/Nothing")]
    [InlineData("/nothing/Unary")]
    [InlineData("/")]
    [InlineData("/quorate.rpc.tests.v1.Echo/Unary/")]
    public async Task An_unknown_path_is_unimplemented(string path)
    {
        await using var connection = await Http2Connection.OpenAsync(server.EndPoint);
        await connection.SendCallAsync(1, path, end: true);
        await AssertStatus(connection, 1, 12, path);
    }

    [Fact]
    public async Task Resets_at_every_stage_leave_nothing_behind()
    {
        await using var connection = await Http2Connection.OpenAsync(server.EndPoint);
        var id = -1;
        foreach (var (path, body) in new[]
        {
            (Unary, Array.Empty<byte>()), (Unary, [0, 0]), (Unary, Frames.Raw(0, hello, 1000)), (Chat, Frames.Raw(0, hello)),
            (Unary, Frames.Of(new EchoRequest { DelayMs = 60_000 })), (Expand, Frames.Of(new EchoRequest { Count = int.MaxValue, ReplySize = 1000 })),
        })
        {
            for (var i = 0; i < 5; i++)
            {
                id += 2;
                await connection.SendCallAsync(id, path);
                await connection.SendAsync(Http2Connection.Data, (byte)(path == Expand ? 1 : 0), id, body);
                if (i > 0)
                    await Task.Delay(5);
                await connection.SendAsync(Http2Connection.Reset, 0, id, [0, 0, 0, 8]);
            }
        }
        await AssertUnharmed();
    }

    [Fact]
    public async Task A_connection_that_drops_in_the_middle_leaves_nothing_behind()
    {
        for (var i = 0; i < 10; i++)
        {
            await using var connection = await Http2Connection.OpenAsync(server.EndPoint);
            await connection.SendCallAsync(1, Chat);
            await connection.SendAsync(Http2Connection.Data, 0, 1, Frames.Raw(0, hello));
            await connection.SendCallAsync(3, Unary);
            await connection.SendAsync(Http2Connection.Data, 0, 3, Frames.Raw(0, hello, 1000));
        }
        await AssertUnharmed();
    }

    public static TheoryData<string, byte, byte, int, byte[], int?> BadFrames => new()
    {
        { "data on the connection", 0, 0, 0, [1], null },
        { "data on an idle stream", 0, 0, 5, [1], null },
        { "a ping of three bytes", 6, 0, 0, [1, 2, 3], null },
        { "a window update of nothing", 8, 0, 0, [0, 0, 0, 0], null },
        { "a frame larger than announced", 0, 0, 1, new byte[20_000], null },
        { "headers that are no HPACK", 1, 5, 1, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff], null },
        { "a continuation of nothing", 9, 4, 1, [0], null },
        { "settings of five bytes", 4, 0, 0, [0, 0, 0, 0, 0], null },
    };

    [Theory, MemberData(nameof(BadFrames))]
    public async Task A_broken_frame_ends_its_connection_and_no_other(string what, byte type, byte flags, int stream, byte[] payload, int? size)
    {
        await using var connection = await Http2Connection.OpenAsync(server.EndPoint);
        await connection.SendAsync(type, flags, stream, payload, size);
        var answer = await connection.EndOfAsync(-1);
        Assert.True(answer is null or { Type: Http2Connection.GoAway }, what);
        await AssertUnharmed();
    }

    [Fact]
    public async Task Garbage_instead_of_http_ends_the_connection()
    {
        var random = new Random(1);
        for (var i = 0; i < 20; i++)
        {
            await using var connection = await Http2Connection.OpenAsync(server.EndPoint);
            var garbage = new byte[500];
            random.NextBytes(garbage);
            try
            {
                await connection.SendRawAsync(garbage);
            }
            catch (IOException)
            {
            }
        }
        await AssertUnharmed();
    }

    // A unary request that trickles, which the framework cuts off, and a response that nobody reads, which we do. The framework
    // looks once a second and, where it could not look in time, counts one second nevertheless.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Stalls_are_cut_off(bool isRequest)
    {
        await using var strict = await TestServer.StartAsync(new() { StallTimeout = TimeSpan.FromSeconds(2) });
        await using var stalling = await Http2Connection.OpenAsync(strict.EndPoint, initialWindow: isRequest ? 65_535 : 0);
        await stalling.SendCallAsync(1, isRequest ? Unary : Expand);
        await stalling.SendAsync(Http2Connection.Data, (byte)(isRequest ? 0 : Http2Connection.EndStream), 1,
            isRequest ? [0, 0] : Frames.Of(new EchoRequest { Count = int.MaxValue, ReplySize = 1000 }));
        await strict.Busy();

        await strict.Quiet();
        await strict.StillServes();
    }

    // The framework judges the connection as a whole, and what flows beside the stall would excuse it.
    [Fact]
    public async Task A_stalled_stream_is_reset_and_its_connection_goes_on()
    {
        await using var strict = await TestServer.StartAsync(new() { StallTimeout = TimeSpan.FromSeconds(2) });
        await using var connection = await Http2Connection.OpenAsync(strict.EndPoint, initialWindow: 2000);
        await connection.SendCallAsync(1, Expand);
        await connection.SendAsync(Http2Connection.Data, Http2Connection.EndStream, 1, Frames.Of(new EchoRequest { Count = int.MaxValue, ReplySize = 1000 }));
        Assert.Equal(Http2Connection.Reset, (await connection.EndOfAsync(1))?.Type);
        await strict.Quiet();
        await connection.SendCallAsync(3, Unary);
        await connection.SendAsync(Http2Connection.Data, Http2Connection.EndStream, 3, Frames.Of(new EchoRequest()));
        await AssertStatus(connection, 3, 0, "a call after the reset");
    }

    [Fact]
    public async Task A_large_single_response_that_nobody_reads_is_reset()
    {
        await using var strict = await TestServer.StartAsync(new() { StallTimeout = TimeSpan.FromSeconds(2) });
        await using var connection = await Http2Connection.OpenAsync(strict.EndPoint, initialWindow: 10);
        await connection.SendCallAsync(1, Unary);
        await connection.SendAsync(Http2Connection.Data, Http2Connection.EndStream, 1, Frames.Of(new EchoRequest { ReplySize = 1_000_000 }));
        Assert.Equal(Http2Connection.Reset, (await connection.EndOfAsync(1))?.Type);
        await strict.Quiet();
        await strict.StillServes();
    }

    // It is in the framework's buffers when the method has long returned, and only the framework can tell. What the connection has
    // been sent before does not buy it minutes.
    [Fact]
    public async Task A_small_response_that_nobody_reads_closes_its_connection()
    {
        await using var strict = await TestServer.StartAsync(new() { StallTimeout = TimeSpan.FromSeconds(2) });
        await using var connection = await Http2Connection.OpenAsync(strict.EndPoint);
        foreach (var (stream, size) in new[] { (1, 60_000), (3, 30_000) })
        {
            await connection.SendCallAsync(stream, Unary);
            await connection.SendAsync(Http2Connection.Data, Http2Connection.EndStream, stream, Frames.Of(new EchoRequest { ReplySize = size }));
            // The second does not fit into the connection's window, 64 KiB.
            if (stream == 1)
                await AssertStatus(connection, stream, 0, "the first");
        }
        Assert.True(await connection.EndOfAsync(3) is null or { Type: Http2Connection.GoAway });
        await strict.StillServes();
    }

    [Fact]
    public async Task A_connection_too_many_is_closed_and_the_others_go_on()
    {
        await using var small = await TestServer.StartAsync(server: new() { ConnectionsMax = 2 });
        await small.StillServes();
        await using var second = await Http2Connection.OpenAsync(small.EndPoint);
        await second.SendCallAsync(1, Unary);
        await second.SendAsync(Http2Connection.Data, Http2Connection.EndStream, 1, Frames.Of(new EchoRequest()));
        await AssertStatus(second, 1, 0, "the second connection");
        using (var third = new TcpClient())
        {
            await third.ConnectAsync(small.EndPoint);
            Assert.Equal(0, await third.GetStream().ReadAtLeastAsync(new byte[1], 1, throwOnEndOfStream: false));
        }
        await small.StillServes();
    }

    [Fact]
    public async Task A_connection_that_answers_no_pings_is_closed()
    {
        await using var strict = await TestServer.StartAsync(server: new() { KeepAliveDelaySeconds = 1, KeepAliveTimeoutSeconds = 1 });
        await using var dead = await Http2Connection.OpenAsync(strict.EndPoint);
        await dead.SendCallAsync(1, Chat);
        Assert.True(await dead.EndOfAsync(1) is null or { Type: Http2Connection.GoAway });
        await strict.Quiet();
    }

    static async Task AssertStatus(Http2Connection connection, int stream, int status, string what)
    {
        var end = await connection.EndOfAsync(stream);
        Assert.True(end?.Says("grpc-status", status.ToString(CultureInfo.InvariantCulture)) ?? false,
            $"{what}: {(end is null ? "connection closed" : $"frame {end.Type} {System.Text.Encoding.ASCII.GetString(end.Payload)}")}");
    }

    async Task AssertUnharmed()
    {
        await server.StillServes();
        await server.Quiet();
    }

    static byte[] Gzip(byte[] data)
    {
        var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal))
            gzip.Write(data);
        return compressed.ToArray();
    }
}
