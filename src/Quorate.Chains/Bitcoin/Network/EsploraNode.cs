using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Quorate.Chains.Bitcoin;

/// <summary>
/// The REST API of Blockstream's Esplora, which many explorers serve. Scripts are asked for by their hash, so that the
/// network's way of writing addresses does not matter.
/// </summary>
/// <param name="client">Whose own timeout is longer than the limits'.</param>
/// <param name="url">The API's root, with a slash at its end.</param>
/// <param name="time">The clock of deadlines and retries.</param>
/// <param name="limits">Deadlines and bounds.</param>
public sealed class EsploraNode(HttpClient client, Uri url, TimeProvider time, NodeLimits? limits = null) : IBitcoinNode
{
    /// <summary>Esplora serves histories in pages of 25; a wallet's address has no more of them than this.</summary>
    const int MaxHistoryPages = 40;

    readonly NodeHttp http = new(client, url, limits ?? new(), time);

    /// <inheritdoc/>
    public async Task<BlockReference> GetTipAsync(CancellationToken cancellationToken)
    {
        // Height and hash in two questions: a block may come between them, so the hash is asked for by the height.
        var height = Height(await TextAsync("blocks/tip/height", cancellationToken).ConfigureAwait(false));
        var hash = await GetBlockHashAsync(height, cancellationToken).ConfigureAwait(false);
        return new(height, hash ?? throw NodeJson.Malformed("the hash of its own tip"));
    }

