using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Quorate.Rpc.V1;

namespace Quorate.Rpc.Transcoding;

/// <summary>
/// A status as a problem document (RFC 9457): type, title, status, detail, and our members code, requestId, retryable,
/// errors, with whatever further members the problem has.
/// </summary>
static class ProblemDocument
{
    const string TypePrefix = "urn:quorate:problem:";

    static readonly HashSet<string> ownMembers = ["type", "title", "status", "detail", "instance", "code", "requestId", "retryable", "errors"];

    internal static async Task WriteAsync(HttpContext http, Status status, Problem problem)
    {
        var json = Json(http, status, problem);
        var response = http.Response;
        response.StatusCode = HttpStatus(status, problem);
        response.ContentType = "application/problem+json";
        response.ContentLength = json.Length;
        if (problem.RetryAfter is { } wait)
            response.Headers.RetryAfter = Math.Max(0, wait.Seconds + (wait.Nanos > 0 ? 1 : 0)).ToString(CultureInfo.InvariantCulture);
        await response.Body.WriteAsync(json).ConfigureAwait(false);
    }

    internal static byte[] Json(HttpContext http, Status status, Problem problem)
    {
        var buffer = new ArrayBufferWriter<byte>();
        var code = problem.Code.Length > 0 ? problem.Code : JsonNamingPolicy.SnakeCaseLower.ConvertName(status.StatusCode.ToString());
        var httpStatus = HttpStatus(status, problem);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("type", TypePrefix + code);
            json.WriteString("title", ReasonPhrases.GetReasonPhrase(httpStatus) is { Length: > 0 } title ? title : "Error");
            json.WriteNumber("status", httpStatus);
            json.WriteString("detail", status.Detail);
            json.WriteString("code", code);
            json.WriteString("requestId", Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier);
            json.WriteBoolean("retryable", problem.Code.Length > 0 ? problem.Retryable : IsRetryable(status.StatusCode));
            json.WriteStartArray("errors");
            foreach (var error in problem.Errors)
            {
                json.WriteStartObject();
                json.WriteString("pointer", error.Pointer);
                json.WriteString("code", error.Code);
                json.WriteString("message", error.Message);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            foreach (var (name, value) in problem.Members?.Fields ?? [])
            {
                if (ownMembers.Contains(name))
                    continue;
                json.WritePropertyName(name);
                json.WriteRawValue(JsonFormatter.Default.Format(value));
            }
            json.WriteEndObject();
        }
        return buffer.WrittenSpan.ToArray();
    }

    static int HttpStatus(Status status, Problem problem) => problem.HttpStatus is >= 400 and <= 599 ? problem.HttpStatus : status.StatusCode switch
    {
        StatusCode.Cancelled => StatusCodes.Status499ClientClosedRequest,
        StatusCode.InvalidArgument or StatusCode.FailedPrecondition or StatusCode.OutOfRange => StatusCodes.Status400BadRequest,
        StatusCode.DeadlineExceeded => StatusCodes.Status504GatewayTimeout,
        StatusCode.NotFound => StatusCodes.Status404NotFound,
        StatusCode.AlreadyExists or StatusCode.Aborted => StatusCodes.Status409Conflict,
        StatusCode.PermissionDenied => StatusCodes.Status403Forbidden,
        StatusCode.Unauthenticated => StatusCodes.Status401Unauthorized,
        StatusCode.ResourceExhausted => StatusCodes.Status429TooManyRequests,
        StatusCode.Unimplemented => StatusCodes.Status501NotImplemented,
        StatusCode.Unavailable => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status500InternalServerError,
    };

    // Without a problem's own word: only where nothing can have happened.
    static bool IsRetryable(StatusCode code) => code is StatusCode.Unavailable or StatusCode.ResourceExhausted or StatusCode.Aborted;
}
