using Quorate.Rpc.Tests.Services;
using Quorate.Rpc.Tests.V1;

namespace Quorate.Rpc.Tests.Calls;

/// <summary>A slow reader slows the writer instead of filling memory.</summary>
public sealed class BackpressureTests
{
    const int MessageSize = 100_000, Messages = 1000;

    // The transport's windows and buffers; beyond them a writer waits.
    const int BytesBetweenMax = 8 << 20;

    [Fact]
    public async Task A_client_that_does_not_read_stops_the_server()
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Channel.AsyncServerStreamingCall(EchoMethods.Expand, new EchoRequest { Count = Messages, ReplySize = MessageSize });
        Assert.True(await call.ResponseStream.MoveNext(default));
        var expanded = await Settled(() => Interlocked.Read(ref server.Echo.Expanded));

        Assert.InRange(expanded * MessageSize, 1, BytesBetweenMax);
        var read = 1;
        while (await call.ResponseStream.MoveNext(default))
            read++;
        Assert.Equal(Messages, read);
    }

    [Fact]
    public async Task A_server_that_does_not_read_stops_the_client()
    {
        await using var server = await TestServer.StartAsync();
        using var call = server.Channel.AsyncClientStreamingCall(EchoMethods.Collect);
        // The method sleeps over its first message.
        await call.RequestStream.WriteAsync(new() { DelayMs = -1 });
        long written = 0;
        var writing = Task.Run(async () =>
        {
            var message = new EchoRequest { Payload = Google.Protobuf.ByteString.CopyFrom(new byte[MessageSize]) };
            for (var i = 0; i < Messages; i++)
            {
                await call.RequestStream.WriteAsync(message);
                Interlocked.Increment(ref written);
            }
            await call.RequestStream.CompleteAsync();
        });
        Assert.InRange(await Settled(() => Interlocked.Read(ref written)) * MessageSize, 1, BytesBetweenMax);
        server.Echo.Released.SetResult();
        await writing;
        Assert.Equal(Messages + 1, (await call).Index);
    }

    // The count once it has not changed for a while.
    static async Task<long> Settled(Func<long> count)
    {
        for (var last = -1L; ;)
        {
            await Task.Delay(400);
            if (count() == last && last > 0)
                return last;
            last = count();
        }
    }
}
