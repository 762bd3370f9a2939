using Google.Protobuf;

namespace Quorate.Rpc.Server;

/// <summary>What stands before the calls of a server: who calls, whether they may, what was answered to the same before.</summary>
public interface ICallGuard
{
    /// <summary>
    /// Asked when nothing but the headers is known. It may have the content read: <see cref="ServerCallContext.HoldContentAsync"/>.
    /// </summary>
    /// <exception cref="RpcException">The call ends here.</exception>
    Task EnterAsync(ServerCallContext context);

    /// <summary>Stands around a method that takes one request.</summary>
    /// <param name="request">The request.</param>
    /// <param name="context">The call.</param>
    /// <param name="method">Runs the method; its answer is null where it answers with a stream.</param>
    /// <returns>The answer, the method's or another of its type.</returns>
    /// <exception cref="RpcException">The call ends so.</exception>
    Task<IMessage?> AnswerAsync(IMessage request, ServerCallContext context, Func<Task<IMessage?>> method);
}
