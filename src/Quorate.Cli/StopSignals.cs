using System.CommandLine;
using System.Runtime.InteropServices;

namespace Quorate.Cli;

/// <summary>SIGINT, SIGTERM and SIGHUP as a token: the first one asks a process to end what it does, in its own order.</summary>
sealed class StopSignals : IDisposable
{
    readonly CancellationTokenSource stop;
    readonly PosixSignalRegistration[] signals;

    /// <param name="cancellation">Asks it, too.</param>
    /// <param name="untilEndOfInput">
    /// Whether the end of standard input asks it as well. Then SIGINT and SIGHUP do not: a terminal sends them to all that run in it,
    /// and whoever holds the other end of the input decides in which order they end.
    /// </param>
    /// <param name="outlivesTerminal">Whether a terminal that closes is no reason to end.</param>
    internal StopSignals(CancellationToken cancellation, bool untilEndOfInput = false, bool outlivesTerminal = false)
    {
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        signals =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, untilEndOfInput ? Ignore : Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, untilEndOfInput || outlivesTerminal ? Ignore : Stop),
        ];
        if (untilEndOfInput)
            new Thread(FollowInput) { IsBackground = true, Name = "standard input" }.Start();
    }

    /// <summary>For a process that somebody starts as a part of theirs: it does not outlive them, however they end.</summary>
    internal static Option<bool> UntilEndOfInput { get; } = new("--until-end-of-input")
    {
        Description = "End when standard input does, and not on SIGINT or SIGHUP: for whoever starts this as a part of theirs.",
    };

    internal CancellationToken Token => stop.Token;

    /// <summary>
    /// Runs a process until it is asked to end. One that comes while it still starts ends the start: that is no failure, and
    /// the command ends as it does later.
    /// </summary>
    internal static async Task RunAsync(Func<StopSignals, Task> work, bool untilEndOfInput, CancellationToken cancellation)
    {
        using var stop = new StopSignals(cancellation, untilEndOfInput);
        try
        {
            await work(stop);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            Console.Error.WriteLine("stopped before it was ready.");
        }
    }

    /// <summary>Waits for one.</summary>
    internal async Task WaitAsync() => await Task.Delay(Timeout.Infinite, Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    public void Dispose()
    {
        foreach (var signal in signals)
            signal.Dispose();
        stop.Dispose();
    }

    void FollowInput()
    {
        using var input = Console.OpenStandardInput();
        var ignored = new byte[64];
        try
        {
            while (input.Read(ignored) > 0)
            {
            }
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended already.
        }
    }

    static void Ignore(PosixSignalContext context) => context.Cancel = true;

    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        stop.Cancel();
    }
}
