using Quorate.Chains;
using Quorate.Chains.Ethereum;

namespace Quorate.Server.Sagas;

/// <summary>What the desk asks of a chain of Ethereum's kind. Adapters: a node's JSON-RPC, and a simulated chain in tests.</summary>
interface IEthereumNetwork
{
    /// <summary>What transactions and messages mean.</summary>
    EthereumFormat Format { get; }

    /// <summary>A transaction with this nonce.</summary>
    Task<ReadOnlyMemory<byte>> BuildAsync(Transfer transfer, Amount maxFee, ulong nonce, CancellationToken cancellation);

    /// <summary>The same or nothing, with the same nonce, at fees that replace it.</summary>
    Task<ReadOnlyMemory<byte>> ReplaceAsync(ReadOnlyMemory<byte> unsigned, DecodeContext context, Amount maxFee, bool cancels, CancellationToken cancellation);

    /// <summary>How many transactions an account has in blocks, with those in the pool, and in final blocks.</summary>
    Task<(ulong Mined, ulong Pending, ulong Final)> CountsAsync(Address account, CancellationToken cancellation);

    /// <summary>What an account has.</summary>
    Task<Amount> BalanceAsync(Address account, AssetId asset, CancellationToken cancellation);

    /// <summary>Sends.</summary>
    Task<string> SendAsync(ReadOnlyMemory<byte> signed, CancellationToken cancellation);

    /// <summary>Where a signed transaction stands.</summary>
    Task<TransactionStatus> StatusAsync(ReadOnlyMemory<byte> signed, CancellationToken cancellation);
}

/// <summary>A node's JSON-RPC.</summary>
sealed class EthereumNetwork(EthereumChain chain) : IEthereumNetwork
{
    public EthereumFormat Format => chain.Format;

    public Task<ReadOnlyMemory<byte>> BuildAsync(Transfer transfer, Amount maxFee, ulong nonce, CancellationToken cancellation) =>
        chain.BuildAsync(transfer, maxFee, nonce, cancellation);

    public Task<ReadOnlyMemory<byte>> ReplaceAsync(
        ReadOnlyMemory<byte> unsigned, DecodeContext context, Amount maxFee, bool cancels, CancellationToken cancellation) =>
        cancels ? chain.CancelAsync(unsigned, context, maxFee, cancellation) : chain.SpeedUpAsync(unsigned, context, maxFee, cancellation);

    public Task<(ulong Mined, ulong Pending, ulong Final)> CountsAsync(Address account, CancellationToken cancellation) =>
        chain.GetNonceCountsAsync(account, cancellation);

    public Task<Amount> BalanceAsync(Address account, AssetId asset, CancellationToken cancellation) => chain.GetBalanceAsync(account, asset, cancellation);

    public Task<string> SendAsync(ReadOnlyMemory<byte> signed, CancellationToken cancellation) => chain.BroadcastAsync(signed, cancellation);

    public Task<TransactionStatus> StatusAsync(ReadOnlyMemory<byte> signed, CancellationToken cancellation) => chain.GetStatusAsync(signed, cancellation);
}
