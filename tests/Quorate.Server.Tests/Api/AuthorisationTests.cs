using Google.Protobuf;
using Google.Protobuf.Reflection;
using Quorate.Rpc;
using Quorate.V1;
using Role = Quorate.Server.ApiKeys.Role;

namespace Quorate.Server.Tests.Api;

/// <summary>Every method with every role: who may is let through to the method, who may not is told which roles may.</summary>
public sealed class AuthorisationTests(ApiServer server) : IClassFixture<ApiServer>
{
    static IEnumerable<MethodDescriptor> Methods => server0.SelectMany(s => s.Methods);

    static readonly ServiceDescriptor[] server0 =
    [
        .. typeof(VaultsReflection).Assembly.GetTypes().Where(t => t.Namespace == "Quorate.V1" && t.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(t => (FileDescriptor)t.GetProperty("Descriptor")!.GetValue(null)!).SelectMany(f => f.Services),
    ];

    [Fact]
    public void Every_method_says_who_may_call_it()
    {
        Assert.All(Methods, m => Assert.NotNull(m.GetOptions()?.GetExtension(AccessExtensions.Access)));
        // What moves money has a key, what has a key changes something, and what changes something is not for everybody.
        Assert.All(Methods.Select(m => m.GetOptions().GetExtension(AccessExtensions.Access)), a => Assert.True(
            (!a.NeedsIdempotencyKey || a.Cost == CallCost.Sign) && (a.Cost == CallCost.Read || a.Roles.Count > 0) && (!a.Anonymous || a.Cost == CallCost.Read)));
        Assert.True(Methods.Count() > 25);
    }

    [Fact]
    public async Task The_matrix_of_methods_and_roles_is_what_the_definition_says()
    {
        var wrong = new List<string>();
        foreach (var role in Enum.GetValues<Role>())
        {
            await server.AddKeyAsync($"only {role}", "alice", [role]);
            using var channel = server.Channel($"only {role}");
            foreach (var method in Methods.Where(m => !m.IsServerStreaming && !m.IsClientStreaming))
            {
                var access = method.GetOptions().GetExtension(AccessExtensions.Access);
                var mayCall = access.Roles.Count == 0 || access.Roles.Contains((V1.Role)role);
                var code = await CodeAsync(channel, method);
                if (mayCall == (code == "role_missing"))
                    wrong.Add($"{method.FullName} as {role}: {code}");
            }
        }
        Assert.Empty(wrong);
    }

    static async Task<string> CodeAsync(Rpc.Client.RpcChannel channel, MethodDescriptor method)
    {
        try
        {
            await ApiServer.CallAsync(channel, method, (IMessage)Activator.CreateInstance(method.InputType.ClrType)!);
            return "";
        }
        catch (RpcException refused)
        {
            // Whatever an empty request is told, it is not our fault.
            Assert.False(refused.StatusCode is StatusCode.Unknown or StatusCode.Internal or StatusCode.Unauthenticated, $"{method.FullName}: {refused.Status}");
            return refused.GetProblem()?.Code ?? "";
        }
    }
}
