using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum.Abi;
using Quorate.Chains.JsonRpc;

namespace Quorate.Chains.Ethereum.Rpc;

/// <summary>The questions that are asked of an Ethereum node, and its refusals as <see cref="ChainException"/>s.</summary>
sealed class EthereumNode(JsonRpcClient client)
{
    /// <summary>Where a call stands on a chain: a number, or a tag.</summary>
    internal const string Latest = "latest", Pending = "pending", Finalized = "finalized";

    static readonly AbiFunction error = AbiFunction.Parse("Error(string)");

    internal static JsonRpcCall Call(string method, params JsonNode?[] parameters) => new(method, new JsonArray(parameters));

    /// <summary>The results of several reads, in one request.</summary>
    /// <exception cref="ChainException">No answer, or an error among them.</exception>
    internal async Task<JsonElement[]> ReadAsync(CancellationToken cancellationToken, params JsonRpcCall[] calls)
    {
        var answers = await client.ReadAsync(calls, cancellationToken).ConfigureAwait(false);
        return [.. answers.Select((answer, i) => answer.Error is { } wrong ? throw Refusal(calls[i].Method, wrong) : answer.Result)];
    }

    /// <summary>The result of one read.</summary>
    /// <exception cref="ChainException">No answer, or an error.</exception>
    internal async Task<JsonElement> ReadAsync(string method, CancellationToken cancellationToken, params JsonNode?[] parameters) =>
        (await ReadAsync(cancellationToken, Call(method, parameters)).ConfigureAwait(false))[0];

    /// <summary>What eth_call says, or null and the reason where the call fails.</summary>
    internal async Task<(byte[]? Result, string? Revert)> TryCallAsync(JsonObject transaction, string block, CancellationToken cancellationToken)
    {
        var answer = (await client.ReadAsync([Call("eth_call", transaction, block)], cancellationToken).ConfigureAwait(false))[0];
        return answer.Error is { } wrong ? (null, RevertReason(wrong)) : (RpcJson.Bytes(answer.Result), null);
    }

    /// <summary>Sends a signed transaction, once; null where the node takes it, else its refusal.</summary>
    internal async Task<JsonRpcError?> SendAsync(ReadOnlyMemory<byte> signed, CancellationToken cancellationToken) =>
        (await client.WriteAsync(Call("eth_sendRawTransaction", RpcJson.Data(signed.Span)), cancellationToken).ConfigureAwait(false)).Error;

    /// <summary>What a contract gives as its reason: the text of Error(string) where it is one, else what the node says.</summary>
    static string RevertReason(JsonRpcError wrong)
    {
        if (wrong.Data is { ValueKind: JsonValueKind.String } text && text.GetString() is { } data && data.StartsWith("0x08c379a0", StringComparison.Ordinal))
        {
            try
            {
                return ((AbiValue.Text)error.Decode(Convert.FromHexString(data.AsSpan(2)))[0]).Value;
            }
            catch (FormatException)
            {
                // A contract can answer anything.
            }
        }
        return wrong.Message;
    }

    /// <summary>
    /// The kind of a refusal, by the words of geth, which other nodes copy more or less: the protocol has no codes for them.
    /// </summary>
    internal static ChainException Refusal(string method, JsonRpcError wrong)
    {
        var words = wrong.Message.ToLowerInvariant();
        bool Says(params ReadOnlySpan<string> phrases)
        {
            foreach (var phrase in phrases)
                if (words.Contains(phrase, StringComparison.Ordinal))
                    return true;
            return false;
        }
        var kind =
            Says("insufficient funds", "overshot") ? ChainError.InsufficientFunds
            : Says("nonce too low", "nonce is too low") ? ChainError.Stale
            : Says("underpriced", "max fee per gas less than block base fee", "fee too low", "feecap below", "below base fee") ? ChainError.FeeTooLow
            : Says("exceeds the configured cap") ? ChainError.FeeTooHigh
            : wrong.Code == -32601 ? ChainError.BadNode
            : Says("rate limit", "too many requests", "timeout", "timed out") || wrong.Code == -32005 ? ChainError.Unavailable
            : ChainError.Rejected;
        return new(kind, $"{method}: {RevertReason(wrong)}");
    }
}
