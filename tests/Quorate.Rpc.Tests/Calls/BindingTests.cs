using Quorate.Rpc.Server;
using Quorate.Rpc.Tests.Services;
using Quorate.Rpc.Tests.V1;

namespace Quorate.Rpc.Tests.Calls;

/// <summary>A service that does not fit its definition is noticed before anything is served.</summary>
public sealed class BindingTests
{
    [Fact]
    public void Every_missing_or_mismatched_method_is_named_with_the_signature_it_needs()
    {
        var e = Assert.Throws<InvalidOperationException>(() => new RpcServices().Add(EchoMethods.Service, new Incomplete()));

        Assert.DoesNotContain("Echo.Unary", e.Message, StringComparison.Ordinal);
        Assert.Contains("Echo.Collect needs: public Task<EchoReply> Collect(IAsyncStreamReader<EchoRequest>, ServerCallContext)", e.Message, StringComparison.Ordinal);
        Assert.Contains("Echo.Expand needs: public Task Expand(EchoRequest, IServerStreamWriter<EchoReply>, ServerCallContext)", e.Message, StringComparison.Ordinal);
        Assert.Contains("Echo.Chat needs", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_is_added_once()
    {
        var services = new RpcServices().Add(EchoMethods.Service, new EchoService());
        Assert.Throws<InvalidOperationException>(() => services.Add(EchoMethods.Service, new EchoService()));
    }

    public sealed class Incomplete
    {
        public Task<EchoReply> Unary(EchoRequest request, ServerCallContext context) => Task.FromResult(new EchoReply());

        // Another kind, another return, another visibility.
        public Task<EchoReply> Collect(EchoRequest request, ServerCallContext context) => Task.FromResult(new EchoReply());

        public Task<EchoReply> Expand(EchoRequest request, IServerStreamWriter<EchoReply> replies, ServerCallContext context) => Unary(request, context);

        internal Task Chat(IAsyncStreamReader<EchoRequest> requests, IServerStreamWriter<EchoReply> replies, ServerCallContext context) => Task.CompletedTask;
    }
}
