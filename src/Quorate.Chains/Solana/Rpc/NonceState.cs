using System.Buffers.Binary;
using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Solana.Rpc;

/// <summary>A nonce account as it is on chain: version, state, authority, value, and the fee of when it was advanced.</summary>
static class NonceState
{
    const uint CurrentVersion = 1, Initialized = 1;
    const int StateAt = 4, AuthorityAt = 8, ValueAt = 40;

    /// <summary>What an account holds as a nonce; null where it is none.</summary>
    internal static DurableNonce? Read(SolanaAddress address, SolanaAccountState? account)
    {
        if (account is null || account.Owner != ProgramIds.System || account.Data.Length != (int)SystemProgram.NonceSize)
            return null;
        var data = account.Data.Span;
        return BinaryPrimitives.ReadUInt32LittleEndian(data) == CurrentVersion && BinaryPrimitives.ReadUInt32LittleEndian(data[StateAt..]) == Initialized
            ? new(address, new(data[AuthorityAt..ValueAt]), new(data.Slice(ValueAt, Blockhash.Size)))
            : null;
    }
}
