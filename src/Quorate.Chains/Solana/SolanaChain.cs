using System.Collections.Immutable;
using Quorate.Chains.Solana.Rpc;

namespace Quorate.Chains.Solana;

/// <summary>
/// One of Solana's clusters behind a node's JSON-RPC. State is read as confirmed. One object for all accounts: it sees to
/// it that no two transfers become the same message.
/// </summary>
public sealed partial class SolanaChain : IChain
{
    readonly SolanaFormat format;
    readonly SolanaNode node;
    readonly SolanaChainOptions options;
    readonly WindowBook book = new();
    volatile bool isChecked;

    /// <summary>A chain behind a node.</summary>
    /// <param name="format">The chain.</param>
    /// <param name="http">How to reach the node; stays the caller's.</param>
    /// <param name="url">The node's JSON-RPC endpoint.</param>
    /// <param name="options">How the chain is used.</param>
    /// <param name="time">The clock of deadlines and retries.</param>
    public SolanaChain(SolanaFormat format, HttpClient http, Uri url, SolanaChainOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(format);
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(url);
        this.format = format;
        this.options = options ?? new();
        node = new(new(http, url, this.options.Limits, this.options.MaxBatch, time ?? TimeProvider.System));
    }

    /// <inheritdoc/>
    public ChainId Chain => format.Chain;

    /// <inheritdoc/>
    public AssetId Coin => format.Coin;

    /// <inheritdoc/>
    public Address ParseAddress(string text) => format.ParseAddress(text);

    /// <inheritdoc/>
    public Effects Decode(ReadOnlyMemory<byte> transaction, DecodeContext context) => format.Decode(transaction, context);

    /// <inheritdoc/>
    public string? WhyNotReplacing(ReadOnlyMemory<byte> original, ReadOnlyMemory<byte> replacement, DecodeContext context) =>
        format.WhyNotReplacing(original, replacement, context);

    /// <inheritdoc/>
    public ImmutableArray<SigningInput> GetSigningInputs(ReadOnlyMemory<byte> unsigned, DecodeContext context) =>
        format.GetSigningInputs(unsigned, context);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Assemble(
        ReadOnlyMemory<byte> unsigned, DecodeContext context, IReadOnlyList<InputSignature> signatures) =>
        format.Assemble(unsigned, context, signatures);

    /// <summary>Why a transaction would fail on the confirmed block, in words; null where it would not.</summary>
    /// <exception cref="FormatException">Not a transaction of this chain.</exception>
    /// <exception cref="ChainException">The node fails.</exception>
    public async Task<string?> SimulateAsync(ReadOnlyMemory<byte> unsigned, CancellationToken cancellationToken)
    {
        var message = SolanaMessage.Decode(unsigned.Span);
        await CheckAsync(cancellationToken).ConfigureAwait(false);
        var simulation = await node.SimulateAsync(message, cancellationToken).ConfigureAwait(false);
        return simulation.Error is null ? null : simulation.Reason;
    }

    /// <summary>Makes sure, once, that the node is one of this cluster.</summary>
    async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (isChecked)
            return;
        var actual = await node.GenesisAsync(cancellationToken).ConfigureAwait(false);
        isChecked = actual == format.Cluster.GenesisHash
            ? true
            : throw new ChainException(ChainError.BadNode, $"The node is one of the cluster with the first block {actual}, not of {format.Cluster.Name}.");
    }
}
