using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Chains.JsonRpc;
using static Quorate.Chains.NodeJson;

namespace Quorate.Chains.Solana.Rpc;

/// <summary>The questions that are asked of a Solana node.</summary>
sealed class SolanaNode(JsonRpcClient client)
{
    /// <summary>What a read looks at: the block that two thirds of the stake have voted for, or one that can not go back.</summary>
    internal const string Confirmed = "confirmed", Finalized = "finalized";

    /// <summary>The node's own newest block, which may yet lose.</summary>
    internal const string Processed = "processed";

    /// <summary>Bytes of an account's data that are asked for at most: a mint with every extension that there is, and text.</summary>
    internal const int MaxAccountData = 16 * 1024;

    internal static JsonRpcCall Call(string method, params JsonNode?[] parameters) => new(method, new JsonArray(parameters));

    internal static JsonObject At(string commitment) => new() { ["commitment"] = commitment };

    /// <summary>The results of several reads, in one request.</summary>
    /// <exception cref="ChainException">No answer, or an error among them.</exception>
    internal async Task<JsonElement[]> ReadAsync(CancellationToken cancellationToken, params JsonRpcCall[] calls)
    {
        var answers = await client.ReadAsync(calls, cancellationToken).ConfigureAwait(false);
        return [.. answers.Select((answer, i) => answer.Error is { } wrong ? throw SolanaRefusal.Of(calls[i].Method, wrong) : answer.Result)];
    }

    internal async Task<JsonElement> ReadAsync(JsonRpcCall call, CancellationToken cancellationToken) =>
        (await ReadAsync(cancellationToken, call).ConfigureAwait(false))[0];

    /// <summary>The result of a read, or the node's refusal.</summary>
    internal async Task<JsonRpcAnswer> TryReadAsync(JsonRpcCall call, CancellationToken cancellationToken) =>
        (await client.ReadAsync([call], cancellationToken).ConfigureAwait(false))[0];

    internal async Task<Blockhash> GenesisAsync(CancellationToken cancellationToken) =>
        SolanaJson.Hash(await ReadAsync(Call("getGenesisHash"), cancellationToken).ConfigureAwait(false));

    /// <summary>Accounts as of the confirmed block, in the order asked for; null for those that do not exist.</summary>
    internal async Task<SolanaAccountState?[]> AccountsAsync(IReadOnlyList<SolanaAddress> addresses, CancellationToken cancellationToken) =>
        (await AccountsAtAsync(addresses, Confirmed, cancellationToken).ConfigureAwait(false)).Value;

    /// <summary>The same at a commitment, with the slot that the answer is for.</summary>
    internal async Task<InContext<SolanaAccountState?[]>> AccountsAtAsync(
        IReadOnlyList<SolanaAddress> addresses, string commitment, CancellationToken cancellationToken)
    {
        var config = At(commitment);
        config["encoding"] = "base64";
        config["dataSlice"] = new JsonObject { ["offset"] = 0, ["length"] = MaxAccountData };
        var keys = new JsonArray([.. addresses.Select(a => (JsonNode)a.ToString())]);
        var (slot, value) = SolanaJson.Context(await ReadAsync(Call("getMultipleAccounts", keys, config), cancellationToken).ConfigureAwait(false));
        var accounts = Items(value).Select(SolanaJson.Account).ToArray();
        return accounts.Length == addresses.Count ? new(slot, accounts) : throw Malformed("one account for each that was asked for");
    }

    /// <summary>A recent blockhash and the last height at which it is good, with the slot that the answer is for.</summary>
    internal async Task<InContext<(Blockhash Hash, ulong LastHeight)>> BlockhashAsync(CancellationToken cancellationToken)
    {
        var (slot, value) = SolanaJson.Context(await ReadAsync(Call("getLatestBlockhash", At(Confirmed)), cancellationToken).ConfigureAwait(false));
        return new(slot, (SolanaJson.Hash(Field(value, "blockhash")), SolanaJson.Count(Field(value, "lastValidBlockHeight"))));
    }

    internal async Task<ulong> RentExemptionAsync(ulong size, CancellationToken cancellationToken) =>
        Number(await ReadAsync(Call("getMinimumBalanceForRentExemption", size), cancellationToken).ConfigureAwait(false));

    /// <summary>The slot and the height of the last block at a commitment, in one answer.</summary>
    internal async Task<(ulong Slot, ulong Height)> HeightAsync(string commitment, CancellationToken cancellationToken)
    {
        var info = await ReadAsync(Call("getEpochInfo", At(commitment)), cancellationToken).ConfigureAwait(false);
        return (SolanaJson.Count(Field(info, "absoluteSlot")), SolanaJson.Count(Field(info, "blockHeight")));
    }

