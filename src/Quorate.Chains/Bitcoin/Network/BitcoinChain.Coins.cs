using System.Collections.Immutable;

namespace Quorate.Chains.Bitcoin;

/// <summary>An output on one of the wallet's addresses that nobody spends, as the node says.</summary>
/// <param name="Output">The output.</param>
/// <param name="IsChange">Which branch of the wallet its address is on.</param>
/// <param name="Index">The address's index there.</param>
public sealed record WalletOutput(UnspentOutput Output, bool IsChange, uint Index);

/// <summary>An output of a transaction that pays the wallet.</summary>
/// <param name="Index">Its place among the outputs.</param>
/// <param name="Value">In satoshi.</param>
/// <param name="Owner">The wallet's script.</param>
/// <param name="IsChange">Which branch of the wallet the script is on.</param>
/// <param name="ScriptIndex">The script's index there.</param>
public sealed record OwnOutput(uint Index, ulong Value, WalletScript Owner, bool IsChange, uint ScriptIndex);

// Coins for who keeps a list of them: the parts that planning is made of.
public sealed partial class BitcoinChain
{
    /// <summary>The wallet that pays.</summary>
    public DescriptorWallet Wallet => wallet;

    /// <summary>What is unspent on the wallet's addresses; what waits in the memory pool included.</summary>
    /// <exception cref="ChainException">The node fails, or there are more than <see cref="BitcoinChainOptions.MaxCoins"/>.</exception>
    public async Task<ImmutableArray<WalletOutput>> GetOutputsAsync(CancellationToken cancellationToken)
    {
        var found = await GetUnspentAsync(cancellationToken).ConfigureAwait(false);
        return
        [
            .. found.Select(f =>
            {
                var (isChange, index) = Place(f.Script);
                return new WalletOutput(f.Output, isChange, index);
            }),
        ];
    }

    /// <summary>A coin of the wallet, with the transaction that proves it.</summary>
    /// <param name="point">Which output.</param>
    /// <param name="value">In satoshi.</param>
    /// <param name="isChange">Which branch its address is on.</param>
    /// <param name="index">The address's index there.</param>
    /// <param name="isConfirmed">Whether it is in a block.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ChainException">The node fails; Unavailable where it does not know the transaction.</exception>
    public async Task<Coin> GetCoinAsync(OutPoint point, ulong value, bool isChange, uint index, bool isConfirmed, CancellationToken cancellationToken)
    {
        var previous = await node.GetTransactionAsync(point.Transaction, cancellationToken).ConfigureAwait(false)
            ?? throw new ChainException(ChainError.Unavailable, $"The node does not know the transaction of {point}.");
        return ToCoin(new(point, value, 0, isConfirmed), ScriptAt(isChange, index), previous);
    }

    /// <summary>The wallet's script on a branch; every index has one.</summary>
    public WalletScript ScriptAt(bool isChange, uint index) => wallet.Peek(isChange, wallet.HasRange(isChange) ? index : 0);

    /// <summary>Which of a PSBT's outputs pay the wallet, as the wallet finds by deriving them itself.</summary>
    /// <exception cref="FormatException">The bytes are no PSBT.</exception>
    public ImmutableArray<OwnOutput> FindOwn(ReadOnlyMemory<byte> unsigned)
    {
        var psbt = Psbt.Decode(unsigned.Span);
        var found = ImmutableArray.CreateBuilder<OwnOutput>();
        for (var i = 0; i < psbt.Outputs.Length; i++)
        {
            var output = psbt.Transaction.Outputs[i];
            if (wallet.Find(output.Script.Span, psbt.Outputs[i].Derivations, isCoin: false) is { } owner)
            {
                var (isChange, index) = Place(owner);
                found.Add(new((uint)i, output.Value, owner, isChange, index));
            }
        }
        return found.ToImmutable();
    }

    /// <summary>Whether a PSBT's inputs are all of the wallet's own scripts.</summary>
    /// <exception cref="FormatException">The bytes are no PSBT, or it contradicts itself.</exception>
    public bool OwnsInputs(ReadOnlyMemory<byte> unsigned)
    {
        var psbt = Psbt.Decode(unsigned.Span);
        return SpentOutput.ReadAll(psbt).Zip(psbt.Inputs).All(pair =>
            pair.First.Output is { } output && wallet.Find(output.Script.Span, pair.Second.Derivations, isCoin: true) is not null);
    }

    /// <summary>The virtual size of a transaction that the node knows; null where it does not.</summary>
    /// <exception cref="ChainException">The node fails.</exception>
    public async Task<int?> GetVirtualSizeAsync(TxId id, CancellationToken cancellationToken) =>
        (await node.GetTransactionAsync(id, cancellationToken).ConfigureAwait(false))?.VirtualSize;

    /// <summary>The transaction that spends an output, in a block or waiting; null for none that the node knows of.</summary>
    /// <exception cref="ChainException">The node fails.</exception>
    public Task<TxId?> GetSpenderAsync(OutPoint point, CancellationToken cancellationToken) => node.GetSpenderAsync(point, cancellationToken);

    // A descriptor of one script has no index, and one branch for both is the one that receives.
    (bool IsChange, uint Index) Place(WalletScript script)
    {
        if (!wallet.HasRange(isChange: false))
            return (false, 0);
        var index = script.Path.Indices[^1];
        return (!wallet.HasOneBranch && wallet.Peek(isChange: true, index).Path.Equals(script.Path), index);
    }
}
