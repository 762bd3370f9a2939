using System.Collections.Immutable;

namespace Quorate.Chains.Solana;

/// <summary>How a message is laid out.</summary>
public enum SolanaMessageVersion
{
    /// <summary>The first layout, without a version byte and without look-up tables.</summary>
    Legacy = -1,

    /// <summary>Version 0: a byte 0x80 before the header, look-up tables at the end.</summary>
    V0 = 0,
}

/// <summary>A call of a program, as a message has it: by places in its list of accounts, a byte each.</summary>
public readonly record struct CompiledInstruction(byte Program, ReadOnlyMemory<byte> Accounts, ReadOnlyMemory<byte> Data);

/// <summary>Accounts that come out of a look-up table on chain, by their places in it, a byte each.</summary>
public readonly record struct TableLookup(SolanaAddress Table, ReadOnlyMemory<byte> Writable, ReadOnlyMemory<byte> ReadOnly)
{
    /// <summary>How many accounts it brings.</summary>
    public int Count => Writable.Length + ReadOnly.Length;
}

/// <summary>
/// What is signed on Solana. It has passed the checks that a validator makes before it looks at any account: a payer that
/// signs and can be charged, indices that point somewhere, no account twice, and room for the signatures in a packet.
/// <see cref="SolanaMessageCodec"/> reads and writes it.
/// </summary>
public sealed class SolanaMessage : IEquatable<SolanaMessage>
{
    /// <summary>Bytes of the largest transaction, its signatures included: an IPv6 packet of 1280 less its headers.</summary>
    public const int MaxTransactionSize = 1232;

    /// <summary>Accounts at most, those from look-up tables included: a place is one byte.</summary>
    public const int MaxAccounts = 256;

    internal const int SignatureSize = 64;

    internal SolanaMessage(
        SolanaMessageVersion version, byte requiredSignatures, byte readOnlySigned, byte readOnlyUnsigned,
        ImmutableArray<SolanaAddress> accounts, Blockhash blockhash,
        ImmutableArray<CompiledInstruction> instructions, ImmutableArray<TableLookup> lookups)
    {
        (Version, RequiredSignatures, ReadOnlySigned, ReadOnlyUnsigned) = (version, requiredSignatures, readOnlySigned, readOnlyUnsigned);
        (Accounts, Blockhash, Instructions, Lookups) = (accounts, blockhash, instructions, lookups);
        foreach (var lookup in lookups)
            (WritableLookups, AccountCount) = (WritableLookups + lookup.Writable.Length, AccountCount + lookup.Count);
        AccountCount += accounts.Length;
    }

    /// <summary>The layout.</summary>
    public SolanaMessageVersion Version { get; }

    /// <summary>How many of the first accounts sign; at least one.</summary>
    public byte RequiredSignatures { get; }

    /// <summary>How many of those, the last ones, are not changed.</summary>
    public byte ReadOnlySigned { get; }

    /// <summary>How many of the accounts that do not sign, the last ones, are not changed.</summary>
    public byte ReadOnlyUnsigned { get; }

    /// <summary>The accounts that stand in the message itself. The first pays the fee.</summary>
    public ImmutableArray<SolanaAddress> Accounts { get; }

    /// <summary>What the message's life hangs on.</summary>
    public Blockhash Blockhash { get; }

    /// <summary>What is called, in order.</summary>
    public ImmutableArray<CompiledInstruction> Instructions { get; }

    /// <summary>Accounts from look-up tables: all writable ones and then all others follow <see cref="Accounts"/>.</summary>
    public ImmutableArray<TableLookup> Lookups { get; }

    /// <summary>Accounts in all, those from look-up tables included.</summary>
    public int AccountCount { get; }

    /// <summary>Accounts from look-up tables that may be changed.</summary>
    public int WritableLookups { get; }

    /// <summary>Who pays the fee.</summary>
    public SolanaAddress Payer => Accounts[0];

    /// <summary>The accounts whose keys sign, in the order of their signatures.</summary>
    public ImmutableArray<SolanaAddress> Signers => Accounts[..RequiredSignatures];

    /// <summary>Bytes of the transaction: this message and its signatures.</summary>
    public int TransactionSize => SolanaMessageCodec.SizeOf(this) + SignaturesSize(RequiredSignatures);

    /// <summary>Whether the account at this place signs.</summary>
    public bool IsSigner(int index) => index < RequiredSignatures;

    /// <summary>Whether the message lets the account at this place be changed.</summary>
    public bool IsWritable(int index) =>
        index < RequiredSignatures ? index < RequiredSignatures - ReadOnlySigned
        : index < Accounts.Length ? index < Accounts.Length - ReadOnlyUnsigned
        : index - Accounts.Length < WritableLookups;

    /// <summary>A message of these parts, which are copied nowhere: nobody may change their bytes.</summary>
    /// <exception cref="ArgumentException">No validator would take it; the message says why.</exception>
    public static SolanaMessage Create(
        SolanaMessageVersion version, byte requiredSignatures, byte readOnlySigned, byte readOnlyUnsigned,
        ImmutableArray<SolanaAddress> accounts, Blockhash blockhash,
        ImmutableArray<CompiledInstruction> instructions, ImmutableArray<TableLookup> lookups = default)
    {
        if (accounts.IsDefault || instructions.IsDefault)
            throw new ArgumentException("A message has accounts and instructions, if only none.");
        var message = new SolanaMessage(
            version, requiredSignatures, readOnlySigned, readOnlyUnsigned, accounts, blockhash, instructions, lookups.IsDefault ? [] : lookups);
        return SolanaMessageCodec.Complaint(message) is { } wrong ? throw new ArgumentException(wrong) : message;
    }

    /// <summary>
    /// The message that runs these instructions. Accounts stand in order of appearance, each instruction's program before
    /// its accounts: the payer, signers that are changed, other signers, others that are changed, the rest.
    /// </summary>
    /// <exception cref="ArgumentException">It is too large, or a program is asked to pay.</exception>
    public static SolanaMessage Compile(
        SolanaMessageVersion version, SolanaAddress payer, Blockhash blockhash, params ReadOnlySpan<SolanaInstruction> instructions) =>
        MessageCompiler.Compile(version, payer, blockhash, instructions);

    /// <summary>Reads a message; see <see cref="SolanaMessageCodec.Decode"/>.</summary>
    /// <exception cref="FormatException">The bytes are none.</exception>
    public static SolanaMessage Decode(ReadOnlySpan<byte> encoded) => SolanaMessageCodec.Decode(encoded);

    /// <summary>The bytes that are signed.</summary>
    public byte[] Encode() => SolanaMessageCodec.Encode(this);

    /// <summary>Whether both are written the same.</summary>
    public bool Equals(SolanaMessage? other) => other is not null && Encode().AsSpan().SequenceEqual(other.Encode());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SolanaMessage);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Version, Payer, Blockhash, AccountCount, Instructions.Length);

    internal static int SignaturesSize(int count) => CompactU16.SizeOf(count) + count * SignatureSize;
}
