using Google.Protobuf.Reflection;

namespace Quorate.Rpc.Server;

/// <summary>A method of a descriptor with the code that answers it.</summary>
/// <param name="Descriptor">The method.</param>
/// <param name="Path">Where gRPC clients ask for it.</param>
/// <param name="Invoke">Runs the service's method over a call's messages.</param>
/// <param name="Guard">Stands before it; null where nobody does.</param>
sealed record BoundMethod(MethodDescriptor Descriptor, string Path, Func<ServerCall, Task> Invoke, ICallGuard? Guard);
