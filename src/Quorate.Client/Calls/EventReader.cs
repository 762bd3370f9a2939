using Quorate.Rpc;
using Quorate.Rpc.Client;
using Quorate.V1;

namespace Quorate.Client.Calls;

/// <summary>Reads events one by one, over as many connections as it takes: each begins where the last event was.</summary>
/// <param name="calls">What carries them.</param>
/// <param name="method">StreamEvents.</param>
/// <param name="next">What is asked for on the next connection; changed on the way.</param>
/// <param name="cancellation">Ends it.</param>
sealed class EventReader(ApiCalls calls, Method<StreamEventsRequest, Event> method, StreamEventsRequest next, CancellationToken cancellation) : IDisposable
{
    const string TokenHeader = "resume-token";

    AsyncServerStreamingCall<Event>? call;
    int attempts;

    /// <exception cref="QuorateException">It was refused, or could not be gone on with.</exception>
    internal async Task<Event> NextAsync()
    {
        while (true)
        {
            try
            {
                if (call is null)
                    await BeginAsync().ConfigureAwait(false);
                if (!await call!.ResponseStream.MoveNext(cancellation).ConfigureAwait(false))
                    throw new RpcException(new(StatusCode.Unavailable, "The server has ended the stream."));
                attempts = 0;
                next.ResumeToken = call.ResponseStream.Current.ResumeToken;
                return call.ResponseStream.Current;
            }
            catch (RpcException failure)
            {
                cancellation.ThrowIfCancellationRequested();
                Dispose();
                var problem = new QuorateException(failure);
                await Task.Delay(Retries.PauseAfter(problem, ++attempts, calls.Options) ?? throw problem, calls.Options.Time, cancellation).ConfigureAwait(false);
            }
        }
    }

    // Where it begins is known before there is an event: one that is lost before the first does not begin later.
    async Task BeginAsync()
    {
        call = calls.Read(method, next, cancellation);
        var headers = await call.ResponseHeadersAsync.ConfigureAwait(false);
        if (headers.GetValue(TokenHeader) is { } token)
            next.ResumeToken = token;
    }

    public void Dispose()
    {
        call?.Dispose();
        call = null;
    }
}
