using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum.Abi;
using Quorate.Chains.Ethereum.Rpc;
using Quorate.Chains.JsonRpc;
using Quorate.Cryptography.Hashing;

namespace Quorate.Chains.Ethereum;

/// <summary>A transfer of a token as a contract has reported it in an event.</summary>
/// <param name="TransactionId">The transaction that caused it.</param>
/// <param name="BlockHeight">The block it is in.</param>
/// <param name="LogIndex">The event's number within the block.</param>
/// <param name="Transfer">What went from whom to whom.</param>
public sealed record TokenTransfer(string TransactionId, ulong BlockHeight, ulong LogIndex, Effect.Transfer Transfer);

// What accounts have, and what tokens say has come and gone.
public sealed partial class EthereumChain
{
    static readonly AbiFunction balanceOf = AbiFunction.Parse("balanceOf(address owner)");
    static readonly AbiFunction balanceOfToken = AbiFunction.Parse("balanceOf(address owner,uint256 id)");
    static readonly AbiFunction ownerOf = AbiFunction.Parse("ownerOf(uint256 id)");
    static readonly string transferred = Topic("Transfer(address,address,uint256)");
    static readonly string transferredAmount = Topic("TransferSingle(address,address,address,uint256,uint256)");

    /// <inheritdoc/>
    /// <remarks>The latest block's state. Of a collection's token the balance is 1 or 0.</remarks>
    public async Task<Amount> GetBalanceAsync(Address account, AssetId asset, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(asset);
        var owner = format.ToBytes(account);
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        if (asset == Coin)
            return RpcJson.Number(await node.ReadAsync("eth_getBalance", cancellationToken, owner.ToString(), EthereumNode.Latest).ConfigureAwait(false));
        if (asset.Chain != Chain || !EthereumAddress.TryParse(asset.Reference, out var contract))
            throw new ChainException(ChainError.Unsupported, $"{asset} is no asset of {Chain}.");
        switch (asset.Namespace, asset.Token)
        {
            case ("erc20" or "erc721", null):
                return await WordAsync(contract, balanceOf.Encode(AbiValue.From(owner)), asset, cancellationToken).ConfigureAwait(false);
            case ("erc721", { } id) when Amount.TryParse(id, out var number):
                var holder = await WordAsync(contract, ownerOf.Encode(AbiValue.From(number)), asset, cancellationToken).ConfigureAwait(false);
                return AbiValue.From(holder) == AbiValue.From(owner) ? 1UL : 0UL;
            case ("erc1155", { } id) when Amount.TryParse(id, out var number):
                return await WordAsync(contract, balanceOfToken.Encode(AbiValue.From(owner), AbiValue.From(number)), asset, cancellationToken).ConfigureAwait(false);
            default:
                throw new ChainException(ChainError.Unsupported, $"Balances of {asset} are not understood.");
        }
    }

