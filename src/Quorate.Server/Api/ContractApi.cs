using Google.Protobuf.WellKnownTypes;
using Quorate.Rpc.Server;
using Quorate.V1;

namespace Quorate.Server.Api;

/// <summary>quorate.v1.Contract.</summary>
sealed class ContractApi
{
    readonly Lazy<Struct> openApi = new(() =>
    {
        using var text = new StreamReader(typeof(ContractApi).Assembly.GetManifestResourceStream("openapi.json")!);
        return Struct.Parser.ParseJson(text.ReadToEnd());
    });

    public Task<Struct> GetOpenApi(GetOpenApiRequest request, ServerCallContext context) => Task.FromResult(openApi.Value);
}
