using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Http;
using Quorate.Rpc.V1;

namespace Quorate.Rpc.Transcoding;

/// <summary>
/// Makes the request message of a binding: the body, then what the path says, then the query. Nothing in a request is
/// ignored: an unknown member, parameter or body is refused, and so is a member that contradicts the path.
/// </summary>
static class JsonRequest
{
    const string InvalidRequest = "invalid_request";

    static readonly UTF8Encoding strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    static readonly JsonDocumentOptions documentOptions = new() { MaxDepth = JsonKinds.DepthMax, AllowDuplicateProperties = false };

    /// <exception cref="RpcException">InvalidArgument, with a problem that points at what is wrong.</exception>
    internal static IMessage Read(RouteMatch match, ReadOnlySpan<byte> body, IEnumerable<KeyValuePair<string, string>> query)
    {
        var binding = match.Binding;
        var message = ReadBody(match, body);
        foreach (var (variable, fields) in binding.Variables)
            SetField(message, fields, match.Value(variable), variable.FieldPath);
        foreach (var (name, value) in query)
        {
            var fields = Parameter(binding, name);
            SetField(message, fields, value, name);
        }
        return message;
    }

    static IMessage ReadBody(RouteMatch match, ReadOnlySpan<byte> body)
    {
        var binding = match.Binding;
        var type = binding.Method.Descriptor.InputType;
        if (body.IsEmpty)
            return JsonKinds.New(type);
        if (!binding.IsWholeBody && binding.BodyField is null)
            throw Wrong("The request has a body, and the method takes none.", JsonShape.Problem("", "unexpected_body", "No body belongs here."));
        using var document = Document(body);
        var root = document.RootElement;
        IReadOnlyList<FieldProblem> Problems(bool values) => binding.BodyField is { } field
            ? JsonShape.Problems(root, field, values)
            : JsonShape.Problems(root, type, "", values);
        if (Problems(values: false) is { Count: > 0 } names)
            throw Wrong("The request's body does not fit.", [.. names]);
        try
        {
            var message = binding.BodyField is { } field ? JsonKinds.ParseField(field, root.GetRawText()) : JsonKinds.Parse(type, root.GetRawText());
            RefuseContradictions(match, root, message);
            return message;
        }
        catch (InvalidJsonValueException e)
        {
            var problems = Problems(values: true);
            throw Wrong("The request's body does not fit.", problems.Count > 0 ? [.. problems] : [JsonShape.Problem("", "invalid_value", e.Message)]);
        }
    }

    // google.api.http gives the body only the fields that the path does not have. Clients that send a resource back as they
    // got it repeat them, which is fine as long as they say the same.
    static void RefuseContradictions(RouteMatch match, JsonElement root, IMessage message)
    {
        var problems = new List<FieldProblem>();
        foreach (var (variable, fields) in match.Binding.Variables)
        {
            var isWithin = match.Binding.IsWholeBody || match.Binding.BodyField == fields[0];
            if (!isWithin || JsonShape.PointerTo(root, match.Binding.IsWholeBody ? fields : fields[1..]) is not { } pointer)
                continue;
            var bound = JsonKinds.New(message.Descriptor);
            SetField(bound, fields, match.Value(variable), variable.FieldPath);
            if (!Equals(FieldPath.Get(bound, fields), FieldPath.Get(message, fields)))
                problems.Add(JsonShape.Problem(pointer, "contradicts_path", "The request's path says otherwise."));
        }
        if (problems.Count > 0)
            throw Wrong("The request's path and its body say different things.", [.. problems]);
    }

    static JsonDocument Document(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonDocument.Parse(strictUtf8.GetString(body), documentOptions);
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException)
        {
            throw Wrong("The request's body is not JSON.", JsonShape.Problem("", "malformed_json", e.Message));
        }
    }

    static FieldDescriptor[] Parameter(HttpBinding binding, string name)
    {
        try
        {
            if (binding.IsWholeBody)
                throw new FormatException("The request is the body; parameters say nothing.");
            var fields = FieldPath.Find(binding.Method.Descriptor.InputType, name, repeatedLast: true);
            if (binding.BodyField == fields[0] || binding.Variables.Any(v => v.Fields.AsSpan().SequenceEqual(fields)))
                throw new FormatException("The field's value comes from the path or the body.");
            return fields;
        }
        catch (FormatException e)
        {
            throw Wrong("A parameter does not fit.", JsonShape.Problem(Pointer(name), "unknown_parameter", e.Message));
        }
    }

    static void SetField(IMessage message, FieldDescriptor[] fields, string value, string name)
    {
        try
        {
            FieldPath.Set(message, fields, value);
        }
        catch (InvalidJsonValueException e)
        {
            throw Wrong("A parameter does not fit.", JsonShape.Problem(Pointer(name), "invalid_value", e.Message));
        }
    }

    static string Pointer(string path) => "/" + path.Replace('.', '/');

    static RpcException Wrong(string detail, params FieldProblem[] errors) =>
        new Problem { Code = InvalidRequest, HttpStatus = StatusCodes.Status400BadRequest, Errors = { errors } }
            .ToRpcException(StatusCode.InvalidArgument, detail);
}
