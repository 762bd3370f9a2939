using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using Google.Protobuf;
using Quorate.Cryptography.Secrets;
using Quorate.Relay.V1;
using Quorate.Rpc;
using Quorate.Server.Telemetry;

namespace Quorate.Server.Relay;

/// <summary>
/// The questions that wait for one node's answers. They go over the connection that the node has dialled, and end with it: a
/// question is not kept for later.
/// </summary>
sealed class NodeCalls(TimeProvider time, IRandom random)
{
    /// <summary>Questions to one node at a time; the node answers as many.</summary>
    internal const int MaxOpen = 64;

    readonly ConcurrentDictionary<ulong, TaskCompletionSource<Answer>> open = [];

    /// <summary>Questions that wait for an answer.</summary>
    internal int Open => open.Count;

    /// <summary>Asks the node, by way of its mailbox.</summary>
    /// <exception cref="RpcException">The status that the node answers; or Unavailable, DeadlineExceeded, ResourceExhausted on this side.</exception>
    internal async Task<ByteString> AskAsync(Mailbox mailbox, string method, ByteString body, TimeSpan timeout, CancellationToken cancellation)
    {
        if (!ServerTelemetry.IsHeard)
            return await AskAsync(mailbox, method, body, timeout, "", cancellation).ConfigureAwait(false);
        var (began, status) = (Stopwatch.GetTimestamp(), StatusCode.Cancelled);
        var activity = ServerTelemetry.BeginQuestion(method);
        try
        {
            var answer = await AskAsync(mailbox, method, body, timeout, activity is { IdFormat: ActivityIdFormat.W3C, Id: { } id } ? id : "", cancellation).ConfigureAwait(false);
            status = StatusCode.OK;
            return answer;
        }
        catch (RpcException e)
        {
            status = Enum.IsDefined(e.StatusCode) ? e.StatusCode : StatusCode.Unknown;
            throw;
        }
        finally
        {
            ServerTelemetry.QuestionEnded(activity, method, status, began);
        }
    }

    async Task<ByteString> AskAsync(Mailbox mailbox, string method, ByteString body, TimeSpan timeout, string traceparent, CancellationToken cancellation)
    {
        if (open.Count >= MaxOpen)
            throw new RpcException(new(StatusCode.ResourceExhausted, $"{MaxOpen} questions wait for the node's answers."));
        Span<byte> name = stackalloc byte[8];
        random.Fill(name);
        var id = BinaryPrimitives.ReadUInt64BigEndian(name);
        var answer = open.GetOrAdd(id, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            if (!mailbox.TryAsk(new() { Question = new() { Id = id, Method = method, TimeoutMs = (uint)Math.Min(timeout.TotalMilliseconds, uint.MaxValue), Body = body, Traceparent = traceparent } }))
                throw new RpcException(new(StatusCode.Unavailable, "The node is not connected."));
            var said = await answer.Task.WaitAsync(timeout, time, cancellation).ConfigureAwait(false);
            return said.Status == 0 ? said.Body : throw new RpcException(new((StatusCode)said.Status, said.Detail));
        }
        catch (TimeoutException)
        {
            throw new RpcException(new(StatusCode.DeadlineExceeded, $"The node has not answered within {timeout}."));
        }
        finally
        {
            open.TryRemove(id, out _);
        }
    }

    /// <summary>The node has answered; what nobody waits for is dropped.</summary>
    internal void Take(Answer answer)
    {
        if (open.TryRemove(answer.Id, out var waiting))
            waiting.TrySetResult(answer);
    }

    /// <summary>The connection has ended, and with it what was asked over it.</summary>
    internal void Disconnect()
    {
        foreach (var (id, waiting) in open)
            if (open.TryRemove(id, out _))
                waiting.TrySetResult(new() { Id = id, Status = (uint)StatusCode.Unavailable, Detail = "The node's connection has ended." });
    }
}
