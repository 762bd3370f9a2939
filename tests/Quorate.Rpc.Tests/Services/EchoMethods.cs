using Google.Protobuf.Reflection;
using Quorate.Rpc.Tests.V1;

namespace Quorate.Rpc.Tests.Services;

static class EchoMethods
{
    internal static readonly ServiceDescriptor Service = EchoReflection.Descriptor.Services[0];

    internal static readonly Method<EchoRequest, EchoReply>
        Unary = new(Service, "Unary"), Collect = new(Service, "Collect"), Expand = new(Service, "Expand"), Chat = new(Service, "Chat");
}
