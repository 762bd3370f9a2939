using System.Diagnostics;
using Quorate.Chains;
using Quorate.Server.Ids;
using Quorate.Server.Sagas;

namespace Quorate.Server.Telemetry;

/// <summary>
/// What one server does about one transfer between claiming it and giving it back, as a trace: it begins with the first step,
/// and is linked to the request that it goes back to, which may be long over and another server's.
/// </summary>
/// <param name="transfer">Which.</param>
/// <param name="origins">Where requests are found; null where nobody keeps them.</param>
sealed class SagaTrace(ResourceId transfer, TransferOrigins? origins) : IDisposable
{
    Activity? root;

    /// <summary>Does a step, measured.</summary>
    internal async Task DoAsync(SagaStep step, Func<Task> act, CancellationToken cancellation)
    {
        if (!ServerTelemetry.IsHeard)
        {
            await act().ConfigureAwait(false);
            return;
        }
        if (root is null && ServerTelemetry.Source.HasListeners())
            root = Begin(origins is null ? null : await origins.FindAsync(transfer, cancellation).ConfigureAwait(false));
        var began = Stopwatch.GetTimestamp();
        var activity = ServerTelemetry.Source.StartActivity(step.GetType().Name, ActivityKind.Internal, root?.Context ?? default);
        var outcome = "failed";
        try
        {
            await act().ConfigureAwait(false);
            outcome = "done";
        }
        catch (StepFailedException)
        {
            outcome = "later";
            throw;
        }
        catch (ChainException e)
        {
            outcome = e.IsRetryable ? "later" : "failed";
            activity?.SetTag("error.type", e.Error.ToString());
            throw;
        }
        catch (OperationCanceledException)
        {
            outcome = "interrupted";
            throw;
        }
        finally
        {
            ServerTelemetry.StepEnded(activity, step, outcome, began);
        }
    }

    Activity? Begin(ActivityContext? origin)
    {
        // A trace of its own, whatever the loop was begun from.
        Activity.Current = null;
        return ServerTelemetry.Source.StartActivity("saga", ActivityKind.Internal, parentContext: default,
            [new("quorate.transfer", transfer.ToString())], origin is { } context ? [new(context)] : null);
    }

    /// <summary>It is given back.</summary>
    public void Dispose() => root?.Dispose();
}
