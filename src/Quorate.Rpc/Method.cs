using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Quorate.Rpc;

/// <summary>Who sends how many messages in a call.</summary>
public enum MethodType
{
    /// <summary>One each way.</summary>
    Unary,

    /// <summary>Many from the client, one back.</summary>
    ClientStreaming,

    /// <summary>One from the client, many back.</summary>
    ServerStreaming,

    /// <summary>Many each way, independently.</summary>
    DuplexStreaming,
}

/// <summary>One method of a service as a client calls it, checked against its descriptor.</summary>
/// <typeparam name="TRequest">The generated class of the request.</typeparam>
/// <typeparam name="TResponse">The generated class of the response.</typeparam>
public sealed class Method<TRequest, TResponse>
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    /// <summary>Finds a method by its name in the service's descriptor.</summary>
    /// <exception cref="ArgumentException">There is no such method, or its messages are others.</exception>
    public Method(ServiceDescriptor service, string name)
    {
        ArgumentNullException.ThrowIfNull(service);
        var method = service.FindMethodByName(name)
            ?? throw new ArgumentException($"{service.FullName} has no method {name}.", nameof(name));
        if (method.InputType.ClrType != typeof(TRequest) || method.OutputType.ClrType != typeof(TResponse))
        {
            throw new ArgumentException(
                $"{method.FullName} takes {method.InputType.FullName} and returns {method.OutputType.FullName}, " +
                $"not {typeof(TRequest)} and {typeof(TResponse)}.", nameof(name));
        }
        (ServiceName, Name, Type) = (service.FullName, name, method.Kind);
        FullName = method.Path;
        ResponseParser = method.OutputType.Parser;
    }

    /// <summary>Who sends how many messages.</summary>
    public MethodType Type { get; }

    /// <summary>The service with its package: quorate.node.v1.Node.</summary>
    public string ServiceName { get; }

    /// <summary>The method's own name.</summary>
    public string Name { get; }

    /// <summary>The path of its requests: /quorate.node.v1.Node/Sign.</summary>
    public string FullName { get; }

    internal MessageParser ResponseParser { get; }
}

static class MethodDescriptors
{
    extension(MethodDescriptor method)
    {
        internal string Path => $"/{method.Service.FullName}/{method.Name}";

        internal MethodType Kind => (method.IsClientStreaming, method.IsServerStreaming) switch
        {
            (false, false) => MethodType.Unary,
            (true, false) => MethodType.ClientStreaming,
            (false, true) => MethodType.ServerStreaming,
            (true, true) => MethodType.DuplexStreaming,
        };
    }
}
