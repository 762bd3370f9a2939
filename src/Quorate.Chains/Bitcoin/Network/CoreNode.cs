using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Quorate.Chains.Bitcoin;

/// <summary>
/// The JSON-RPC of Bitcoin Core (from 25), without its wallet. It needs <c>txindex=1</c> to find confirmed transactions;
/// unspent outputs come from a scan of the whole set, which takes a minute on mainnet, confirmed ones alone. It keeps no
/// index of addresses, so it has no histories, and it names a spender only while that waits in the memory pool.
/// </summary>
/// <param name="client">Whose own timeout is longer than the limits'.</param>
/// <param name="url">Where the RPC server listens.</param>
/// <param name="user">rpcuser, or <c>__cookie__</c>.</param>
/// <param name="password">rpcpassword, or the cookie.</param>
/// <param name="time">The clock of deadlines and retries.</param>
/// <param name="limits">Deadlines and bounds.</param>
public sealed class CoreNode(HttpClient client, Uri url, string user, string password, TimeProvider time, NodeLimits? limits = null) : IBitcoinNode
{
    // Error codes of Bitcoin Core's rpc/protocol.h.
    const long NotFound = -5, InvalidParameter = -8, VerifyError = -25, VerifyRejected = -26, AlreadyInChain = -27;

    readonly NodeHttp http = new(
        client, url, limits ?? new(), time, "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    /// <inheritdoc/>
    public async Task<BlockReference> GetTipAsync(CancellationToken cancellationToken)
    {
        var info = await ReadAsync("getblockchaininfo", [], cancellationToken).ConfigureAwait(false);
        return new(NodeJson.Number(NodeJson.Field(info, "blocks")), BitcoinJson.BlockHash(NodeJson.Field(info, "bestblockhash")));
    }

    /// <inheritdoc/>
    public async Task<string?> GetBlockHashAsync(ulong height, CancellationToken cancellationToken)
    {
        var (result, error) = await CallAsync("getblockhash", [height], isRead: true, cancellationToken).ConfigureAwait(false);
        return error is null ? BitcoinJson.BlockHash(result) : error.Code == InvalidParameter ? null : throw error.ToException();
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<UnspentOutput>> GetUnspentAsync(IReadOnlyList<ReadOnlyMemory<byte>> scripts, CancellationToken cancellationToken)
    {
        // One scan for all: it reads the whole set however many scripts it looks for.
        var texts = scripts.Select(script => Convert.ToHexStringLower(script.Span)).ToArray();
        JsonArray descriptors = [.. texts.Select(text => (JsonNode)$"raw({text})")];
        var scan = await ReadAsync("scantxoutset", ["start", descriptors], cancellationToken).ConfigureAwait(false);
        var found = ImmutableArray.CreateBuilder<UnspentOutput>();
        foreach (var item in NodeJson.Items(NodeJson.Field(scan, "unspents")))
        {
            var point = new OutPoint(BitcoinJson.Id(NodeJson.Field(item, "txid")), BitcoinJson.OutputIndex(NodeJson.Field(item, "vout")));
            var script = Array.IndexOf(texts, NodeJson.Text(NodeJson.Field(item, "scriptPubKey")));
            if (script < 0)
                throw NodeJson.Malformed("one of the scripts asked for");
            // The scan knows blocks only; gettxout also knows what the memory pool spends.
            var output = await ReadAsync("gettxout", [point.Transaction.ToString(), point.Index, true], cancellationToken).ConfigureAwait(false);
            if (output.ValueKind != JsonValueKind.Null)
                found.Add(new(point, BitcoinJson.Bitcoin(NodeJson.Field(item, "amount")), script, IsConfirmed: true));
        }
        return found.ToImmutable();
    }

    /// <inheritdoc/>
    public async Task<BitcoinTransaction?> GetTransactionAsync(TxId id, CancellationToken cancellationToken)
    {
        if (await RawTransactionAsync(id, cancellationToken).ConfigureAwait(false) is not { } answer)
            return null;
        return LowerHex.TryParse(NodeJson.Text(NodeJson.Field(answer, "hex")), out var bytes)
            ? BitcoinJson.Transaction(bytes, id)
            : throw NodeJson.Malformed("a transaction in hexadecimal");
    }

    /// <inheritdoc/>
    public async Task<TransactionPlace?> FindAsync(TxId id, CancellationToken cancellationToken)
    {
        if (await RawTransactionAsync(id, cancellationToken).ConfigureAwait(false) is not { } answer)
            return null;
        if (NodeJson.Optional(answer, "blockhash") is not { } block)
            return new(null);
        var header = await ReadAsync("getblockheader", [BitcoinJson.BlockHash(block)], cancellationToken).ConfigureAwait(false);
        // −1: a block that the best chain has left.
        return NodeJson.Field(header, "confirmations") is { ValueKind: JsonValueKind.Number } confirmations && confirmations.GetDouble() < 0
            ? null
            : new(new(NodeJson.Number(NodeJson.Field(header, "height")), BitcoinJson.BlockHash(block)));
    }

    /// <inheritdoc/>
    public async Task<TxId?> GetSpenderAsync(OutPoint point, CancellationToken cancellationToken)
    {
        var asked = new JsonObject { ["txid"] = point.Transaction.ToString(), ["vout"] = point.Index };
        var answer = await ReadAsync("gettxspendingprevout", [new JsonArray(asked)], cancellationToken).ConfigureAwait(false);
        return NodeJson.Items(answer).Select(item => NodeJson.Optional(item, "spendingtxid")).FirstOrDefault() is { } spender ? BitcoinJson.Id(spender) : null;
    }

    /// <inheritdoc/>
    public async Task<FeeRate?> EstimateFeeRateAsync(int blocks, CancellationToken cancellationToken)
    {
        var answer = await ReadAsync("estimatesmartfee", [blocks], cancellationToken).ConfigureAwait(false);
        return NodeJson.Optional(answer, "feerate") is { ValueKind: JsonValueKind.Number } rate && rate.TryGetDecimal(out var value) && value > 0
            ? new(BitcoinJson.Bitcoin(rate))
            : null;
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<HistoryEntry>> GetHistoryAsync(ReadOnlyMemory<byte> script, CancellationToken cancellationToken) =>
        throw new ChainException(ChainError.Unsupported, "Bitcoin Core keeps no index of addresses: histories come from an Esplora server.");

    /// <inheritdoc/>
    public async Task SendAsync(ReadOnlyMemory<byte> transaction, CancellationToken cancellationToken)
    {
        var (_, error) = await CallAsync("sendrawtransaction", [Convert.ToHexStringLower(transaction.Span)], isRead: false, cancellationToken).ConfigureAwait(false);
        if (error is not null)
            throw error.Code is VerifyError or VerifyRejected or AlreadyInChain ? Rejection.From(error.Message) : error.ToException();
    }

    async Task<JsonElement?> RawTransactionAsync(TxId id, CancellationToken cancellationToken)
    {
        var (result, error) = await CallAsync("getrawtransaction", [id.ToString(), true], isRead: true, cancellationToken).ConfigureAwait(false);
        return error is null ? result : error.Code == NotFound ? null : throw error.ToException();
    }

    async Task<JsonElement> ReadAsync(string method, JsonArray parameters, CancellationToken cancellationToken)
    {
        var (result, error) = await CallAsync(method, parameters, isRead: true, cancellationToken).ConfigureAwait(false);
        return error is null ? result : throw error.ToException();
    }

    async Task<(JsonElement Result, RpcError? Error)> CallAsync(string method, JsonArray parameters, bool isRead, CancellationToken cancellationToken)
    {
        var request = new JsonObject { ["jsonrpc"] = "1.0", ["id"] = "quorate", ["method"] = method, ["params"] = parameters };
        var (status, body) = await http.PostAsync("", request.ToJsonString(), "application/json", isRead, cancellationToken, method).ConfigureAwait(false);
        if ((int)status is 401 or 403)
            throw new ChainException(ChainError.BadNode, "The node refuses the credentials.");
        if (body.Length == 0 || body[0] != (byte)'{')
            throw new ChainException(ChainError.Unavailable, $"The node answers {(int)status}: {EsploraNode.Shorten(body)}");
        var answer = NodeJson.Parse(body);
        if (NodeJson.Optional(answer, "error") is not { } error)
            return (NodeJson.Field(answer, "result"), null);
        var code = NodeJson.Field(error, "code") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var value) ? value : 0;
        return (default, new(code, NodeJson.Text(NodeJson.Field(error, "message"))));
    }

    sealed record RpcError(long Code, string Message)
    {
        // −28: the node is warming up.
        internal ChainException ToException() => new(
            Code == -28 ? ChainError.Unavailable : ChainError.BadNode, $"The node answers error {Code}: {Message}");
    }
}
