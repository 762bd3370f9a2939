using Quorate.Client.Calls;
using Quorate.Rpc;
using Quorate.V1;

namespace Quorate.Client.Services;

/// <summary>The record, for those who audit it.</summary>
public sealed class AuditClient : ServiceClient
{
    internal AuditClient(ApiCalls calls)
        : base(calls, AuditReflection.Descriptor.Services[0])
    {
    }

    /// <summary>Events in the order they were recorded: of a time, of a stream.</summary>
    public Task<ListAuditEventsResponse> ListAuditEventsAsync(ListAuditEventsRequest? request = null, RequestOptions? options = null, CancellationToken cancellation = default) =>
        SendAsync<ListAuditEventsRequest, ListAuditEventsResponse>(request ?? new(), options, cancellation);

    /// <summary>The same, page after page to the end.</summary>
    public IAsyncEnumerable<AuditEvent> AllAuditEventsAsync(ListAuditEventsRequest? request = null, CancellationToken cancellation = default) =>
        PagesAsync(ListAuditEventsAsync, request ?? new(), r => r.Events, cancellation);

    /// <summary>
    /// Writes the journal behind a position, up to the last head that nodes have co-signed, with their signatures: the file that
    /// <c>quorate audit verify</c> checks. What breaks off on the way does not verify, and is asked for anew from where it began.
    /// </summary>
    /// <param name="request">Behind which head; null for the whole journal.</param>
    /// <param name="destination">Gets the bytes as they come.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task ExportJournalAsync(ExportJournalRequest? request, Stream destination, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        using var call = Calls.Read(MethodOf<ExportJournalRequest, ExportJournalResponse>("ExportJournal"), request ?? new(), cancellation);
        try
        {
            while (await call.ResponseStream.MoveNext(cancellation).ConfigureAwait(false))
                await destination.WriteAsync(call.ResponseStream.Current.Content.Memory, cancellation).ConfigureAwait(false);
        }
        catch (RpcException failure)
        {
            cancellation.ThrowIfCancellationRequested();
            throw new QuorateException(failure);
        }
    }
}
