using System.Globalization;
using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Solana;

/// <summary>What instructions of SPL Token and Token-2022 do.</summary>
static partial class TokenMeaning
{
    internal static void Read(RunningInstruction i)
    {
        var data = i.Data;
        var tag = data.Byte();
        switch (tag)
        {
            case TokenProgram.TransferTag:
                Transfer(i, data);
                break;
            case TokenProgram.TransferCheckedTag:
                TransferChecked(i, data);
                break;
            case TokenProgram.TransferFeeExtensionTag when i.Program == ProgramIds.Token2022 && data.Left > 0 && i.Bytes[1] == TokenProgram.TransferCheckedWithFeeTag:
                data.Byte();
                TransferCheckedWithFee(i, data);
                break;
            case TokenProgram.ApproveTag:
                Approve(i, data);
                break;
            case TokenProgram.ApproveCheckedTag:
                ApproveChecked(i, data);
                break;
            case TokenProgram.RevokeTag:
                data.End();
                i.Expect(2);
                AddCall(i, 1, "revoke", RunningInstruction.Argument("account", i[0]));
                break;
            case TokenProgram.SetAuthorityTag:
                SetAuthority(i, data);
                break;
            case TokenProgram.MintToTag or TokenProgram.MintToCheckedTag:
                MintTo(i, data, tag == TokenProgram.MintToCheckedTag);
                break;
            case TokenProgram.BurnTag or TokenProgram.BurnCheckedTag:
                Burn(i, data, tag == TokenProgram.BurnCheckedTag);
                break;
            case TokenProgram.CloseAccountTag:
                CloseAccount(i, data);
                break;
            case TokenProgram.SyncNativeTag:
                data.End();
                i.Expect(1);
                i.Effects.AddCall(i.Effects.Signer, i.Program, "syncNative", RunningInstruction.Argument("account", i[0]));
                break;
            case TokenProgram.InitializeAccountTag:
                data.End();
                i.Expect(4);
                InitializeAccount(i, i[2]);
                break;
            case TokenProgram.InitializeAccount2Tag or TokenProgram.InitializeAccount3Tag:
                var owner = data.Address();
                data.End();
                i.Expect(tag == TokenProgram.InitializeAccount2Tag ? 3 : 2);
                InitializeAccount(i, owner);
                break;
            case TokenProgram.InitializeImmutableOwnerTag:
                data.End();
                i.Expect(1);
                i.Effects.AddCall(i.Effects.Signer, i.Program, "initializeImmutableOwner", RunningInstruction.Argument("account", i[0]));
                break;
            default:
                i.NotUnderstood(tag);
                break;
        }
    }

    /// <summary>
    /// What is known of a mint that an instruction names, and doubts where that does not fit. A mint of Token-2022 may keep
    /// a part of what is transferred, run foreign code or let others take tokens, and the message shows nothing of it.
    /// </summary>
    internal static KnownMint? CheckMint(RunningInstruction i, SolanaAddress mint, SolanaAddress tokenProgram, byte? decimals = null)
    {
        var known = i.Effects.Known.Mint(mint);
        if (known is null && tokenProgram == ProgramIds.Token2022)
            i.Doubt($"is about {mint} of Token-2022, whose extensions are not known.");
        if (known is not null && known.TokenProgram != tokenProgram)
            i.Doubt($"takes {mint} for a token of {tokenProgram}, which it is not.");
        if (known is not null && decimals is { } said && said != known.Decimals)
            i.Doubt(string.Create(CultureInfo.InvariantCulture, $"says that {mint} has {said} decimals, and it has {known.Decimals}."));
        return known;
    }

    static void Approve(RunningInstruction i, DataReader data)
    {
        var amount = data.UInt64();
        data.End();
        i.Expect(3);
        if (i.Effects.Tokens.Find(i[0]) is { } account)
            AddApproval(i, account.Mint, 1, 2, amount);
        else
            AddUnnamed(i, 2, "approve", amount);
    }

    static void ApproveChecked(RunningInstruction i, DataReader data)
    {
        var (amount, decimals) = (data.UInt64(), data.Byte());
        data.End();
        i.Expect(4);
        CheckMint(i, i[1], i.Program, decimals);
        AddApproval(i, i[1], 2, 3, amount);
    }

    // Only the owner can approve, and the largest amount is no limit.
    static void AddApproval(RunningInstruction i, SolanaAddress mint, int @delegate, int owner, ulong amount)
    {
        CheckAuthority(i, owner);
        i.Effects.Add(new Effect.Approval(
            i.Effects.ToAddress(i[owner]), i.Effects.ToAddress(i[@delegate]), i.Effects.Token(mint), amount == ulong.MaxValue ? null : (Amount)amount));
    }

    static void SetAuthority(RunningInstruction i, DataReader data)
    {
        var kind = data.Byte();
        SolanaAddress? authority = data.Byte() switch
        {
            0 => null,
            1 => data.Address(),
            var other => throw i.Wrong($"an optional address begins with 0 or 1, not {other}."),
        };
        data.End();
        i.Expect(2);
        AddCall(
            i, 1, "setAuthority", RunningInstruction.Argument("account", i[0]), new("kind", "u8", kind.ToString(CultureInfo.InvariantCulture)),
            new("authority", "pubkey", authority?.ToString() ?? ""));
        i.Doubt($"gives {(authority is { } a ? a.ToString() : "nobody")} the authority of kind {(TokenAuthority)kind} over {i[0]}.");
        i.Effects.Tokens.Forget(i[0]);
    }

    /// <summary>The authority signs itself, or it is a multisignature whose signers are not told from other accounts.</summary>
    static void CheckAuthority(RunningInstruction i, int authority)
    {
        if (!i.IsSigner(authority))
            i.Doubt($"acts for {i[authority]}, which does not sign: a multisignature, or it fails.");
    }

    static void AddCall(RunningInstruction i, int authority, string function, params ReadOnlySpan<CallArgument> arguments)
    {
        CheckAuthority(i, authority);
        i.Effects.AddCall(i[authority], i.Program, function, arguments);
    }

    /// <summary>An amount of a token that the message does not name.</summary>
    static void AddUnnamed(RunningInstruction i, int authority, string function, ulong amount)
    {
        AddCall(i, authority, function, RunningInstruction.Argument("account", i[0]), new("amount", "u64", amount.ToString(CultureInfo.InvariantCulture)));
        i.Doubt($"is about {amount} of a token that the message does not name.");
    }
}