    /// <summary>
    /// The transfers of tokens to and from an account that contracts have reported between two blocks, both included, in
    /// order. A plain node has no index of coins by account: payments of coins, batches of EIP-1155 and what contracts do
    /// without an event are not here. An event is a contract's word: count what you hold by
    /// <see cref="GetBalanceAsync"/> and only of tokens you know.
    /// </summary>
    /// <exception cref="ChainException">The node fails, or refuses so many blocks.</exception>
    public async Task<IReadOnlyList<TokenTransfer>> GetTokenTransfersAsync(
        Address account, ulong fromBlock, ulong toBlock, CancellationToken cancellationToken)
    {
        var topic = "0x" + new string('0', 24) + format.ToBytes(account).ToString()[2..].ToLowerInvariant();
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        var found = new SortedDictionary<(ulong, ulong), TokenTransfer>();
        for (var first = fromBlock; first <= toBlock; first += options.MaxLogBlocks)
        {
            var last = Math.Min(toBlock, first + options.MaxLogBlocks - 1);
            JsonRpcCall Logs(params JsonNode?[] topics) => EthereumNode.Call("eth_getLogs", new JsonObject
            {
                ["fromBlock"] = RpcJson.Quantity(first), ["toBlock"] = RpcJson.Quantity(last), ["topics"] = new JsonArray(topics),
            });
            var results = await node.ReadAsync(cancellationToken,
                Logs(transferred, topic), Logs(transferred, null, topic),
                Logs(transferredAmount, null, topic), Logs(transferredAmount, null, null, topic)).ConfigureAwait(false);
            foreach (var log in results.SelectMany(r => RpcJson.Items(r)))
                if (ReadTransfer(log) is { } transfer)
                    found[(transfer.BlockHeight, transfer.LogIndex)] = transfer;
        }
        return [.. found.Values];
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The transactions of <see cref="GetTokenTransfersAsync"/> in the last <see cref="EthereumChainOptions.HistoryBlocks"/>:
    /// no node has an index of coins by account.
    /// </remarks>
    public async Task<ImmutableArray<AccountTransaction>> GetHistoryAsync(Address account, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        var head = RpcJson.UInt64(await node.ReadAsync("eth_blockNumber", cancellationToken).ConfigureAwait(false));
        var first = head > options.HistoryBlocks ? head - options.HistoryBlocks : 0;
        var found = ImmutableArray.CreateBuilder<AccountTransaction>();
        for (var end = head + 1; end > first && found.Count < limit;)
        {
            var start = end - first > options.MaxLogBlocks ? end - options.MaxLogBlocks : first;
            var transfers = await GetTokenTransfersAsync(account, start, end - 1, cancellationToken).ConfigureAwait(false);
            // One transaction may report several, and they stand together.
            foreach (var transfer in transfers.Reverse())
            {
                if (found.Count < limit && (found.Count == 0 || found[^1].TransactionId != transfer.TransactionId))
                    found.Add(new(transfer.TransactionId, transfer.BlockHeight));
            }
            end = start;
        }
        return found.DrainToImmutable();
    }

    TokenTransfer? ReadTransfer(JsonElement log)
    {
        var topics = RpcJson.Items(RpcJson.Member(log, "topics")).Select(RpcJson.Bytes).ToArray();
        var (data, contract) = (RpcJson.Bytes(RpcJson.Member(log, "data")), RpcJson.Address(RpcJson.Member(log, "address")));
        var kind = (topics.Length, data.Length, RpcJson.Data(topics[0])) switch
        {
            (3, 32, var t) when t == transferred => TokenKind.Erc20,
            (4, 0, var t) when t == transferred => TokenKind.Erc721,
            (4, 64, var t) when t == transferredAmount => TokenKind.Erc1155,
            // Of the same name, and no standard's.
            _ => (TokenKind?)null,
        };
        if (kind is not { } standard || topics.Any(t => t.Length != 32))
            return null;
        var party = standard == TokenKind.Erc1155 ? 2 : 1;
        var (from, to) = (new EthereumAddress(topics[party].AsSpan(12)), new EthereumAddress(topics[party + 1].AsSpan(12)));
        var (id, amount) = standard switch
        {
            TokenKind.Erc20 => ((Amount?)null, Amount.FromBigEndian(data)),
            TokenKind.Erc721 => (Amount.FromBigEndian(topics[3]), 1UL),
            _ => (Amount.FromBigEndian(data.AsSpan(0, 32)), Amount.FromBigEndian(data.AsSpan(32))),
        };
        return new(
            RpcJson.Hash(RpcJson.Member(log, "transactionHash")), RpcJson.UInt64(RpcJson.Member(log, "blockNumber")), RpcJson.UInt64(RpcJson.Member(log, "logIndex")),
            new(format.ToAddress(from), to.IsZero ? null : format.ToAddress(to), format.Token(standard, contract, id), amount, from == to));
    }

    async Task<Amount> WordAsync(EthereumAddress contract, byte[] call, AssetId asset, CancellationToken cancellationToken)
    {
        var (result, revert) = await node.TryCallAsync(
            new() { ["to"] = contract.ToString(), ["data"] = RpcJson.Data(call) }, EthereumNode.Latest, cancellationToken).ConfigureAwait(false);
        return result is { Length: 32 }
            ? Amount.FromBigEndian(result)
            : throw new ChainException(ChainError.Unsupported, $"{asset} is not there: {revert ?? "no such contract"}.");
    }

    static string Topic(string signature) => RpcJson.Data(Keccak256.HashData(Encoding.ASCII.GetBytes(signature)));
}
