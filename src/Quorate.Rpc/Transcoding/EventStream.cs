using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Quorate.Rpc.Transcoding;

/// <summary>
/// A response as text/event-stream (HTML Standard, "Server-sent events"). While the method is silent a comment goes out now
/// and then, which clients ignore: proxies see a stream that lives. Events and comments take turns, so neither is torn.
/// </summary>
sealed class EventStream : IAsyncDisposable
{
    readonly HttpResponse response;
    readonly Action<Metadata> setHeaders;
    readonly TimeSpan silence;
    readonly ITimer timer;
    readonly SemaphoreSlim turn = new(1, 1);
    readonly CancellationTokenSource stop = new();
    Task comment = Task.CompletedTask;
    int hasSent;

    /// <param name="response">Where it goes.</param>
    /// <param name="setHeaders">Writes status and headers into the response before it starts.</param>
    /// <param name="time">The time that silence is measured with.</param>
    /// <param name="silence">After how much of it a comment goes out, once <see cref="KeepAlive"/> has been called.</param>
    internal EventStream(HttpResponse response, Action<Metadata> setHeaders, TimeProvider time, TimeSpan silence)
    {
        (this.response, this.setHeaders, this.silence) = (response, setHeaders, silence);
        timer = time.CreateTimer(static events => ((EventStream)events!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins to watch for silence.</summary>
    internal void KeepAlive() => timer.Change(silence, Timeout.InfiniteTimeSpan);

    /// <summary>Sets the headers, which go out with the first bytes or the next flush.</summary>
    /// <exception cref="InvalidOperationException">There are headers to set, and a comment has started the response.</exception>
    internal async ValueTask SetHeadersAsync(Metadata headers, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!response.HasStarted)
                setHeaders(headers);
            else if (headers.Count > 0)
                throw new InvalidOperationException("The headers have been sent.");
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Sends whole events, or, with nothing, the headers.</summary>
    internal async ValueTask SendAsync(ReadOnlyMemory<byte> events, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            Volatile.Write(ref hasSent, 1);
            response.BodyWriter.Write(events.Span);
            await response.BodyWriter.FlushAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Ends the comments, and waits for one that is under way. Events may still be sent.</summary>
    internal async ValueTask StopAsync()
    {
        await timer.DisposeAsync().ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        await comment.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        stop.Dispose();
    }

    // The timer fires once and is set again when the comment is out, so there is one comment at a time.
    void Tick() => comment = CommentAsync();

    async Task CommentAsync()
    {
        // Who has the turn is sending, and that is no silence.
        if (Interlocked.Exchange(ref hasSent, 0) == 0 && turn.Wait(0, CancellationToken.None))
        {
            try
            {
                if (!response.HasStarted)
                    setHeaders([]);
                response.BodyWriter.Write(":\n\n"u8);
                await response.BodyWriter.FlushAsync(stop.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or InvalidOperationException)
            {
                // The call has ended or its client has gone, of which the method hears by its token.
                return;
            }
            finally
            {
                turn.Release();
            }
        }
        if (!stop.IsCancellationRequested)
            timer.Change(silence, Timeout.InfiniteTimeSpan);
    }
}
