using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Quorate.Rpc.Framing;

namespace Quorate.Rpc.Client;

/// <summary>What a response, or the lack of one, says about how the call ended.</summary>
static class ResponseStatus
{
    /// <summary>The status in headers or trailers; null where there is none.</summary>
    internal static Status? Of(HttpResponseHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("grpc-status", out var codes))
            return null;
        if (!int.TryParse(codes.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var code))
            return new(StatusCode.Unknown, "The header grpc-status is malformed.");
        var text = headers.NonValidated.TryGetValues("grpc-message", out var texts) ? GrpcMessageText.Decode(texts.ToString()) : "";
        return code <= (int)StatusCode.Unauthenticated
            ? new((StatusCode)code, text)
            : new(StatusCode.Unknown, $"The status {code} is not known. {text}");
    }

    internal static Metadata MetadataOf(HttpResponseHeaders headers) =>
        MetadataHeaders.Decode(headers.NonValidated.SelectMany(h => h.Value.Select(v => (h.Key, v))));

    /// <summary>What a response that is not gRPC means (doc/http-grpc-status-mapping.md).</summary>
    internal static Status? OfHttp(HttpResponseMessage response)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return new(response.StatusCode switch
            {
                HttpStatusCode.BadRequest => StatusCode.Internal,
                HttpStatusCode.Unauthorized => StatusCode.Unauthenticated,
                HttpStatusCode.Forbidden => StatusCode.PermissionDenied,
                HttpStatusCode.NotFound => StatusCode.Unimplemented,
                HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway
                    or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout => StatusCode.Unavailable,
                _ => StatusCode.Unknown,
            }, $"The server answered HTTP {(int)response.StatusCode}.");
        }
        var type = response.Content.Headers.ContentType?.MediaType;
        return type is null || !type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase)
            ? new(StatusCode.Unknown, $"The server answered {type ?? "nothing"} instead of application/grpc.") : null;
    }

    /// <summary>What a failure of the transport means (gRPC over HTTP/2, "Errors").</summary>
    internal static Status OfFailure(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            // Our own refusal to send, which the framework has wrapped.
            if (e is RpcException refused)
                return refused.Status;
            if (e is HttpProtocolException protocol)
            {
                return new(protocol.ErrorCode switch
                {
                    0x7 => StatusCode.Unavailable,          // REFUSED_STREAM: nothing has happened.
                    0x8 => StatusCode.Cancelled,            // CANCEL
                    0xb => StatusCode.ResourceExhausted,    // ENHANCE_YOUR_CALM
                    0xc => StatusCode.PermissionDenied,     // INADEQUATE_SECURITY
                    _ => StatusCode.Internal,
                }, protocol.Message);
            }
        }
        return exception is HttpRequestException or IOException
            ? new(StatusCode.Unavailable, exception.Message) : new(StatusCode.Internal, exception.Message);
    }
}
