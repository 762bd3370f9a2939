using Quorate.Chains;
using Quorate.Chains.Solana;

namespace Quorate.Server.Sagas;

/// <summary>What the desk asks of one of Solana's clusters. Adapters: a node's JSON-RPC, and a simulated cluster in tests.</summary>
interface ISolanaNetwork
{
    /// <summary>What messages mean.</summary>
    SolanaFormat Format { get; }

    /// <summary>The newest blockhash.</summary>
    Task<MessageLife> RecentAsync(CancellationToken cancellation);

    /// <summary>What a durable nonce holds in a final block; null where the account is none.</summary>
    Task<MessageLife?> DurableAsync(Address nonce, CancellationToken cancellation);

    /// <summary>The heights of the newest block and of the newest final one.</summary>
    Task<(ulong Newest, ulong Final)> HeightsAsync(CancellationToken cancellation);

    /// <summary>A message with this life.</summary>
    Task<ReadOnlyMemory<byte>> BuildAsync(Transfer transfer, Amount maxFee, MessageLife life, CancellationToken cancellation);

    /// <summary>The same at a higher price, or nothing, under the same value of a durable nonce.</summary>
    Task<ReadOnlyMemory<byte>> ReplaceAsync(ReadOnlyMemory<byte> unsigned, Amount maxFee, bool cancels, CancellationToken cancellation);

    /// <summary>What an account has.</summary>
    Task<Amount> BalanceAsync(Address account, AssetId asset, CancellationToken cancellation);

    /// <summary>Sends.</summary>
    Task<string> SendAsync(ReadOnlyMemory<byte> signed, CancellationToken cancellation);

    /// <summary>Where a signed message stands, under whatever signature. Dead only by a final block.</summary>
    Task<TransactionStatus> StatusAsync(ReadOnlyMemory<byte> signed, MessageWindow window, CancellationToken cancellation);
}

/// <summary>A node's JSON-RPC.</summary>
sealed class SolanaNetwork(SolanaChain chain, SolanaFormat format) : ISolanaNetwork
{
    public SolanaFormat Format => format;

    public Task<MessageLife> RecentAsync(CancellationToken cancellation) => chain.GetRecentAsync(cancellation);

    public Task<MessageLife?> DurableAsync(Address nonce, CancellationToken cancellation) => chain.GetDurableAsync(nonce, cancellation);

    public Task<(ulong Newest, ulong Final)> HeightsAsync(CancellationToken cancellation) => chain.GetHeightsAsync(cancellation);

    public async Task<ReadOnlyMemory<byte>> BuildAsync(Transfer transfer, Amount maxFee, MessageLife life, CancellationToken cancellation) =>
        (await chain.PlanOnAsync(transfer, maxFee, life, cancellation).ConfigureAwait(false)).Message;

    public Task<ReadOnlyMemory<byte>> ReplaceAsync(ReadOnlyMemory<byte> unsigned, Amount maxFee, bool cancels, CancellationToken cancellation) =>
        chain.ReplaceAsync(unsigned, maxFee, cancels, cancellation);

    public Task<Amount> BalanceAsync(Address account, AssetId asset, CancellationToken cancellation) => chain.GetBalanceAsync(account, asset, cancellation);

    public Task<string> SendAsync(ReadOnlyMemory<byte> signed, CancellationToken cancellation) => chain.BroadcastAsync(signed, cancellation);

    public Task<TransactionStatus> StatusAsync(ReadOnlyMemory<byte> signed, MessageWindow window, CancellationToken cancellation) =>
        chain.FollowAsync(signed, window, cancellation);
}
