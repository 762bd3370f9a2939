namespace Quorate.Threshold.Sessions;

/// <summary>
/// One run of one protocol at one party, without input or output of its own: the host carries messages and keeps the
/// time. When it ends, aborts or is disposed, every secret it holds is wiped. Not thread-safe.
/// </summary>
/// <example>
/// <code>
/// using var session = protocol.Start();
/// await transport.Send(session.TakeOutgoing());
/// while (session.IsRunning)
/// {
///     var (from, bytes) = await transport.Next();
///     session.Receive(from, bytes);
///     await transport.Send(session.TakeOutgoing());
/// }
/// </code>
/// </example>
public abstract class Session : IDisposable
{
    readonly SessionCore core;
    readonly IEnumerator<Round> script;
    readonly List<CommonBroadcast> broadcasts = [];
    Round? waitingFor;

    private protected Session(SessionCore core, IEnumerator<Round> script)
    {
        this.core = core;
        this.script = script;
    }

    /// <summary>This party.</summary>
    public PartyId Me => core.Me;

    /// <summary>Everybody in the session.</summary>
    public PartySet Parties => core.Parties;

    /// <summary>Whether the session waits for messages. Once false it stays false.</summary>
    public bool IsRunning { get; private set; } = true;

    /// <summary>Barriers reached so far. A host's deadline for a round begins anew when it grows.</summary>
    public int Step { get; private set; }

    /// <summary>Barriers that have opened so far.</summary>
    public int Passed { get; private set; }

    /// <summary>What everybody has said to all, in the order of the barriers that have opened.</summary>
    public IReadOnlyList<CommonBroadcast> Broadcasts => broadcasts;

    /// <summary>Why the session ended without output, or null.</summary>
    public Abort? Abort { get; private set; }

    /// <summary>Whose messages the session waits for, in ascending order; empty once it has ended.</summary>
    public IReadOnlyList<PartyId> WaitingFor => IsRunning && waitingFor is { } round ? [.. round.Missing] : [];

    /// <summary>
    /// The messages to carry, each handed out once. Empty between steps. The last ones are handed out after the session
    /// has ended, with an output or by an abort: without them the others would wait, and suspect this party.
    /// </summary>
    public IReadOnlyList<OutgoingMessage> TakeOutgoing() => core.TakeOutgoing();

    /// <summary>
    /// Takes bytes that the channel says come from <paramref name="from"/>. Bytes of another session or of no party are
    /// ignored, as is everything once the session has ended.
    /// </summary>
    public void Receive(PartyId from, ReadOnlySpan<byte> bytes)
    {
        if (!IsRunning || from == Me || !Parties.Contains(from) || !Frame.BelongsTo(core.Context, bytes))
            return;
        try
        {
            core.Receive(from, bytes);
        }
        catch
        {
            Dispose();
            throw;
        }
        Advance();
    }

    /// <summary>
    /// Ends the session because the host's deadline has passed. Names everybody whose message is missing, and those
    /// who by what has come are already known to have sent something wrong.
    /// </summary>
    public void TimeOut()
    {
        if (!IsRunning || waitingFor is not { } round)
            return;
        End(new([.. round.Missing.Select(p => new Accusation(Fault.Timeout, p)), .. core.Accusations, .. round.Disagreements]));
    }

    /// <summary>Wipes everything the session holds, an output that nobody took included.</summary>
    public void Dispose()
    {
        IsRunning = false;
        Close(keepOutgoing: false);
        DiscardOutput();
        GC.SuppressFinalize(this);
    }

    private protected abstract bool HasOutput { get; }

    private protected abstract void DiscardOutput();

    /// <summary>Runs the script as far as the messages allow.</summary>
    private protected void Advance()
    {
        try
        {
            while (waitingFor is null || waitingFor.IsComplete)
            {
                Accusation[] disagreements = [.. waitingFor?.Disagreements ?? []];
                if (core.HasDueAccusations || disagreements.Length > 0)
                    throw new BlameException(new([.. core.Accusations, .. disagreements]));
                if (waitingFor is not null)
                    Pass(waitingFor);
                if (!script.MoveNext())
                {
                    if (!HasOutput)
                        throw new InvalidOperationException("The script ended without an output.");
                    IsRunning = false;
                    Close(keepOutgoing: true);
                    return;
                }
                waitingFor = script.Current;
                Step++;
                core.Reach(waitingFor);
            }
        }
        catch (BlameException blame)
        {
            End(blame.Abort);
        }
        catch
        {
            // Our own bug: nothing more leaves the session, and nothing stays in it.
            Dispose();
            throw;
        }
    }

    void Pass(Round round)
    {
        Passed++;
        if (round.IsCommon)
            broadcasts.Add(new(Passed, round.Number, round.View()));
    }

    void End(Abort abort)
    {
        Abort = abort;
        IsRunning = false;
        DiscardOutput();
        Close(keepOutgoing: true);
    }

    void Close(bool keepOutgoing)
    {
        script.Dispose();
        core.Close(keepOutgoing);
    }
}

/// <summary>A session that ends with a <typeparamref name="TOutput"/>.</summary>
public sealed class Session<TOutput> : Session where TOutput : class
{
    readonly Func<TOutput?> result;
    bool taken;

    internal Session(SessionCore core, IEnumerator<Round> script, Func<TOutput?> result) : base(core, script)
    {
        this.result = result;
        Advance();
    }

    private protected override bool HasOutput => result() is not null;

    /// <summary>Hands out the output, once: it and any secret in it belong to the caller from then on.</summary>
    /// <exception cref="InvalidOperationException">The session has not ended with an output, or it was taken before.</exception>
    public TOutput TakeOutput()
    {
        if (IsRunning || Abort is not null || taken || result() is not { } output)
            throw new InvalidOperationException(
                IsRunning ? "The session is still running."
                : Abort is not null ? $"The session aborted: {Abort}."
                : "The output has been taken, or the session disposed.");
        taken = true;
        return output;
    }

    private protected override void DiscardOutput()
    {
        if (!taken && result() is IDisposable output)
            output.Dispose();
        taken = true;
    }
}
