using System.Collections.Concurrent;
using System.Threading.Channels;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Channel;
using Quorate.Node.Sessions;
using Quorate.Node.Transport;
using Quorate.Policies;

namespace Quorate.Node.Letters;

/// <summary>
/// Questions and answers between nodes outside of sessions. Each is signed for its recipient and taken once. A question that
/// gets no answer may or may not have arrived, so what a handler does must bear being asked again. Thread-safe.
/// </summary>
sealed class Correspondence : IAsyncDisposable
{
    /// <summary>The longest body of a letter.</summary>
    internal const int MaxBody = Letter.MaxBody;

    /// <summary>How far a letter's time may be from this node's clock.</summary>
    internal static readonly TimeSpan MaxAge = NodeState.MaxClockStep;

    /// <summary>Letters that wait to be read; what comes then is dropped, and asked again or not.</summary>
    const int MaxUnread = 1_024;

    /// <summary>Questions that are being answered at a time, for each peer: one of them can not take the others' turn.</summary>
    const int MaxAnswering = 64;

    /// <summary>Ids of questions remembered for each peer, so that none is answered twice; a peer that asks faster waits.</summary>
    const int MaxRemembered = 16_384;

    readonly Switchboard board;
    readonly Ed25519Key identity;
    readonly byte[] deployment;
    readonly NodeId me;
    readonly TimeProvider time;
    readonly IRandom random;
    readonly Channel<Arrival> unread = System.Threading.Channels.Channel.CreateBounded<Arrival>(
        new BoundedChannelOptions(MaxUnread) { SingleReader = true });
    readonly ConcurrentDictionary<Topic, Func<NodeId, ReadOnlyMemory<byte>, CancellationToken, Task<byte[]>>> handlers = [];
    readonly ConcurrentDictionary<(NodeId Peer, string Id), TaskCompletionSource<byte[]>> asked = [];
    readonly Dictionary<NodeId, PeerDesk> desks = [];
    readonly CancellationTokenSource closing = new();
    readonly Task reading;

    /// <summary>Begins to read what the switchboard has of this kind.</summary>
    /// <param name="board">Where letters come from and go to; stays the caller's.</param>
    /// <param name="identity">Signs; stays the caller's.</param>
    /// <param name="deployment">Hash of the genesis document, 32 bytes: letters of another deployment do not verify.</param>
    /// <param name="time">What ages are measured with.</param>
    /// <param name="random">For the ids of questions.</param>
    internal Correspondence(Switchboard board, Ed25519Key identity, ReadOnlySpan<byte> deployment, TimeProvider time, IRandom random)
    {
        (this.board, this.identity, this.time, this.random) = (board, identity, time, random);
        this.deployment = deployment.ToArray();
        me = NodeId.FromPublicKey(identity.EncodedPublicKey);
        reading = Task.Run(ReadAsync);
        board.TakeLetters(arrival => unread.Writer.TryWrite(arrival));
    }

    /// <summary>
    /// Says who answers questions of a topic. A handler that throws leaves the question unanswered; it is cancelled when the
    /// node closes.
    /// </summary>
    internal void Answer(Topic topic, Func<NodeId, ReadOnlyMemory<byte>, CancellationToken, Task<byte[]>> answer)
    {
        if (!handlers.TryAdd(topic, answer))
            throw new InvalidOperationException($"{topic} is answered already.");
    }

