using Google.Api;
using Google.Protobuf.Reflection;
using Quorate.Rpc.Server;

namespace Quorate.Rpc.Transcoding;

/// <summary>One google.api.HttpRule of a method, checked against the method's messages.</summary>
sealed class HttpBinding
{
    const string WholeMessage = "*";

    HttpBinding(BoundMethod method, HttpRule rule)
    {
        Method = method;
        try
        {
            (HttpMethod, var path) = rule.PatternCase switch
            {
                HttpRule.PatternOneofCase.Get => ("GET", rule.Get),
                HttpRule.PatternOneofCase.Put => ("PUT", rule.Put),
                HttpRule.PatternOneofCase.Post => ("POST", rule.Post),
                HttpRule.PatternOneofCase.Delete => ("DELETE", rule.Delete),
                HttpRule.PatternOneofCase.Patch => ("PATCH", rule.Patch),
                HttpRule.PatternOneofCase.Custom => (rule.Custom.Kind, rule.Custom.Path),
                _ => throw new FormatException("It has no path."),
            };
            Template = PathTemplate.Parse(path);
            var (request, response) = (method.Descriptor.InputType, method.Descriptor.OutputType);
            Variables = [.. Template.Variables.Select(v => (v, Fields: FieldPath.Find(request, v.FieldPath, repeatedLast: false)))];
            IsWholeBody = rule.Body == WholeMessage;
            BodyField = rule.Body is "" or WholeMessage ? null : Field(request, rule.Body);
            ResponseField = rule.ResponseBody.Length == 0 ? null : Field(response, rule.ResponseBody);
            if (method.Descriptor.IsClientStreaming)
                throw new FormatException("A stream of requests has no form in JSON.");
            if (rule.Body.Length > 0 && (HttpMethod is "GET" or "DELETE"))
                throw new FormatException($"{HttpMethod} has no body.");
        }
        catch (FormatException e)
        {
            throw new InvalidOperationException($"The HTTP annotation of {method.Descriptor.FullName} is wrong. {e.Message}", e);
        }
    }

    internal BoundMethod Method { get; }

    internal string HttpMethod { get; }

    internal PathTemplate Template { get; }

    /// <summary>Every variable of the path with the fields that lead to its value.</summary>
    internal IReadOnlyList<(PathTemplate.Variable Variable, FieldDescriptor[] Fields)> Variables { get; }

    /// <summary>Whether the body is the request. Then the query says nothing.</summary>
    internal bool IsWholeBody { get; }

    /// <summary>The field that is the body; null where the body is everything or nothing.</summary>
    internal FieldDescriptor? BodyField { get; }

    /// <summary>The field that is the response's body; null where the whole response is.</summary>
    internal FieldDescriptor? ResponseField { get; }

    /// <summary>The bindings of a method's annotation, the additional ones included; none without an annotation.</summary>
    /// <exception cref="InvalidOperationException">The annotation is wrong.</exception>
    internal static IEnumerable<HttpBinding> Of(BoundMethod method)
    {
        if (method.Descriptor.GetOptions()?.GetExtension(AnnotationsExtensions.Http) is not { } rule)
            return [];
        return rule.AdditionalBindings.Prepend(rule).Select(r => new HttpBinding(method, r)).ToArray();
    }

    static FieldDescriptor Field(MessageDescriptor message, string name) =>
        message.FindFieldByName(name) ?? throw new FormatException($"{message.FullName} has no field {name}.");
}