    /// <inheritdoc/>
    public async Task<string?> GetBlockHashAsync(ulong height, CancellationToken cancellationToken)
    {
        var (status, body) = await http.GetAsync($"block-height/{BitcoinJson.Decimal(height)}", cancellationToken).ConfigureAwait(false);
        return status == HttpStatusCode.NotFound ? null : BitcoinJson.BlockHash(Text(status, body));
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<UnspentOutput>> GetUnspentAsync(IReadOnlyList<ReadOnlyMemory<byte>> scripts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(scripts);
        var found = ImmutableArray.CreateBuilder<UnspentOutput>();
        for (var i = 0; i < scripts.Count; i++)
        {
            var answer = await JsonAsync($"scripthash/{ScriptHash(scripts[i])}/utxo", cancellationToken).ConfigureAwait(false);
            found.AddRange(NodeJson.Items(answer).Select(item => new UnspentOutput(
                new(BitcoinJson.Id(NodeJson.Field(item, "txid")), BitcoinJson.OutputIndex(NodeJson.Field(item, "vout"))),
                BitcoinJson.Satoshi(NodeJson.Field(item, "value")), i,
                NodeJson.Flag(NodeJson.Field(NodeJson.Field(item, "status"), "confirmed")))));
        }
        return found.ToImmutable();
    }

    /// <inheritdoc/>
    public async Task<BitcoinTransaction?> GetTransactionAsync(TxId id, CancellationToken cancellationToken)
    {
        var (status, body) = await http.GetAsync($"tx/{id}/raw", cancellationToken).ConfigureAwait(false);
        return status switch
        {
            HttpStatusCode.OK => BitcoinJson.Transaction(body, id),
            HttpStatusCode.NotFound => null,
            _ => throw Failed(status, body),
        };
    }

    /// <inheritdoc/>
    public async Task<TransactionPlace?> FindAsync(TxId id, CancellationToken cancellationToken)
    {
        var (status, body) = await http.GetAsync($"tx/{id}", cancellationToken).ConfigureAwait(false);
        return status switch
        {
            HttpStatusCode.OK => new(Block(NodeJson.Field(NodeJson.Parse(body), "status"))),
            HttpStatusCode.NotFound => null,
            _ => throw Failed(status, body),
        };
    }

    /// <inheritdoc/>
    public async Task<TxId?> GetSpenderAsync(OutPoint point, CancellationToken cancellationToken)
    {
        var (status, body) = await http.GetAsync(
            string.Create(CultureInfo.InvariantCulture, $"tx/{point.Transaction}/outspend/{point.Index}"), cancellationToken).ConfigureAwait(false);
        if (status == HttpStatusCode.NotFound)
            return null;
        var answer = NodeJson.Parse(Expect(status, body));
        return NodeJson.Flag(NodeJson.Field(answer, "spent")) ? BitcoinJson.Id(NodeJson.Field(answer, "txid")) : null;
    }

    /// <inheritdoc/>
    public async Task<FeeRate?> EstimateFeeRateAsync(int blocks, CancellationToken cancellationToken)
    {
        var answer = await JsonAsync("fee-estimates", cancellationToken).ConfigureAwait(false);
        if (answer.ValueKind != JsonValueKind.Object)
            throw NodeJson.Malformed("fee estimates");
        // The longest target that is not above ours; targets between two of its own are not listed.
        return answer.EnumerateObject()
            .Where(e => int.TryParse(e.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var target) && target <= blocks)
            .OrderByDescending(e => int.Parse(e.Name, CultureInfo.InvariantCulture))
            .Select(e => (FeeRate?)BitcoinJson.SatoshiPerByte(e.Value))
            .FirstOrDefault();
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<HistoryEntry>> GetHistoryAsync(ReadOnlyMemory<byte> script, CancellationToken cancellationToken)
    {
        var path = $"scripthash/{ScriptHash(script)}/txs";
        var entries = ImmutableArray.CreateBuilder<HistoryEntry>();
        for (var page = 0; page < MaxHistoryPages; page++)
        {
            var last = entries.LastOrDefault(e => e.Block is not null);
            var items = NodeJson.Items(await JsonAsync(page == 0 ? path : $"{path}/chain/{last!.Id}", cancellationToken).ConfigureAwait(false)).ToArray();
            entries.AddRange(items.Select(item => new HistoryEntry(BitcoinJson.Id(NodeJson.Field(item, "txid")), Block(NodeJson.Field(item, "status")))));
            if (items.Length == 0 || entries.All(e => e.Block is null))
                return entries.ToImmutable();
        }
        throw new ChainException(ChainError.BadNode, "The address has a longer history than is read.");
    }

    /// <inheritdoc/>
    public async Task SendAsync(ReadOnlyMemory<byte> transaction, CancellationToken cancellationToken)
    {
        var (status, body) = await http.PostAsync("tx", Convert.ToHexStringLower(transaction.Span), "text/plain", isRead: false, cancellationToken).ConfigureAwait(false);
        if (status == HttpStatusCode.BadRequest)
            throw Rejection.From(Shorten(body));
        Expect(status, body);
    }

    static BlockReference? Block(JsonElement status) => NodeJson.Flag(NodeJson.Field(status, "confirmed"))
        ? new(NodeJson.Number(NodeJson.Field(status, "block_height")), BitcoinJson.BlockHash(NodeJson.Field(status, "block_hash")))
        : null;

    static string ScriptHash(ReadOnlyMemory<byte> script) => Convert.ToHexStringLower(SHA256.HashData(script.Span));

    static ulong Height(string text) => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var height) ? height : throw NodeJson.Malformed("a height");

    async Task<JsonElement> JsonAsync(string path, CancellationToken cancellationToken)
    {
        var (status, body) = await http.GetAsync(path, cancellationToken).ConfigureAwait(false);
        return NodeJson.Parse(Expect(status, body));
    }

    async Task<string> TextAsync(string path, CancellationToken cancellationToken)
    {
        var (status, body) = await http.GetAsync(path, cancellationToken).ConfigureAwait(false);
        return Text(status, body);
    }

    static string Text(HttpStatusCode status, byte[] body) => Encoding.ASCII.GetString(Expect(status, body)).Trim();

    static byte[] Expect(HttpStatusCode status, byte[] body) => status == HttpStatusCode.OK ? body : throw Failed(status, body);

    static ChainException Failed(HttpStatusCode status, byte[] body) => new(
        (int)status >= 500 || status == HttpStatusCode.TooManyRequests ? ChainError.Unavailable : ChainError.BadNode,
        $"The node answers {(int)status}: {Shorten(body)}");

    internal static string Shorten(byte[] body) => Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 300)));
}
