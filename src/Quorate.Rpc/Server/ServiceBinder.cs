using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Quorate.Rpc.Server;

/// <summary>
/// Finds the methods of a descriptor in a service's class, by name and exact signature, once and before anything is served.
/// </summary>
static class ServiceBinder
{
    /// <exception cref="InvalidOperationException">Methods are missing or have other signatures; it lists all of them.</exception>
    internal static BoundMethod[] Bind(ServiceDescriptor descriptor, object service, string servedAs, ICallGuard? guard)
    {
        var problems = new List<string>();
        var bound = new List<BoundMethod>();
        foreach (var method in descriptor.Methods)
        {
            var code = service.GetType().GetMethod(method.Name, BindingFlags.Public | BindingFlags.Instance, Parameters(method));
            if (code?.ReturnType == Returns(method))
                // Interned: the name of a part of the program, as a log may print it.
                bound.Add(new(method, string.Intern($"/{servedAs}/{method.Name}"), Invocation(method, code, service), guard));
            else
                problems.Add($"{method.FullName} needs: public {Signature(method)}");
        }
        return problems.Count == 0 ? [.. bound] : throw new InvalidOperationException(
            $"{service.GetType()} does not answer {descriptor.FullName}.\n{string.Join('\n', problems)}");
    }

    static Type[] Parameters(MethodDescriptor method)
    {
        var (request, response) = (method.InputType.ClrType, method.OutputType.ClrType);
        var reader = typeof(IAsyncStreamReader<>).MakeGenericType(request);
        var writer = typeof(IServerStreamWriter<>).MakeGenericType(response);
        return method.Kind switch
        {
            MethodType.Unary => [request, typeof(ServerCallContext)],
            MethodType.ClientStreaming => [reader, typeof(ServerCallContext)],
            MethodType.ServerStreaming => [request, writer, typeof(ServerCallContext)],
            _ => [reader, writer, typeof(ServerCallContext)],
        };
    }

    static Type Returns(MethodDescriptor method) =>
        method.IsServerStreaming ? typeof(Task) : typeof(Task<>).MakeGenericType(method.OutputType.ClrType);

    static Func<ServerCall, Task> Invocation(MethodDescriptor method, MethodInfo code, object service) =>
        (Func<ServerCall, Task>)typeof(ServiceBinder).GetMethod(method.Kind.ToString(), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(method.InputType.ClrType, method.OutputType.ClrType).Invoke(null, [code, service])!;

    static Func<ServerCall, Task> Unary<TRequest, TResponse>(MethodInfo code, object service)
        where TRequest : class, IMessage<TRequest> where TResponse : class, IMessage<TResponse>
    {
        var method = code.CreateDelegate<Func<TRequest, ServerCallContext, Task<TResponse>>>(service);
        return async call =>
        {
            var request = await Single<TRequest>(call).ConfigureAwait(false);
            var response = call.Method.Guard is { } guard
                ? await guard.AnswerAsync(request, call.Context, async () => await method(request, call.Context).ConfigureAwait(false)).ConfigureAwait(false)
                : await method(request, call.Context).ConfigureAwait(false);
            await Answer(call, response).ConfigureAwait(false);
        };
    }

    static Func<ServerCall, Task> ClientStreaming<TRequest, TResponse>(MethodInfo code, object service)
        where TRequest : class, IMessage<TRequest> where TResponse : class, IMessage<TResponse>
    {
        var method = code.CreateDelegate<Func<IAsyncStreamReader<TRequest>, ServerCallContext, Task<TResponse>>>(service);
        return async call =>
            await Answer(call, await method(Requests<TRequest>(call), call.Context).ConfigureAwait(false)).ConfigureAwait(false);
    }

    static Func<ServerCall, Task> ServerStreaming<TRequest, TResponse>(MethodInfo code, object service)
        where TRequest : class, IMessage<TRequest> where TResponse : class, IMessage<TResponse>
    {
        var method = code.CreateDelegate<Func<TRequest, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(service);
        return async call =>
        {
            var request = await Single<TRequest>(call).ConfigureAwait(false);
            if (call.Method.Guard is { } guard)
                await guard.AnswerAsync(request, call.Context, async () => { await method(request, new ResponseStream<TResponse>(call), call.Context).ConfigureAwait(false); return null; }).ConfigureAwait(false);
            else
                await method(request, new ResponseStream<TResponse>(call), call.Context).ConfigureAwait(false);
        };
    }

    static Func<ServerCall, Task> DuplexStreaming<TRequest, TResponse>(MethodInfo code, object service)
        where TRequest : class, IMessage<TRequest> where TResponse : class, IMessage<TResponse>
    {
        var method = code.CreateDelegate<Func<IAsyncStreamReader<TRequest>, IServerStreamWriter<TResponse>, ServerCallContext, Task>>(service);
        return call => method(Requests<TRequest>(call), new ResponseStream<TResponse>(call), call.Context);
    }

    static MessageReader<TRequest> Requests<TRequest>(ServerCall call) where TRequest : class => new(call.NextAsync<TRequest>);

    static async ValueTask<TRequest> Single<TRequest>(ServerCall call) where TRequest : class
    {
        var request = await call.ReadAsync(call.CancellationToken).ConfigureAwait(false);
        if (request is null)
            throw RpcException.Because(StatusCode.Unimplemented, "The method takes one message; none came.");
        if (await call.ReadAsync(call.CancellationToken).ConfigureAwait(false) is not null)
            throw RpcException.Because(StatusCode.Unimplemented, "The method takes one message; more came.");
        return (TRequest)request;
    }

    // A status other than success has no message.
    static Task Answer(ServerCall call, IMessage? response)
    {
        if (call.Context.Status.StatusCode != StatusCode.OK)
            return Task.CompletedTask;
        return response is null
            ? throw new InvalidOperationException($"{call.Method.Path} returned null.")
            : call.WriteAsync(response, flush: false, default);
    }

    static string Signature(MethodDescriptor method)
    {
        var parameters = string.Join(", ", Parameters(method).Select(TypeName));
        return $"{TypeName(Returns(method))} {method.Name}({parameters})";
    }

    static string TypeName(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(TypeName))}>"
        : type.Name;
}
