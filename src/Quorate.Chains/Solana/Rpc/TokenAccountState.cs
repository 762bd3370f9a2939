using System.Buffers.Binary;
using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Solana.Rpc;

/// <summary>
/// A token account as it is on chain: mint, owner, amount, whom it is lent to, state; 165 bytes of both token programs,
/// and of Token-2022 a 2 and extensions.
/// </summary>
/// <param name="Mint">The token.</param>
/// <param name="Owner">Whose it is.</param>
/// <param name="Amount">How much, in the smallest unit.</param>
/// <param name="IsFrozen">Whether the mint's issuer keeps it from being moved.</param>
sealed record TokenAccountState(SolanaAddress Mint, SolanaAddress Owner, ulong Amount, bool IsFrozen)
{
    const int OwnerAt = 32, AmountAt = 64, StateAt = 108;
    const byte Initialized = 1, Frozen = 2, AccountType = 2;

    /// <summary>Reads an account; null where it is no token account of this program.</summary>
    internal static TokenAccountState? Read(SolanaAccountState? account, SolanaAddress program)
    {
        const int size = (int)TokenProgram.AccountSize;
        if (account is null || account.Owner != program || account.Data.Length < size)
            return null;
        var data = account.Data.Span;
        if (data[StateAt] is not (Initialized or Frozen)
            || (data.Length > size && (program != ProgramIds.Token2022 || data[size] != AccountType)))
            return null;
        return new(
            new(data[..OwnerAt]), new(data[OwnerAt..AmountAt]), BinaryPrimitives.ReadUInt64LittleEndian(data[AmountAt..]), data[StateAt] == Frozen);
    }
}
