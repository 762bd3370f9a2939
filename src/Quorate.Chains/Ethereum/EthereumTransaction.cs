using System.Collections.Immutable;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Ethereum;

/// <summary>The kinds of transaction, by their EIP-2718 type.</summary>
public enum EthereumTransactionType
{
    /// <summary>The first kind, bound to a chain by EIP-155, or to none.</summary>
    Legacy = 0,

    /// <summary>EIP-2930: an access list and one gas price.</summary>
    AccessList = 1,

    /// <summary>EIP-1559: a fee and a tip.</summary>
    FeeMarket = 2,

    /// <summary>EIP-7702: authorisations by which accounts take on code.</summary>
    SetCode = 4,
}

/// <summary>An account and the storage slots, 32 bytes each, that a transaction says it touches.</summary>
public sealed record AccessListEntry(EthereumAddress Address, ImmutableArray<ReadOnlyMemory<byte>> StorageKeys);

/// <summary>
/// An Ethereum transaction without its signature. <see cref="EthereumTransactionCodec"/> reads and writes it; equal are two
/// that are written the same.
/// </summary>
public sealed record EthereumTransaction
{
    /// <summary>The kind.</summary>
    public required EthereumTransactionType Type { get; init; }

    /// <summary>The chain it is for; null for a legacy transaction that is valid on every chain.</summary>
    public required ulong? ChainId { get; init; }

    /// <summary>The sender's transactions before this one, at most 2⁶⁴ − 2 (EIP-2681).</summary>
    public required ulong Nonce { get; init; }

    /// <summary>Gas at most.</summary>
    public required ulong GasLimit { get; init; }

    /// <summary>Wei for a unit of gas, at most: the fee cap, or the gas price of the kinds before EIP-1559.</summary>
    public required Amount MaxFeePerGas { get; init; }

    /// <summary>The part of it that the block's builder gets, at most; the whole price for the kinds before EIP-1559.</summary>
    public Amount MaxPriorityFeePerGas { get; init; }

    /// <summary>Who is paid or called; null where a contract is created.</summary>
    public EthereumAddress? To { get; init; }

    /// <summary>Wei that go along.</summary>
    public Amount Value { get; init; }

    /// <summary>The call, or the code that creates a contract.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>EIP-2930's list; empty for the legacy kind.</summary>
    public ImmutableArray<AccessListEntry> AccessList { get; init; } = [];

    /// <summary>EIP-7702's list; empty for the other kinds.</summary>
    public ImmutableArray<SetCodeAuthorization> Authorizations { get; init; } = [];

    /// <summary>Whether the fee and the tip are separate.</summary>
    public bool HasPriorityFee => Type is EthereumTransactionType.FeeMarket or EthereumTransactionType.SetCode;

    /// <summary>What the transaction costs at most besides its value: gas limit times fee per gas.</summary>
    /// <exception cref="OverflowException">Above 2²⁵⁶ − 1, which no decoded transaction is.</exception>
    public Amount MaxFee => MaxFeePerGas * GasLimit;

    /// <summary>What is signed: Keccak-256 of the unsigned encoding.</summary>
    public byte[] Digest() => Keccak256.HashData(EthereumTransactionCodec.Encode(this));

    /// <summary>
    /// Whether this can take the place of <paramref name="other"/> and does the same: everything equal but the fees.
    /// </summary>
    public bool IsSameButForFees(EthereumTransaction other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Type == other.Type && Equals(other with { MaxFeePerGas = MaxFeePerGas, MaxPriorityFeePerGas = MaxPriorityFeePerGas });
    }

    /// <summary>Whether both are written the same.</summary>
    public bool Equals(EthereumTransaction? other) => other is not null
        && EthereumTransactionCodec.Encode(this).AsSpan().SequenceEqual(EthereumTransactionCodec.Encode(other));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, ChainId, Nonce, GasLimit, To, Value);
}

/// <summary>A decoded transaction: signed where <paramref name="Signature"/> is there, and then by <paramref name="Signer"/>.</summary>
public sealed record DecodedTransaction(
    EthereumTransaction Transaction, RecoverableEcdsaSignature? Signature, EthereumAddress? Signer);