    /// <summary>Asks a peer.</summary>
    /// <returns>Its answer; null where none came in time.</returns>
    /// <exception cref="ArgumentException">The body is too long, or the peer is this node.</exception>
    internal async Task<byte[]?> AskAsync(NodeId peer, Topic topic, ReadOnlyMemory<byte> body, TimeSpan patience, CancellationToken cancellation)
    {
        if (body.Length > MaxBody)
            throw new ArgumentException($"{body.Length} bytes; a letter has at most {MaxBody}.", nameof(body));
        if (peer.Equals(me))
            throw new ArgumentException("A node does not write to itself.", nameof(peer));
        var id = new byte[SessionDescription.AttemptSize];
        random.Fill(id);
        var key = (peer, Convert.ToHexString(id));
        var answer = asked.GetOrAdd(key, static _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        using var patient = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patient.Token, closing.Token, cancellation);
        try
        {
            await SendAsync(peer, new(id, false, topic, Now, body), either.Token).ConfigureAwait(false);
            return await answer.Task.WaitAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            closing.Token.ThrowIfCancellationRequested();
            return null;
        }
        finally
        {
            asked.TryRemove(key, out _);
        }
    }

    /// <summary>Stops: nothing more is answered, and whoever waits for an answer stops waiting.</summary>
    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        await reading.ConfigureAwait(false);
    }

    long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    ValueTask SendAsync(NodeId peer, Letter letter, CancellationToken cancellation) =>
        board.SendAsync(new(peer, letter.Seal(deployment, identity, peer)), cancellation);

    async Task ReadAsync()
    {
        try
        {
            await foreach (var arrival in unread.Reader.ReadAllAsync(closing.Token).ConfigureAwait(false))
                if (Letter.Open(arrival.Bytes, deployment, arrival.From, me) is { } letter)
                    Take(arrival.From, letter);
        }
        catch (OperationCanceledException)
        {
            // The node is closing.
        }
    }

    void Take(NodeId from, Letter letter)
    {
        var id = Convert.ToHexString(letter.Id.Span);
        if (letter.IsAnswer)
        {
            if (asked.TryRemove((from, id), out var waiting))
                waiting.TrySetResult(letter.Body.ToArray());
            return;
        }
        if (!handlers.TryGetValue(letter.Topic, out var handler))
            return;
        if (!desks.TryGetValue(from, out var desk))
            desks.Add(from, desk = new());
        if (desk.IsNew(id, letter.Time, Now) && desk.TryBegin())
            _ = AnswerAsync(desk, from, letter, handler);
    }

    async Task AnswerAsync(PeerDesk desk, NodeId from, Letter question, Func<NodeId, ReadOnlyMemory<byte>, CancellationToken, Task<byte[]>> handler)
    {
        // Whoever reads letters does not do what they ask.
        await Task.Yield();
        try
        {
            var body = await handler(from, question.Body, closing.Token).ConfigureAwait(false);
            await SendAsync(from, new(question.Id, true, question.Topic, Now, body), closing.Token).ConfigureAwait(false);
        }
        catch (Exception) when (closing.IsCancellationRequested)
        {
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The asker gets no answer: what went wrong here is in this node's log and journal, and none of its business.
            Unanswered?.Invoke(from, question.Topic, e);
        }
        finally
        {
            desk.End();
        }
    }

    /// <summary>Hears of every question whose handler has failed.</summary>
    internal event Action<NodeId, Topic, Exception>? Unanswered;

    /// <summary>What this node remembers of one peer's questions. Read by one loop, but for <see cref="End"/>.</summary>
    sealed class PeerDesk
    {
        readonly HashSet<string> seen = [];
        readonly Queue<(string Id, long Time)> byAge = [];
        int answering;

        /// <summary>Whether a question is fresh and was not asked before.</summary>
        internal bool IsNew(string id, long written, long now)
        {
            var window = (long)MaxAge.TotalMilliseconds;
            // What is remembered outlives the window in which it is fresh, whichever way the clocks differ.
            while (byAge.TryPeek(out var oldest) && now - oldest.Time > 2 * window)
                seen.Remove(byAge.Dequeue().Id);
            if (written > now + window || written < now - window || seen.Count == MaxRemembered || !seen.Add(id))
                return false;
            byAge.Enqueue((id, now));
            return true;
        }

        internal bool TryBegin()
        {
            if (Interlocked.Increment(ref answering) <= MaxAnswering)
                return true;
            End();
            return false;
        }

        internal void End() => Interlocked.Decrement(ref answering);
    }
}
