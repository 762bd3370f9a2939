using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Quorate.Rpc.Framing;
using Quorate.Rpc.Server;
using Quorate.Rpc.V1;

namespace Quorate.Rpc.Transcoding;

/// <summary>Finds the binding of an HTTP request and runs its call.</summary>
static class JsonDispatch
{
    internal static Task Handle(HttpContext http, RequestDelegate next, RpcServices services)
    {
        if (!services.Routes.TryMatch(http.Request.Method, RawPath(http), out var match, out var allowed))
        {
            if (allowed.Count == 0)
                return next(http);
            http.Response.Headers.Allow = string.Join(", ", allowed);
            return Refuse(http, StatusCodes.Status405MethodNotAllowed, "method_not_allowed", $"{http.Request.Method} is not answered here.");
        }
        var request = http.Request;
        if (request.ContentType is { } type && !IsJson(type))
            return Refuse(http, StatusCodes.Status415UnsupportedMediaType, "unsupported_media_type", "The body has to be application/json.");
        Metadata headers;
        try
        {
            headers = MetadataHeaders.Decode(request.Headers.SelectMany(h => h.Value.Select(v => (h.Key, v ?? ""))));
        }
        catch (RpcException e)
        {
            return Refuse(http, StatusCodes.Status400BadRequest, "invalid_header", e.Status.Detail);
        }
        var byDefault = match.Binding.Method.Descriptor.IsServerStreaming ? null : services.Options.JsonTimeout;
        return GrpcTimeout.TryRead(request.Headers[GrpcTimeout.Header], byDefault, out var timeout)
            ? RunAsync(http, match, services, headers, timeout)
            : Refuse(http, StatusCodes.Status400BadRequest, "invalid_header", "The header grpc-timeout is malformed.");
    }

    /// <summary>Answers what nothing else has answered.</summary>
    internal static Task NothingHere(HttpContext http) => ProblemDocument.WriteAsync(
        http, new(StatusCode.NotFound, "Nothing is answered at this path."), new Problem { Code = "no_such_path", HttpStatus = StatusCodes.Status404NotFound });

    static async Task RunAsync(HttpContext http, RouteMatch match, RpcServices services, Metadata headers, TimeSpan? timeout)
    {
        await using var call = new JsonServerCall(http, match, services, headers, timeout);
        await call.RunAsync().ConfigureAwait(false);
    }

    static Task Refuse(HttpContext http, int status, string code, string detail) =>
        ProblemDocument.WriteAsync(http, new(StatusCode.InvalidArgument, detail), new Problem { Code = code, HttpStatus = status });

    static bool IsJson(string contentType)
    {
        var type = contentType.AsSpan();
        var parameters = type.IndexOf(';');
        return (parameters < 0 ? type : type[..parameters]).Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase);
    }

    // The path as it came: the framework's own has been decoded, so that a slash within a segment cannot be told any more.
    static string RawPath(HttpContext http)
    {
        var raw = http.Features.Get<IHttpRequestFeature>()?.RawTarget;
        if (raw is not ['/', ..])
            return http.Request.Path.Value ?? "";
        var query = raw.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? raw : raw[..query];
    }
}
