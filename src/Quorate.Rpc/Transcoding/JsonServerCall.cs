using System.Net.Mime;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Quorate.Rpc.Server;
using Quorate.Rpc.V1;

namespace Quorate.Rpc.Transcoding;

/// <summary>
/// A call in JSON over HTTP/1.1 or HTTP/2. A stream of responses is text/event-stream: an event a message; a string field
/// resume_token becomes the event's id, which a client that reconnects sends as Last-Event-ID; an error after the first
/// message is an event named error with the problem document.
/// </summary>
sealed class JsonServerCall : ServerCall, IAsyncDisposable
{
    static readonly JsonFormatter formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    readonly RouteMatch match;
    readonly EventStream? events;
    bool hasRead;
    RpcException? fault;

    internal JsonServerCall(HttpContext http, RouteMatch match, RpcServices services, Metadata headers, TimeSpan? timeout)
        : base(http, match.Binding.Method, services, headers, timeout)
    {
        this.match = match;
        if (Method.Descriptor.IsServerStreaming)
            events = new(http.Response, SetHeaders, Options.Time, Options.EventKeepAlive);
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = services.Options.MaxReceiveMessageSize;
    }

    protected override string System => "http";

    protected override RpcException? RequestFault => fault;

    public ValueTask DisposeAsync() => events?.DisposeAsync() ?? ValueTask.CompletedTask;

    internal override async ValueTask<IMessage?> ReadAsync(CancellationToken cancellationToken)
    {
        if (hasRead)
            return null;
        hasRead = true;
        try
        {
            var body = Held ?? await RequestBody.ReadAsync(Http.Request.BodyReader, Options.MaxReceiveMessageSize, cancellationToken).ConfigureAwait(false);
            var query = Http.Request.Query.SelectMany(p => p.Value.Select(v => KeyValuePair.Create(p.Key, v ?? "")));
            var request = JsonRequest.Read(match, body.Span, query);
            events?.KeepAlive();
            return request;
        }
        catch (RpcException e)
        {
            fault = e;
            throw;
        }
    }

    protected override ValueTask SendHeadersAsync(Metadata headers)
    {
        if (events is not null)
            return events.SetHeadersAsync(headers, CancellationToken);
        SetHeaders(headers);
        return ValueTask.CompletedTask;
    }

    // A single answer's status and length are not known yet.
    protected override ValueTask FlushHeadersAsync() => events?.SendAsync(default, CancellationToken) ?? ValueTask.CompletedTask;

    protected override async ValueTask WriteMessageAsync(IMessage message, bool flush, CancellationToken cancellationToken)
    {
        var size = message.CalculateSize();
        if (size > Options.MaxSendMessageSize)
            throw RpcException.Because(StatusCode.ResourceExhausted, $"The message to send has {size} bytes, more than {Options.MaxSendMessageSize}.");
        var json = Encoding.UTF8.GetBytes(Format(message));
        if (events is not null)
        {
            await events.SendAsync(Event(EventId(message), json), cancellationToken).ConfigureAwait(false);
            return;
        }
        var response = Http.Response;
        response.StatusCode = Context.HttpStatusCode;
        response.ContentLength = json.Length;
        await response.Body.WriteAsync(json, cancellationToken).ConfigureAwait(false);
    }

    protected override async ValueTask SendEndAsync(Status ended, Metadata trailers, bool isStarted, RpcException? cause)
    {
        if (events is not null)
            await events.StopAsync().ConfigureAwait(false);
        var hasStarted = Http.Response.HasStarted;
        if (ended.StatusCode == StatusCode.OK)
        {
            if (!isStarted && !hasStarted)
                SetHeaders([]);
            return;
        }
        var problem = cause?.GetProblem() ?? new Problem();
        if (!hasStarted)
            AppendHeaders(Context.ResponseHeaders);
        if (!hasStarted)
            await ProblemDocument.WriteAsync(Http, ended, problem).ConfigureAwait(false);
        else if (events is not null)
            await events.SendAsync(Event("event: error\n", ProblemDocument.Json(Http, ended, problem)), CancellationToken).ConfigureAwait(false);
        else
            throw new InvalidOperationException($"{ended} came after the answer had been sent.");
    }

    void SetHeaders(Metadata headers)
    {
        var response = Http.Response;
        AppendHeaders(Context.ResponseHeaders);
        AppendHeaders(headers);
        response.StatusCode = Context.HttpStatusCode;
        response.ContentType = events is null ? MediaTypeNames.Application.Json : "text/event-stream";
        if (events is not null)
            response.Headers.CacheControl = "no-store";
    }

    void AppendHeaders(Metadata headers)
    {
        foreach (var entry in headers)
            Http.Response.Headers.Append(entry.Key, Framing.MetadataHeaders.Encode(entry));
    }

    string Format(IMessage message)
    {
        if (match.Binding.ResponseField is not { } field)
            return formatter.Format(message);
        var value = field.Accessor.GetValue(message);
        // Null is an unset message; what would come out as nothing at all.
        using var text = new StringWriter();
        if (value is null)
            return "null";
        formatter.WriteValue(text, value);
        return text.ToString();
    }

    static byte[] Event(string before, byte[] json) => [.. Encoding.UTF8.GetBytes(before), .. "data: "u8, .. json, .. "\n\n"u8];

    static string EventId(IMessage message) =>
        message.Descriptor.FindFieldByName("resume_token")?.Accessor.GetValue(message) is string { Length: > 0 } token
        && !token.AsSpan().ContainsAny("\r\n\0") ? $"id: {token}\n" : "";
}
