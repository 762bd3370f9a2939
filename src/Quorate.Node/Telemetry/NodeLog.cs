using Microsoft.Extensions.Logging;
using Quorate.Policies;
using Quorate.Rpc;

namespace Quorate.Node.Telemetry;

/// <summary>What a node says to its operator while it runs. Names, numbers and kinds; never what it judges or signs.</summary>
static partial class NodeLog
{
    /// <summary>A method ended with what is no answer of its.</summary>
    internal static bool IsUnexpected(Exception problem) => problem is not (RpcException or OperationCanceledException);

    [LoggerMessage(3001, LogLevel.Error, "A question of the server failed.")]
    internal static partial void QuestionFailed(ILogger logger, Exception problem);

    [LoggerMessage(3002, LogLevel.Warning, "A session that {Lead} leads failed.")]
    internal static partial void SessionFailed(ILogger logger, NodeId lead, Exception problem);

    [LoggerMessage(3003, LogLevel.Information, "Ready, with {Wallets} wallets and {Peers} other nodes.")]
    internal static partial void Ready(ILogger logger, int wallets, int peers);
}
