using System.Runtime.InteropServices;

namespace Quorate.Cli;

/// <summary>SIGINT and SIGTERM as a token: the first one asks a process to end what it does, in its own order.</summary>
sealed class StopSignals : IDisposable
{
    readonly CancellationTokenSource stop;
    readonly PosixSignalRegistration terminate, interrupt;

    internal StopSignals(CancellationToken cancellation)
    {
        stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    }

    internal CancellationToken Token => stop.Token;

    /// <summary>
    /// Runs a process until it is asked to end. One that comes while it still starts ends the start: that is no failure, and
    /// the command ends as it does later.
    /// </summary>
    internal static async Task RunAsync(Func<StopSignals, Task> work, CancellationToken cancellation)
    {
        using var stop = new StopSignals(cancellation);
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
        terminate.Dispose();
        interrupt.Dispose();
        stop.Dispose();
    }

    void Stop(PosixSignalContext context)
    {
        context.Cancel = true;
        stop.Cancel();
    }
}
