using System.Threading.Channels;
using Google.Protobuf;
using Quorate.Node.Telemetry;
using Quorate.Relay.V1;
using Quorate.Rpc;

namespace Quorate.Node.Transport;

/// <summary>Answers a call of a unary method that came the other way, over a connection that this node has dialled.</summary>
/// <param name="method">The method's own name.</param>
/// <param name="body">Its request, encoded.</param>
/// <param name="cancellation">Nobody waits for the answer any more.</param>
/// <returns>Its response, encoded.</returns>
/// <exception cref="RpcException">The status to answer instead.</exception>
public delegate Task<ByteString> AnswerQuestion(string method, ByteString body, CancellationToken cancellation);

/// <summary>The questions that come over one connection. They run beside each other, within bounds, and end with it.</summary>
sealed class QuestionDesk(AnswerQuestion? answer, TimeProvider time)
{
    /// <summary>Questions that are being answered at a time.</summary>
    internal const int MaxOpen = 64;

    /// <summary>The longest that a question may ask for.</summary>
    internal static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(10);

    int open;

    /// <summary>Takes a question; the answer goes to the connection's writer.</summary>
    internal void Take(Question question, ChannelWriter<FromNode> writes, CancellationToken connection) =>
        _ = Task.Run(() => RunAsync(question, writes, connection), CancellationToken.None);

    async Task RunAsync(Question question, ChannelWriter<FromNode> writes, CancellationToken connection)
    {
        try
        {
            await writes.WriteAsync(new() { Answer = await AnswerAsync(question, connection).ConfigureAwait(false) }, connection).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ChannelClosedException)
        {
            // The connection has ended; whoever asked sees that too.
        }
    }

    async Task<Answer> AnswerAsync(Question question, CancellationToken connection)
    {
        var trace = NodeTelemetry.BeginQuestion(question.Method, question.Traceparent);
        var status = StatusCode.Cancelled;
        try
        {
            var said = await DecideAsync(question, connection).ConfigureAwait(false);
            status = (StatusCode)said.Status;
            return said;
        }
        finally
        {
            NodeTelemetry.QuestionEnded(trace, status);
        }
    }

    async Task<Answer> DecideAsync(Question question, CancellationToken connection)
    {
        var timeout = TimeSpan.FromMilliseconds(question.TimeoutMs);
        using var late = new CancellationTokenSource(timeout < MaxTimeout ? timeout : MaxTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(connection, late.Token);
        try
        {
            if (Interlocked.Increment(ref open) > MaxOpen)
                return Because(question, StatusCode.ResourceExhausted, $"{MaxOpen} questions are being answered.");
            if (answer is null)
                return Because(question, StatusCode.Unimplemented, "This node answers no questions here.");
            return new() { Id = question.Id, Body = await answer(question.Method, question.Body, either.Token).ConfigureAwait(false) };
        }
        catch (RpcException status)
        {
            return Because(question, status.StatusCode, status.Status.Detail);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return Because(question, StatusCode.DeadlineExceeded, "The time is up.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // What went wrong inside is for this node's log; the answer says that something did.
            return Because(question, StatusCode.Internal, e.GetType().Name);
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    static Answer Because(Question question, StatusCode status, string detail) => new() { Id = question.Id, Status = (uint)status, Detail = detail };
}
