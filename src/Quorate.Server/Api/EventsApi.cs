using System.Collections.Immutable;
using Google.Protobuf.Collections;
using Quorate.Rpc;
using Quorate.Rpc.Server;
using Quorate.Server.Access;
using Quorate.Server.Deciding;
using Quorate.Server.Events;
using Quorate.Server.Ids;
using Quorate.V1;
using Event = Quorate.V1.Event;

namespace Quorate.Server.Api;

/// <summary>quorate.v1.Events.</summary>
sealed class EventsApi(ApiParts server)
{
    /// <summary>The header of a stream that says where it begins: a token for a reader who loses it before the first event.</summary>
    const string TokenHeader = "resume-token";

    public Task<ListEventsResponse> ListEvents(ListEventsRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var isNewestFirst = request.OrderBy switch
        {
            "" or "timestamp" => false,
            "timestamp desc" => true,
            _ => throw Answers.Invalid("/orderBy", "timestamp or timestamp desc."),
        };
        var filter = Filter(request.Types_, request.Resource, request.Vault, request.Wallet) with { Since = EventMessages.Time(request.Since, "/since"), Until = EventMessages.Time(request.Until, "/until") };
        var (page, refusal) = await server.Store.Events.ListAsync(
            filter, isNewestFirst, Answers.Rows(request.PageSize), Answers.Text(request.PageToken), context.CancellationToken).ConfigureAwait(false);
        if (page is null)
            throw Answers.Problem(refusal!);
        var response = new ListEventsResponse { NextPageToken = page.NextPageToken ?? "" };
        response.Events.Add(page.Items.Select(EventMessages.Of));
        return response;
    });

    public Task<Event> GetEvent(GetEventRequest request, ServerCallContext context) => Answers.Of(async () =>
        await server.Store.Events.FindAsync(Answers.Id(request.Event, ResourceKind.Event, "/event"), context.CancellationToken).ConfigureAwait(false) is { } found
            ? EventMessages.Of(found)
            : throw Answers.Problem(Rules.NotFound("event")));

    public Task StreamEvents(StreamEventsRequest request, IServerStreamWriter<Event> events, ServerCallContext context) => Answers.Of<Event?>(async () =>
    {
        var filter = Filter(request.Types_, request.Resource, request.Vault, request.Wallet);
        // A browser that comes again says in the header where it was, and in the request where it began.
        var text = context.RequestHeaders.GetValue("last-event-id") is { Length: > 0 } last ? last : request.ResumeToken;
        ResumeToken begin;
        if (text.Length > 0)
        {
            (begin, var refusal) = await server.Store.Feed.ResumeAsync(text, context.CancellationToken).ConfigureAwait(false);
            if (refusal is not null)
                throw Answers.Problem(refusal);
        }
        else
        {
            begin = EventMessages.Time(request.Since, "/since") is { } since
                ? await server.Store.Feed.SinceAsync(since, context.CancellationToken).ConfigureAwait(false)
                : await server.Store.Feed.NowAsync(context.CancellationToken).ConfigureAwait(false);
        }
        await context.WriteResponseHeadersAsync(new() { { TokenHeader, begin.ToString() } }).ConfigureAwait(false);
        await StandingKey.WhileAsync(server, context, token => FollowAsync(begin, filter, events, token)).ConfigureAwait(false);
        return null;
    });

    async Task FollowAsync(ResumeToken begin, EventFilter filter, IServerStreamWriter<Event> events, CancellationToken cancellation)
    {
        await foreach (var batch in server.Store.Feed.FollowAsync(begin.Position, filter, cancellation).ConfigureAwait(false))
            foreach (var happened in batch.Events)
                await events.WriteAsync(EventMessages.Of(happened), cancellation).ConfigureAwait(false);
    }

    static EventFilter Filter(RepeatedField<string> types, string resource, string vault, string wallet)
    {
        ImmutableArray<string>? named = null;
        if (types.Count > 0)
        {
            var (found, refusal) = EventRules.Match(types);
            named = refusal is null ? found : throw Answers.Invalid("/types", refusal.Detail);
        }
        if (resource.Length > 0 && !ResourceId.TryParse(resource, out _))
            throw Answers.Invalid("/resource", "no id.");
        return new()
        {
            Types = named, Resource = Answers.Text(resource), Vault = vault.Length == 0 ? null : Answers.Id(vault, ResourceKind.Vault, "/vault").ToString(),
            Wallet = wallet.Length == 0 ? null : Answers.Id(wallet, ResourceKind.Wallet, "/wallet").ToString(),
        };
    }
}
