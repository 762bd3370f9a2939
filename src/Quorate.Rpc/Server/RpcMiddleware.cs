using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Quorate.Rpc.Transcoding;

namespace Quorate.Rpc.Server;

/// <summary>Puts services into the framework's pipeline.</summary>
public static class RpcMiddleware
{
    /// <summary>
    /// Answers gRPC requests, and JSON requests whose path is annotated. Whatever else comes goes on to the next middleware.
    /// </summary>
    public static IApplicationBuilder UseRpc(this IApplicationBuilder app, RpcServices services)
    {
        ArgumentNullException.ThrowIfNull(services);
        return app.Use((http, next) => Handle(http, next, services));
    }

    static Task Handle(HttpContext http, RequestDelegate next, RpcServices services)
    {
        var kind = Kind(http.Request.ContentType);
        if (kind == Content.Grpc)
            return Grpc(http, services);
        // A path of gRPC with another content, grpc-web for one: HTTP's own answer ("Requests").
        if (kind == Content.OtherGrpc || (HttpMethods.IsPost(http.Request.Method) && services.Find(http.Request.Path.Value ?? "") is not null))
            return Refuse(http, StatusCodes.Status415UnsupportedMediaType);
        return services.Routes.IsEmpty ? next(http) : JsonDispatch.Handle(http, next, services);
    }

    static Task Grpc(HttpContext http, RpcServices services)
    {
        if (!HttpProtocol.IsHttp2(http.Request.Protocol))
            return Refuse(http, StatusCodes.Status426UpgradeRequired);
        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.Headers.Allow = HttpMethods.Post;
            return Refuse(http, StatusCodes.Status405MethodNotAllowed);
        }
        var path = http.Request.Path.Value ?? "";
        if (services.Find(path) is { } method)
            return GrpcServerCall.RunAsync(http, method, services);
        var missing = services.HasService(path) ? "method" : "service";
        return GrpcServerCall.RefuseAsync(http, new(StatusCode.Unimplemented, $"There is no such {missing} here: {path}"));
    }

    static Task Refuse(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    enum Content
    {
        Other,
        OtherGrpc,
        Grpc,
    }

    // application/grpc, alone, with +proto or with parameters.
    static Content Kind(string? contentType)
    {
        if (contentType is null || !contentType.StartsWith(GrpcServerCall.ContentType, StringComparison.OrdinalIgnoreCase))
            return Content.Other;
        var rest = contentType.AsSpan(GrpcServerCall.ContentType.Length);
        if (rest.StartsWith("+proto", StringComparison.OrdinalIgnoreCase))
            rest = rest["+proto".Length..];
        return rest.IsEmpty || rest[0] is ';' or ' ' ? Content.Grpc : Content.OtherGrpc;
    }
}
