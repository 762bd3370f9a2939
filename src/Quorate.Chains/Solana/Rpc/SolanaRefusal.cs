using System.Text.Json;
using Quorate.Chains.JsonRpc;
using Quorate.Chains.Solana.Programs;
using static Quorate.Chains.NodeJson;

namespace Quorate.Chains.Solana.Rpc;

/// <summary>What a node's refusals mean.</summary>
static class SolanaRefusal
{
    // The codes of Agave's RPC server.
    const long MethodNotFound = -32601, PreflightFailure = -32002, NodeUnhealthy = -32005, NoSnapshot = -32008, MinContextSlotNotReached = -32016;

    /// <summary>The System program's "not so many lamports", and the same of both token programs.</summary>
    const ulong NotEnough = 1;

    /// <summary>A refusal of a call that only reads.</summary>
    internal static ChainException Of(string method, JsonRpcError wrong) => new(
        wrong.Code switch
        {
            NodeUnhealthy or NoSnapshot or MinContextSlotNotReached => ChainError.Unavailable,
            MethodNotFound => ChainError.BadNode,
            _ when wrong.Message.Contains("rate limit", StringComparison.OrdinalIgnoreCase)
                || wrong.Message.Contains("too many requests", StringComparison.OrdinalIgnoreCase) => ChainError.Unavailable,
            _ => ChainError.Rejected,
        },
        $"{method}: {wrong.Message} ({wrong.Code})");

    /// <summary>Why a transaction that was sent would fail, where the node has tried it.</summary>
    internal static Simulation? Preflight(JsonRpcError wrong) =>
        wrong.Code == PreflightFailure && wrong.Data is { ValueKind: JsonValueKind.Object } data && Optional(data, "err") is not null ? Simulation.Read(data) : null;

    /// <summary>The kind of a transaction's error.</summary>
    internal static ChainError KindOf(TransactionError error, SolanaMessage message) => error.Name switch
    {
        TransactionError.BlockhashNotFound => ChainError.Stale,
        "AccountNotFound" or "InsufficientFundsForFee" => ChainError.InsufficientFunds,
        "InsufficientFundsForRent" => ChainError.Dust,
        "InstructionError" when error is { Cause: "Custom", Code: NotEnough, Index: { } index } && index < (ulong)message.Instructions.Length
            && message.Accounts[message.Instructions[(int)index].Program] is var program && (program == ProgramIds.System || ProgramIds.IsToken(program))
            => ChainError.InsufficientFunds,
        "InstructionError" when error.Cause == "InsufficientFunds" => ChainError.InsufficientFunds,
        _ => ChainError.Rejected,
    };
}
