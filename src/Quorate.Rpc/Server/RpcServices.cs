using Google.Protobuf.Reflection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Quorate.Rpc.Health;
using Quorate.Rpc.Reflection;
using Quorate.Rpc.Transcoding;

namespace Quorate.Rpc.Server;

/// <summary>
/// What a server serves: services with the objects that answer them. Everything is bound and checked when it is added.
/// </summary>
/// <param name="options">What a call may do; the defaults when null.</param>
/// <param name="logger">Hears of methods that fail with an exception; nobody when null.</param>
/// <param name="guard">Stands before all methods but those of health and reflection; nobody when null.</param>
public sealed partial class RpcServices(RpcOptions? options = null, ILogger? logger = null, ICallGuard? guard = null)
{
    readonly Dictionary<string, BoundMethod> methods = new(StringComparer.Ordinal);
    readonly List<ServiceDescriptor> descriptors = [];
    readonly ILogger logger = logger ?? NullLogger.Instance;
    int active;

    /// <summary>What a call may do.</summary>
    public RpcOptions Options { get; } = options ?? new();

    /// <summary>Calls that have begun and not ended.</summary>
    public int ActiveCalls => Volatile.Read(ref active);

    /// <summary>The services that have been added, in their order.</summary>
    public IReadOnlyList<ServiceDescriptor> Descriptors => descriptors;

    internal RouteTable Routes { get; } = new();

    /// <summary>
    /// Adds a service. The object has a public method for each of the descriptor's, with its name and the parameters that
    /// its kind asks for; it answers all calls, concurrently. Annotations of google.api.http make it answer JSON too.
    /// </summary>
    /// <exception cref="InvalidOperationException">
    /// A method is missing or mismatched, an annotation is wrong or collides with another, or the service has been added.
    /// </exception>
    public RpcServices Add(ServiceDescriptor descriptor, object service) => Add(descriptor, service, guard);

    RpcServices Add(ServiceDescriptor descriptor, object service, ICallGuard? guardedBy)
    {
        ArgumentNullException.ThrowIfNull(descriptor);
        ArgumentNullException.ThrowIfNull(service);
        if (descriptors.Contains(descriptor))
            throw new InvalidOperationException($"{descriptor.FullName} has been added.");
        var bound = Serve(descriptor, service, descriptor.FullName, guardedBy);
        foreach (var method in bound)
            foreach (var binding in HttpBinding.Of(method))
                Routes.Add(binding);
        descriptors.Add(descriptor);
        return this;
    }

    /// <summary>Adds grpc.health.v1.Health.</summary>
    public RpcServices AddHealth(HealthService health) => Add(Grpc.Health.V1.HealthReflection.Descriptor.Services[0], health, guardedBy: null);

    /// <summary>Adds reflection over all services, those of later calls included: grpc.reflection.v1, and v1alpha, which differs in its name alone.</summary>
    public RpcServices AddReflection()
    {
        var reflection = new ReflectionService(descriptors);
        var descriptor = Grpc.Reflection.V1.ReflectionReflection.Descriptor.Services[0];
        Add(descriptor, reflection, guardedBy: null);
        Serve(descriptor, reflection, "grpc.reflection.v1alpha.ServerReflection", guardedBy: null);
        return this;
    }

    internal BoundMethod? Find(string path) => methods.GetValueOrDefault(path);

    internal bool HasService(string path) => descriptors.Any(d => path.StartsWith($"/{d.FullName}/", StringComparison.Ordinal));

    internal void CallStarted() => Interlocked.Increment(ref active);

    internal void CallEnded() => Interlocked.Decrement(ref active);

    internal void ReportFailure(string method, Exception exception) => LogFailure(logger, method, exception);

    BoundMethod[] Serve(ServiceDescriptor descriptor, object service, string servedAs, ICallGuard? guardedBy)
    {
        var bound = ServiceBinder.Bind(descriptor, service, servedAs, guardedBy);
        foreach (var method in bound)
            methods.Add(method.Path, method);
        return bound;
    }

    [LoggerMessage(1, LogLevel.Error, "{Method} failed.")]
    static partial void LogFailure(ILogger logger, string method, Exception exception);
}
