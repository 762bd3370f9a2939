using Grpc.Health.V1;
using Quorate.Rpc.Server;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Quorate.Rpc.Health;

/// <summary>grpc.health.v1.Health: what load balancers and orchestrators ask. The empty name is the server as a whole.</summary>
public sealed class HealthService
{
    readonly Lock statusLock = new();
    readonly Dictionary<string, ServingStatus> statuses = new(StringComparer.Ordinal) { [""] = ServingStatus.Serving };
    TaskCompletionSource changed = NewSignal();
    bool isShutDown;

    /// <summary>Sets a service's status; after <see cref="ShutDown"/> it stays not serving.</summary>
    public void SetStatus(string service, bool isServing)
    {
        ArgumentNullException.ThrowIfNull(service);
        lock (statusLock)
        {
            statuses[service] = isServing && !isShutDown ? ServingStatus.Serving : ServingStatus.NotServing;
            Announce();
        }
    }

    /// <summary>Says of every service that it is not serving, for good: the beginning of a shutdown.</summary>
    public void ShutDown()
    {
        lock (statusLock)
        {
            isShutDown = true;
            foreach (var service in statuses.Keys.ToArray())
                statuses[service] = ServingStatus.NotServing;
            Announce();
        }
    }

    /// <summary>Answers the status now.</summary>
    /// <exception cref="RpcException">NotFound: nobody has set a status for the service.</exception>
    public Task<HealthCheckResponse> Check(HealthCheckRequest request, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (statusLock)
        {
            return statuses.TryGetValue(request.Service, out var status)
                ? Task.FromResult(new HealthCheckResponse { Status = status })
                : throw RpcException.Because(StatusCode.NotFound, "No such service is watched.");
        }
    }

    /// <summary>Answers the status now and whenever it changes, until the client goes or the server shuts down. A slow client misses what was between.</summary>
    public async Task Watch(HealthCheckRequest request, IServerStreamWriter<HealthCheckResponse> responseStream, ServerCallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(responseStream);
        ArgumentNullException.ThrowIfNull(context);
        ServingStatus? last = null;
        while (true)
        {
            ServingStatus status;
            Task next;
            bool isLast;
            lock (statusLock)
            {
                status = statuses.GetValueOrDefault(request.Service, ServingStatus.ServiceUnknown);
                (next, isLast) = (changed.Task, isShutDown);
            }
            if (status != last)
                await responseStream.WriteAsync(new() { Status = status }, context.CancellationToken).ConfigureAwait(false);
            last = status;
            // A watch would otherwise hold up the shutdown that it has just announced.
            if (isLast)
                return;
            await next.WaitAsync(context.CancellationToken).ConfigureAwait(false);
        }
    }

    void Announce()
    {
        changed.SetResult();
        changed = NewSignal();
    }

    static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
