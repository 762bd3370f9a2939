using Quorate.Testing;
using Quorate.Testing.Interop;

namespace Quorate.Rpc.Tests.Interop;

/// <summary>Starts a script of tests/interop-grpc, which runs @grpc/grpc-js under Node.</summary>
static class GrpcJs
{
    internal static JsonLineProcess Start(string script)
    {
        var folder = Repository.PathOf("tests/interop-grpc");
        return Directory.Exists(Path.Combine(folder, "node_modules", "@grpc", "grpc-js"))
            ? new("node", Path.Combine(folder, script), TimeSpan.FromSeconds(60))
            : throw new InvalidOperationException("@grpc/grpc-js is not installed: run ./test once, or `npm ci` in tests/interop-grpc.");
    }
}
