using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Quorate.Rpc.Server;
using Quorate.Rpc.Tests.V1;

namespace Quorate.Rpc.Tests.Services;

/// <summary>Answers as the request asks it to.</summary>
public sealed class EchoService
{
    int cancelled;

    /// <summary>Calls that noticed that their caller had gone.</summary>
    internal int Cancelled => Volatile.Read(ref cancelled);

    /// <summary>What methods wait for whose request has a delay below zero.</summary>
    internal TaskCompletionSource Released { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Messages that Expand has handed to the transport.</summary>
    internal long Expanded;

    public async Task<EchoReply> Unary(EchoRequest request, ServerCallContext context)
    {
        await Headers(context);
        await Obey(request, context);
        return Reply(request, 0);
    }

    public async Task<EchoReply> Collect(IAsyncStreamReader<EchoRequest> requests, ServerCallContext context)
    {
        var texts = new List<string>();
        var bytes = 0;
        await foreach (var request in requests.ReadAllAsync(context.CancellationToken))
        {
            await Obey(request, context);
            texts.Add(request.Text);
            bytes += request.Payload.Length;
        }
        return new() { Text = string.Join(',', texts), Index = texts.Count, Payload = ByteString.CopyFromUtf8(bytes.ToString()) };
    }

    public async Task Expand(EchoRequest request, IServerStreamWriter<EchoReply> replies, ServerCallContext context)
    {
        await Headers(context);
        for (var i = 0; i < request.Count; i++)
        {
            if (request.DelayMs > 0)
                await Wait(request, context);
            await replies.WriteAsync(Reply(request, i));
            Interlocked.Increment(ref Expanded);
        }
        await Obey(request, context);
    }

    public async Task Chat(IAsyncStreamReader<EchoRequest> requests, IServerStreamWriter<EchoReply> replies, ServerCallContext context)
    {
        await Headers(context);
        var index = 0;
        await foreach (var request in requests.ReadAllAsync())
        {
            await Obey(request, context);
            await replies.WriteAsync(Reply(request, index++));
        }
    }

    // Metadata that the caller sent under echo- comes back, in the headers and in the trailers.
    static async Task Headers(ServerCallContext context)
    {
        var headers = new Metadata();
        foreach (var entry in context.RequestHeaders.Where(e => e.Key.StartsWith("echo-", StringComparison.Ordinal)))
        {
            headers.Add(entry);
            context.ResponseTrailers.Add(entry);
        }
        if (headers.Count > 0)
            await context.WriteResponseHeadersAsync(headers);
    }

    async Task Obey(EchoRequest request, ServerCallContext context)
    {
        if (request.DelayMs != 0)
            await Wait(request, context);
        if (request.Rich)
        {
            throw new Google.Rpc.Status
            {
                Code = request.FailCode, Message = request.FailDetail,
                Details = { Any.Pack(new EchoRequest { Text = "detail" }) },
            }.ToRpcException();
        }
        if (request.FailCode > 0)
            throw new RpcException(new((StatusCode)request.FailCode, request.FailDetail), new() { { "fail-reason", "asked" } });
        if (request.FailCode < 0)
            throw new InvalidOperationException("the secret reason");
    }

    async Task Wait(EchoRequest request, ServerCallContext context)
    {
        try
        {
            var until = request.Stubborn ? CancellationToken.None : context.CancellationToken;
            await (request.DelayMs < 0 ? Released.Task.WaitAsync(until) : Task.Delay(request.DelayMs, until));
        }
        catch (OperationCanceledException)
        {
            Interlocked.Increment(ref cancelled);
            throw;
        }
    }

    static EchoReply Reply(EchoRequest request, int index) => new()
    {
        Text = request.Text, Index = index,
        Payload = request.ReplySize > 0 ? ByteString.CopyFrom(new byte[request.ReplySize]) : request.Payload,
    };
}
