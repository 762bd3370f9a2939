using System.Runtime.CompilerServices;
using Quorate.Client.Calls;
using Quorate.V1;

namespace Quorate.Client.Services;

/// <summary>What has happened: listed, and followed.</summary>
public sealed class EventsClient : ServiceClient
{
    internal EventsClient(ApiCalls calls)
        : base(calls, EventsReflection.Descriptor.Services[0])
    {
    }

    /// <summary>A page of events, oldest first unless it is asked otherwise.</summary>
    public Task<ListEventsResponse> ListEventsAsync(ListEventsRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ListEventsRequest, ListEventsResponse>(request ?? new(), options, cancellation);

    /// <summary>The same, page after page to the end.</summary>
    public IAsyncEnumerable<Event> AllEventsAsync(ListEventsRequest? request = null, CancellationToken cancellation = default) =>
        PagesAsync(ListEventsAsync, request ?? new(), r => r.Events, cancellation);

    /// <summary>Reads an event.</summary>
    public Task<Event> GetEventAsync(GetEventRequest request, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<GetEventRequest, Event>(request, options, cancellation);

    /// <summary>
    /// Events as they happen, from the token, the time or now on, each once and in order. A connection that is lost is made again where it
    /// was; after <see cref="QuorateClientOptions.Attempts"/> tries without an event between them it fails.
    /// </summary>
    /// <param name="request">From where, and which; a reader that keeps an event's <c>resume_token</c> can go on there after a crash.</param>
    /// <param name="cancellation">Ends it.</param>
    public async IAsyncEnumerable<Event> StreamEventsAsync(StreamEventsRequest? request = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        using var reader = new EventReader(Calls, MethodOf<StreamEventsRequest, Event>("StreamEvents"), request?.Clone() ?? new(), cancellation);
        while (true)
            yield return await reader.NextAsync().ConfigureAwait(false);
    }
}
