namespace Quorate.Node.Gate;

/// <summary>What kind of thing is to be signed. There is none for a bare digest.</summary>
public enum PayloadKind
{
    /// <summary>An unsigned transaction as <see cref="Chains.ITransactionFormat"/> takes it.</summary>
    Transaction = 1,

    /// <summary>Typed data after EIP-712, its JSON.</summary>
    TypedData = 2,

    /// <summary>A message after EIP-191, version 0x45, its bytes.</summary>
    PersonalMessage = 3,
}

/// <summary>The raw thing to be signed, never a digest of it.</summary>
/// <param name="Kind">How it is to be read.</param>
/// <param name="Bytes">The bytes, at most <see cref="MaxSize"/>.</param>
public sealed record SigningPayload(PayloadKind Kind, ReadOnlyMemory<byte> Bytes)
{
    /// <summary>Largest payload judged: it is recorded with the decision, and an event of the journal holds 1 MiB.</summary>
    public const int MaxSize = 512 << 10;
}
