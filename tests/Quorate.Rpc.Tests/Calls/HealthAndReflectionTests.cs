using Google.Protobuf.Reflection;
using Grpc.Health.V1;
using Quorate.Rpc.Tests.Services;
using static Grpc.Health.V1.HealthCheckResponse.Types;

namespace Quorate.Rpc.Tests.Calls;

/// <summary>The health service by our client; reflection is asked by grpc-js in the interop tests too.</summary>
public sealed class HealthAndReflectionTests(ServerFixture fixture) : IClassFixture<ServerFixture>
{
    static readonly ServiceDescriptor health = HealthReflection.Descriptor.Services[0];
    static readonly Method<HealthCheckRequest, HealthCheckResponse> check = new(health, "Check"), watch = new(health, "Watch");

    readonly TestServer server = fixture.Test;

    [Fact]
    public async Task A_check_answers_what_was_set()
    {
        Assert.Equal(ServingStatus.Serving, await Check(""));
        server.Health.SetStatus("vaults", false);
        Assert.Equal(ServingStatus.NotServing, await Check("vaults"));
        server.Health.SetStatus("vaults", true);
        Assert.Equal(ServingStatus.Serving, await Check("vaults"));
        Assert.Equal(StatusCode.NotFound, (await Assert.ThrowsAsync<RpcException>(() => Check("nobody"))).StatusCode);
    }

    [Fact]
    public async Task A_watch_sees_changes_and_only_changes()
    {
        using var call = server.Channel.AsyncServerStreamingCall(watch, new HealthCheckRequest { Service = "late" });
        Assert.Equal(ServingStatus.ServiceUnknown, await Next());
        server.Health.SetStatus("late", true);
        Assert.Equal(ServingStatus.Serving, await Next());
        server.Health.SetStatus("late", true);
        server.Health.SetStatus("other", true);
        server.Health.SetStatus("late", false);
        Assert.Equal(ServingStatus.NotServing, await Next());

        async Task<ServingStatus> Next()
        {
            Assert.True(await call.ResponseStream.MoveNext(default));
            return call.ResponseStream.Current.Status;
        }
    }

    [Fact]
    public async Task Reflection_describes_what_is_served()
    {
        var descriptor = Grpc.Reflection.V1.ReflectionReflection.Descriptor.Services[0];
        var method = new Method<Grpc.Reflection.V1.ServerReflectionRequest, Grpc.Reflection.V1.ServerReflectionResponse>(descriptor, "ServerReflectionInfo");
        using var call = server.Channel.AsyncDuplexStreamingCall(method);

        var services = (await Ask(new() { ListServices = "" })).ListServicesResponse.Service.Select(s => s.Name);
        Assert.Equal(["quorate.rpc.tests.v1.Echo", "quorate.rpc.tests.v1.Vaults", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection"], services);

        var files = (await Ask(new() { FileContainingSymbol = "quorate.rpc.tests.v1.Vaults.GetWallet" })).FileDescriptorResponse.FileDescriptorProto
            .Select(FileDescriptorProto.Parser.ParseFrom).ToArray();
        Assert.Equal("vaults.proto", files[^1].Name);
        Assert.All(files.Index(), file => Assert.Subset(files[..file.Index].Select(f => f.Name).ToHashSet(), file.Item.Dependency.ToHashSet()));

        Assert.Equal("echo.proto", FileDescriptorProto.Parser.ParseFrom(
            (await Ask(new() { FileByFilename = "echo.proto" })).FileDescriptorResponse.FileDescriptorProto.Single()).Name);
        Assert.Equal((int)StatusCode.NotFound, (await Ask(new() { FileByFilename = "none.proto" })).ErrorResponse.ErrorCode);
        Assert.Equal([72295728], (await Ask(new() { AllExtensionNumbersOfType = "google.protobuf.MethodOptions" })).AllExtensionNumbersResponse.ExtensionNumber);
        var extension = await Ask(new() { FileContainingExtension = new() { ContainingType = "google.protobuf.MethodOptions", ExtensionNumber = 72295728 } });
        Assert.NotEmpty(extension.FileDescriptorResponse.FileDescriptorProto);
        Assert.Equal((int)StatusCode.InvalidArgument, (await Ask(new())).ErrorResponse.ErrorCode);

        async Task<Grpc.Reflection.V1.ServerReflectionResponse> Ask(Grpc.Reflection.V1.ServerReflectionRequest request)
        {
            await call.RequestStream.WriteAsync(request);
            Assert.True(await call.ResponseStream.MoveNext(default));
            Assert.Equal(request, call.ResponseStream.Current.OriginalRequest);
            return call.ResponseStream.Current;
        }
    }

    async Task<ServingStatus> Check(string service)
    {
        using var call = server.Channel.AsyncUnaryCall(check, new HealthCheckRequest { Service = service });
        return (await call.ResponseAsync).Status;
    }
}
