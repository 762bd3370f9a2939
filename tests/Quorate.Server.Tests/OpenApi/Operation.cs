using System.Text.Json;
using Google.Protobuf.Reflection;
using Quorate.Rpc.Server;
using Quorate.Rpc.Transcoding;
using Quorate.Server.Api;
using Quorate.V1;

namespace Quorate.Server.Tests.OpenApi;

/// <summary>One way to call a method in JSON, as the server binds it.</summary>
/// <param name="Binding">Path and body.</param>
/// <param name="Access">Who may.</param>
/// <param name="Id">What programs call it.</param>
sealed record Operation(HttpBinding Binding, MethodAccess Access, string Id)
{
    /// <summary>Every one of the services that a wallet server adds.</summary>
    internal static IReadOnlyList<Operation> All { get; } =
    [
        .. from service in WalletApi.AddTo(new(), null!).Descriptors
           from method in service.Methods
           from binding in HttpBinding.Of(new BoundMethod(method, "", _ => Task.CompletedTask, null)).Index()
           let name = JsonNamingPolicy.CamelCase.ConvertName(method.Name)
           select new Operation(binding.Item, method.GetOptions().GetExtension(AccessExtensions.Access), binding.Index == 0 ? name : $"{name}{binding.Index + 1}"),
    ];

    internal MethodDescriptor Method => Binding.Method.Descriptor;

    internal bool IsChange => Access.Cost is not (CallCost.Read or CallCost.Replay);

    /// <summary>Methods that make something answer 201.</summary>
    internal int SuccessStatus => Method.Name is "AccelerateTransfer" || (Method.Name.StartsWith("Create", StringComparison.Ordinal) && Method.Name != "CreateAssertion") ? 201 : 200;

    /// <summary>Whether the answer counts its changes.</summary>
    internal bool HasVersion => !Method.IsServerStreaming && Method.OutputType.FindFieldByName("version") is { FieldType: FieldType.Int64 };

    /// <summary>The path with its variables by the names that they have in JSON.</summary>
    internal string Path
    {
        get
        {
            var segments = Binding.Template.Segments.ToArray();
            foreach (var (variable, fields) in Binding.Variables)
            {
                if (variable.Count != 1 || segments[variable.Start] != PathTemplate.One)
                    throw new NotSupportedException($"{Method.FullName}: OpenAPI has no variables of several segments.");
                segments[variable.Start] = $"{{{Name(fields)}}}";
            }
            return "/" + string.Join('/', segments) + (Binding.Template.Verb.Length == 0 ? "" : ":" + Binding.Template.Verb);
        }
    }

    /// <summary>Fields that are not in the path nor the body, as parameters of the query, with the fields that lead to them.</summary>
    internal IEnumerable<FieldDescriptor[]> Query => Binding.IsWholeBody ? [] : Leaves(Method.InputType, [])
        .Where(f => f[0] != Binding.BodyField && !Binding.Variables.Any(v => v.Fields.AsSpan().SequenceEqual(f)));

    /// <summary>Fields that the body has where it is the request.</summary>
    internal IEnumerable<FieldDescriptor> BodyFields => !Binding.IsWholeBody ? []
        : Method.InputType.Fields.InDeclarationOrder().Where(f => !Binding.Variables.Any(v => v.Fields is [var only] && only == f));

    internal static string Name(IEnumerable<FieldDescriptor> fields) => string.Join('.', fields.Select(f => f.JsonName));

    static IEnumerable<FieldDescriptor[]> Leaves(MessageDescriptor message, FieldDescriptor[] before) => message.Fields.InDeclarationOrder().SelectMany(field =>
        field.IsMap || before.Contains(field) ? []
        : JsonKinds.IsText(field) ? [[.. before, field]]
        : field.IsRepeated || !JsonKinds.IsPlain(field.MessageType) ? []
        : Leaves(field.MessageType, [.. before, field]));
}