    /// <summary>The first slot whose block the node still has.</summary>
    internal async Task<ulong> FirstSlotAsync(CancellationToken cancellationToken) =>
        SolanaJson.Count(await ReadAsync(Call("getFirstAvailableBlock"), cancellationToken).ConfigureAwait(false));

    /// <summary>What transactions that write to all of these accounts paid for a unit at least, a number per recent slot.</summary>
    internal async Task<ulong[]> UnitPricesAsync(IEnumerable<SolanaAddress> writable, CancellationToken cancellationToken)
    {
        var keys = new JsonArray([.. writable.Select(a => (JsonNode)a.ToString())]);
        var answer = await ReadAsync(Call("getRecentPrioritizationFees", keys), cancellationToken).ConfigureAwait(false);
        return [.. Items(answer).Select(slot => Number(Field(slot, "prioritizationFee")))];
    }

    /// <summary>
    /// Where a signature stands as of the slot of the answer; null where the node does not know it, neither among the
    /// recent ones nor in its ledger.
    /// </summary>
    internal async Task<InContext<SignatureStatus?>> StatusAsync(string signature, CancellationToken cancellationToken)
    {
        var call = Call("getSignatureStatuses", new JsonArray(signature), new JsonObject { ["searchTransactionHistory"] = true });
        var (slot, value) = SolanaJson.Context(await ReadAsync(call, cancellationToken).ConfigureAwait(false));
        var statuses = Items(value).ToArray();
        if (statuses.Length != 1)
            throw Malformed("one status");
        return new(slot, statuses[0].ValueKind == JsonValueKind.Null ? null : SignatureStatus.Read(statuses[0]));
    }

    /// <summary>The hash of a slot's block; null where the node does not have it.</summary>
    internal async Task<string?> BlockHashAsync(ulong slot, CancellationToken cancellationToken)
    {
        var config = At(Confirmed);
        (config["transactionDetails"], config["rewards"], config["maxSupportedTransactionVersion"]) = ("none", false, 0);
        var answer = await TryReadAsync(Call("getBlock", slot, config), cancellationToken).ConfigureAwait(false);
        return answer.Error is null && answer.Result.ValueKind == JsonValueKind.Object ? SolanaJson.Hash(Field(answer.Result, "blockhash")).ToString() : null;
    }

    /// <summary>Confirmed transactions by their ids.</summary>
    internal async Task<SolanaTransaction[]> TransactionsAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        static JsonObject Config()
        {
            var config = At(Confirmed);
            (config["encoding"], config["maxSupportedTransactionVersion"]) = ("base64", 0);
            return config;
        }
        var answers = await ReadAsync(cancellationToken, [.. ids.Select(id => Call("getTransaction", id, Config()))]).ConfigureAwait(false);
        return [.. answers.Select((answer, i) => SolanaJson.Transaction(Field(answer, "transaction")) is var t && t.Id == ids[i] ? t : throw Malformed("the transaction that was asked for"))];
    }

    /// <summary>What a transaction would come to on the confirmed block; signatures and blockhash are not looked at.</summary>
    internal async Task<Simulation> SimulateAsync(SolanaMessage message, CancellationToken cancellationToken)
    {
        var unsigned = new SolanaTransaction(message, [.. Enumerable.Repeat<ReadOnlyMemory<byte>>(new byte[SolanaTransaction.SignatureSize], message.RequiredSignatures)]);
        var config = At(Confirmed);
        (config["encoding"], config["sigVerify"], config["replaceRecentBlockhash"]) = ("base64", false, true);
        var call = Call("simulateTransaction", Convert.ToBase64String(unsigned.Encode()), config);
        return Simulation.Read(SolanaJson.Context(await ReadAsync(call, cancellationToken).ConfigureAwait(false)).Value);
    }

    /// <summary>Sends a signed transaction, once; null where the node takes it, else its refusal.</summary>
    /// <exception cref="ChainException">No answer, or the id of another transaction.</exception>
    internal async Task<JsonRpcError?> SendAsync(ReadOnlyMemory<byte> signed, string id, CancellationToken cancellationToken)
    {
        var config = new JsonObject { ["encoding"] = "base64", ["preflightCommitment"] = Confirmed };
        var answer = await client.WriteAsync(Call("sendTransaction", Convert.ToBase64String(signed.Span), config), cancellationToken).ConfigureAwait(false);
        return answer.Error is { } wrong ? wrong
            : SolanaJson.Signature(answer.Result) == id ? null
            : throw new ChainException(ChainError.BadNode, "The node has taken another transaction than was sent.");
    }
}
