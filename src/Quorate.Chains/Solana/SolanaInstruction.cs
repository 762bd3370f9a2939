using System.Collections.Immutable;

namespace Quorate.Chains.Solana;

/// <summary>An account that an instruction hands to its program, and what the program may do with it.</summary>
/// <param name="Address">The account.</param>
/// <param name="IsSigner">Whether its key signs the transaction.</param>
/// <param name="IsWritable">Whether the program may change it.</param>
public readonly record struct SolanaAccount(SolanaAddress Address, bool IsSigner, bool IsWritable)
{
    /// <summary>An account that is only looked at.</summary>
    public static SolanaAccount ReadOnly(SolanaAddress address) => new(address, false, false);

    /// <summary>An account that is changed.</summary>
    public static SolanaAccount Writable(SolanaAddress address) => new(address, false, true);

    /// <summary>An account whose key signs.</summary>
    public static SolanaAccount Signer(SolanaAddress address) => new(address, true, false);

    /// <summary>An account whose key signs and that is changed.</summary>
    public static SolanaAccount WritableSigner(SolanaAddress address) => new(address, true, true);
}

/// <summary>A call of a program, before it is put into a message.</summary>
/// <param name="Program">The program.</param>
/// <param name="Accounts">What it is handed, in the program's order.</param>
/// <param name="Data">What it is told.</param>
public sealed record SolanaInstruction(SolanaAddress Program, ImmutableArray<SolanaAccount> Accounts, ReadOnlyMemory<byte> Data);
