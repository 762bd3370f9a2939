using System.Buffers.Binary;
using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Solana.Rpc;

/// <summary>
/// A mint as it is on chain: 82 bytes of both token programs; of Token-2022 zeros up to 165, a 1, and extensions of two
/// bytes of type, two of length and a value.
/// </summary>
static class MintState
{
    const int Size = 82, DecimalsAt = 44, IsInitializedAt = 45;
    const byte MintType = 1;
    const ushort TransferFee = 1, NonTransferable = 9, TransferHook = 14, Pausable = 26;

    /// <summary>Bytes that an extension takes besides its value.</summary>
    const uint ExtensionHeader = 4;

    /// <summary>What a transfer has to know of a mint.</summary>
    /// <exception cref="ChainException">Unsupported: the account is none, or more than was asked for.</exception>
    internal static KnownMint Read(SolanaAddress mint, SolanaAccountState? account)
    {
        if (account is null || !ProgramIds.IsToken(account.Owner) || account.Data.Length < Size || account.Data.Span[IsInitializedAt] != 1
            || (account.Owner == ProgramIds.Token && account.Space != Size))
            throw new ChainException(ChainError.Unsupported, $"{mint} is no token.");
        var decimals = account.Data.Span[DecimalsAt];
        if (account.Owner == ProgramIds.Token)
            return new(ProgramIds.Token, decimals, AccountSize: TokenProgram.AccountSize);
        if (account.Space != (ulong)account.Data.Length)
            throw new ChainException(ChainError.Unsupported, $"The token {mint} has {account.Space} bytes of extensions, which is beyond what is read.");
        return ReadExtensions(mint, account.Data.Span, decimals);
    }

    static KnownMint ReadExtensions(SolanaAddress mint, ReadOnlySpan<byte> data, byte decimals)
    {
        var (withholds, size) = (false, TokenProgram.Account2022Size);
        if (data.Length == Size)
            return new(ProgramIds.Token2022, decimals, withholds, size);
        if (data.Length <= TokenProgram.AccountSize || data[(int)TokenProgram.AccountSize] != MintType)
            throw new ChainException(ChainError.Unsupported, $"{mint} is no token.");
        for (var rest = data[((int)TokenProgram.AccountSize + 1)..]; rest.Length >= (int)ExtensionHeader;)
        {
            var (type, length) = (BinaryPrimitives.ReadUInt16LittleEndian(rest), BinaryPrimitives.ReadUInt16LittleEndian(rest[2..]));
            // Type 0 is room that nothing is in yet.
            if (type == 0)
                break;
            if (length > rest.Length - (int)ExtensionHeader)
                throw new ChainException(ChainError.BadNode, $"The extensions of {mint} end early.");
            // What each asks of the mint's token accounts: withheld fees, a mark, a flag of a hook that runs, a mark.
            size += type switch { TransferFee => ExtensionHeader + 8, NonTransferable or Pausable => ExtensionHeader, TransferHook => ExtensionHeader + 1, _ => 0 };
            withholds |= type == TransferFee;
            rest = rest[((int)ExtensionHeader + length)..];
        }
        return new(ProgramIds.Token2022, decimals, withholds, size);
    }
}
