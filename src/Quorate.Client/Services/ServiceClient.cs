using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Quorate.Client.Calls;
using Quorate.Rpc;
using Quorate.V1;

namespace Quorate.Client.Services;

/// <summary>
/// One service of the API: a method of every method that it has, by the same name. Each throws a <see cref="QuorateException"/> where the
/// API refuses or can not be reached, after what may be tried again was.
/// </summary>
public abstract class ServiceClient
{
    readonly ServiceDescriptor service;
    readonly ConcurrentDictionary<string, (object Method, bool IsChange)> methods = [];

    private protected ServiceClient(ApiCalls calls, ServiceDescriptor service) => (Calls, this.service) = (calls, service);

    private protected ApiCalls Calls { get; }

    private protected Task<TResponse> SendAsync<TRequest, TResponse>(
        TRequest request, RequestOptions? options, CancellationToken cancellation, [CallerMemberName] string caller = "")
        where TRequest : class, IMessage<TRequest> where TResponse : class, IMessage<TResponse>
    {
        ArgumentNullException.ThrowIfNull(request);
        var (method, isChange) = Find<TRequest, TResponse>(caller[..^"Async".Length]);
        return Calls.SendAsync(method, isChange, request, options, cancellation);
    }

    private protected Method<TRequest, TResponse> MethodOf<TRequest, TResponse>(string name)
        where TRequest : class, IMessage<TRequest> where TResponse : class, IMessage<TResponse> => Find<TRequest, TResponse>(name).Method;

    // Once for each method: what a definition says of it is copied out whenever it is asked.
    (Method<TRequest, TResponse> Method, bool IsChange) Find<TRequest, TResponse>(string name)
        where TRequest : class, IMessage<TRequest> where TResponse : class, IMessage<TResponse>
    {
        var (method, isChange) = methods.GetOrAdd(name, n => (new Method<TRequest, TResponse>(service, n), IsChange(service.FindMethodByName(n))));
        return ((Method<TRequest, TResponse>)method, isChange);
    }

    static bool IsChange(MethodDescriptor method) => method.GetOptions()?.GetExtension(AccessExtensions.Access) is { Cost: not (CallCost.Read or CallCost.Replay) };

    /// <summary>What is on the pages of a list, one after the other, from the page that the request names.</summary>
    private protected static async IAsyncEnumerable<TItem> PagesAsync<TRequest, TResponse, TItem>(
        Func<TRequest, RequestOptions?, CancellationToken, Task<TResponse>> list, TRequest request, Func<TResponse, IEnumerable<TItem>> items,
        [EnumeratorCancellation] CancellationToken cancellation)
        where TRequest : class, IMessage<TRequest>, IDeepCloneable<TRequest> where TResponse : class, IMessage<TResponse>
    {
        var next = request.Clone();
        while (true)
        {
            var page = await list(next, null, cancellation).ConfigureAwait(false);
            foreach (var item in items(page))
                yield return item;
            var token = (string)page.Descriptor.FindFieldByName("next_page_token").Accessor.GetValue(page);
            if (token.Length == 0)
                yield break;
            next.Descriptor.FindFieldByName("page_token").Accessor.SetValue(next, token);
        }
    }
}
