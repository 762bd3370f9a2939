using Google.Protobuf.Reflection;
using Grpc.Reflection.V1;
using Quorate.Rpc.Server;

namespace Quorate.Rpc.Reflection;

/// <summary>grpc.reflection.v1.ServerReflection: the descriptors of what is served, for tools such as grpcurl.</summary>
sealed class ReflectionService(IReadOnlyList<ServiceDescriptor> services)
{
    public async Task ServerReflectionInfo(
        IAsyncStreamReader<ServerReflectionRequest> requestStream,
        IServerStreamWriter<ServerReflectionResponse> responseStream,
        ServerCallContext context)
    {
        await foreach (var request in requestStream.ReadAllAsync(context.CancellationToken).ConfigureAwait(false))
        {
            var response = Answer(request);
            response.ValidHost = request.Host;
            response.OriginalRequest = request;
            await responseStream.WriteAsync(response, context.CancellationToken).ConfigureAwait(false);
        }
    }

    ServerReflectionResponse Answer(ServerReflectionRequest request) => request.MessageRequestCase switch
    {
        ServerReflectionRequest.MessageRequestOneofCase.ListServices => new()
        {
            ListServicesResponse = new() { Service = { services.Select(s => new ServiceResponse { Name = s.FullName }) } },
        },
        ServerReflectionRequest.MessageRequestOneofCase.FileByFilename =>
            Files(AllFiles().FirstOrDefault(f => f.Name == request.FileByFilename), request.FileByFilename),
        ServerReflectionRequest.MessageRequestOneofCase.FileContainingSymbol =>
            Files(AllFiles().FirstOrDefault(f => Symbols(f).Contains(request.FileContainingSymbol)), request.FileContainingSymbol),
        ServerReflectionRequest.MessageRequestOneofCase.FileContainingExtension => Files(
            AllFiles().FirstOrDefault(f => ExtensionNumbers(f, request.FileContainingExtension.ContainingType)
                .Contains(request.FileContainingExtension.ExtensionNumber)),
            $"{request.FileContainingExtension.ContainingType} {request.FileContainingExtension.ExtensionNumber}"),
        ServerReflectionRequest.MessageRequestOneofCase.AllExtensionNumbersOfType => Extensions(request.AllExtensionNumbersOfType),
        _ => Error(StatusCode.InvalidArgument, "The request asks for nothing that is known here."),
    };

    ServerReflectionResponse Extensions(string type)
    {
        if (!AllFiles().Any(f => Symbols(f).Contains(type)))
            return Error(StatusCode.NotFound, $"There is no {type} here.");
        var numbers = AllFiles().SelectMany(f => ExtensionNumbers(f, type)).Distinct().Order();
        return new() { AllExtensionNumbersResponse = new() { BaseTypeName = type, ExtensionNumber = { numbers } } };
    }

    static ServerReflectionResponse Files(FileDescriptor? file, string wanted) => file is null
        ? Error(StatusCode.NotFound, $"There is no {wanted} here.")
        : new() { FileDescriptorResponse = new() { FileDescriptorProto = { WithImports([file]).Select(f => f.SerializedData) } } };

    static ServerReflectionResponse Error(StatusCode code, string message) =>
        new() { ErrorResponse = new() { ErrorCode = (int)code, ErrorMessage = message } };

    List<FileDescriptor> AllFiles() => WithImports(services.Select(s => s.File));

    // Imports before importers, each once.
    static List<FileDescriptor> WithImports(IEnumerable<FileDescriptor> files)
    {
        var found = new List<FileDescriptor>();
        void Visit(FileDescriptor file)
        {
            if (found.Contains(file))
                return;
            foreach (var import in file.Dependencies)
                Visit(import);
            found.Add(file);
        }
        foreach (var file in files)
            Visit(file);
        return found;
    }

    static IEnumerable<string> Symbols(FileDescriptor file) =>
    [
        .. file.Services.SelectMany(s => s.Methods.Select(m => m.FullName).Append(s.FullName)),
        .. file.EnumTypes.Select(e => e.FullName),
        .. file.MessageTypes.SelectMany(Symbols),
        .. file.Extensions.UnorderedExtensions.Select(e => e.FullName),
    ];

    static IEnumerable<string> Symbols(MessageDescriptor message) =>
    [
        message.FullName,
        .. message.Fields.InDeclarationOrder().Select(f => f.FullName),
        .. message.EnumTypes.Select(e => e.FullName),
        .. message.NestedTypes.SelectMany(Symbols),
    ];

    static IEnumerable<int> ExtensionNumbers(FileDescriptor file, string type) =>
        file.Extensions.UnorderedExtensions.Where(e => e.ExtendeeType.FullName == type).Select(e => e.FieldNumber);
}
