using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Breaker;
using Quorate.Node.Channel;
using Quorate.Node.Telemetry;
using Quorate.Node.Transport;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Sessions;

/// <summary>
/// Runs secured sessions over a switchboard: carries their packets and keeps their time. Each session is one loop; several
/// may run at once.
/// </summary>
/// <param name="switchboard">Where packets come from and go to.</param>
/// <param name="identity">This node's identity key.</param>
/// <param name="time">What deadlines are measured with.</param>
/// <param name="random">Randomness of the channels.</param>
public sealed class SessionHost(Switchboard switchboard, Ed25519Key identity, TimeProvider time, IRandom random)
{
    /// <summary>Runs one session to its end. Everything it held is wiped then, but the output.</summary>
    /// <param name="description">What the session is.</param>
    /// <param name="me">This node's seat.</param>
    /// <param name="protocol">Makes the protocol once everybody is ready.</param>
    /// <param name="deadlines">How long to wait.</param>
    /// <param name="ready">
    /// Ends when this node is ready to take part: it has judged the request. Until then it connects, and the others wait.
    /// If it fails, so does the run.
    /// </param>
    /// <param name="cancellationToken">Gives the session up.</param>
    /// <exception cref="ArgumentException">The identity does not sit there.</exception>
    /// <exception cref="InvalidOperationException">The attempt is running already, or too many sessions are.</exception>
    /// <exception cref="OperationCanceledException">It was given up, or the node is closing.</exception>
    public Task<SessionOutcome<TOutput>> RunAsync<TOutput>(
        SessionDescription description, PartyId me, Func<SessionId, Protocol<TOutput>> protocol, SessionDeadlines deadlines,
        Task ready, CancellationToken cancellationToken) where TOutput : class
    {
        ArgumentNullException.ThrowIfNull(deadlines);
        return RunAsync(description, me, protocol, deadlines, null, ready, cancellationToken);
    }

    /// <summary>
    /// Runs one session under the adaptive breaker: docs/spec/breaker.md. A session that waits for a node whose breaker is
    /// open ends at once, so <see cref="HealthBook.TryAgain"/> comes before every attempt.
    /// </summary>
    /// <param name="description">What the session is.</param>
    /// <param name="me">This node's seat.</param>
    /// <param name="protocol">Makes the protocol once everybody is ready.</param>
    /// <param name="watch">Health and timeouts.</param>
    /// <param name="ready">Ends when this node is ready to take part.</param>
    /// <param name="cancellationToken">Gives the session up.</param>
    /// <exception cref="ArgumentException">The identity does not sit there.</exception>
    /// <exception cref="InvalidOperationException">The attempt is running already, or too many sessions are.</exception>
    /// <exception cref="OperationCanceledException">It was given up, or the node is closing.</exception>
    public Task<SessionOutcome<TOutput>> RunWatchedAsync<TOutput>(
        SessionDescription description, PartyId me, Func<SessionId, Protocol<TOutput>> protocol, SessionWatch watch,
        Task ready, CancellationToken cancellationToken) where TOutput : class
    {
        ArgumentNullException.ThrowIfNull(watch);
        return RunAsync(description, me, protocol, watch.Deadlines, watch.Book, ready, cancellationToken);
    }

    async Task<SessionOutcome<TOutput>> RunAsync<TOutput>(
        SessionDescription description, PartyId me, Func<SessionId, Protocol<TOutput>> protocol, SessionDeadlines deadlines, HealthBook? book,
        Task ready, CancellationToken cancellationToken) where TOutput : class
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(ready);
        var began = time.GetTimestamp();
        TimeSpan Now() => time.GetElapsedTime(began);
        using var session = new WatchedSession<TOutput>(
            new(description, me, identity, protocol, random, isWitnessed: book is not null), description, me, deadlines, book, TimeSpan.Zero);
        using var line = switchboard.Connect(description.Attempt);
        using var trace = SessionTrace.Begin(description, me);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);

        var isReady = false;
        Task<Arrival>? arriving = null;
        try
        {
            while (true)
            {
                if (!isReady && ready.IsCompleted)
                {
                    await ready.ConfigureAwait(false);
                    session.SayReady(Now());
                    isReady = true;
                }
                trace?.See(session.Step);
                var isSent = await SendAsync(session, line, Now, ending.Token).ConfigureAwait(false);
                if (!session.IsRunning)
                {
                    var outcome = session.TakeOutcome(Now());
                    trace?.Ended(outcome);
                    return outcome;
                }

                arriving ??= line.ReceiveAsync(ending.Token).AsTask();
                if (!isSent)
                {
                    session.TimeOut();
                }
                else if (!await Within(isReady ? arriving : Task.WhenAny(arriving, ready), session.Left(Now()), ending.Token).ConfigureAwait(false))
                {
                    session.Tick(Now());
                }
                else if (arriving.IsCompleted)
                {
                    var arrival = await arriving.ConfigureAwait(false);
                    arriving = null;
                    session.Receive(arrival.From, arrival.Bytes.Span, Now());
                }
            }
        }
        finally
        {
            await ending.CancelAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Hands everything to the transport; false where it did not take it by the deadline, and the rest is lost.</summary>
    async Task<bool> SendAsync<TOutput>(WatchedSession<TOutput> session, Switchboard.Line line, Func<TimeSpan> now, CancellationToken cancellationToken)
        where TOutput : class
    {
        foreach (var packet in session.TakeOutgoing())
        {
            var sending = line.SendAsync(packet, cancellationToken);
            if (!sending.IsCompletedSuccessfully && !await Within(sending.AsTask(), session.Left(now()), cancellationToken).ConfigureAwait(false))
                return false;
        }
        return true;
    }

    /// <summary>Waits for a task to end, however; false where the time passes before. Its own failure surfaces to whoever awaits it.</summary>
    async Task<bool> Within(Task task, TimeSpan left, CancellationToken cancellationToken)
    {
        if (task.IsCompleted)
            return true;
        if (left <= TimeSpan.Zero)
            return false;
        try
        {
            await task.WaitAsync(left, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            return false;
        }
    }
}
