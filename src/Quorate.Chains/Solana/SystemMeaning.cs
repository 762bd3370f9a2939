using System.Text.Unicode;
using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Solana;

/// <summary>What instructions of the System program do.</summary>
static class SystemMeaning
{
    internal static void Read(RunningInstruction i)
    {
        var data = i.Data;
        var tag = data.UInt32();
        switch (tag)
        {
            case SystemProgram.CreateTag:
                Create(i, data);
                break;
            case SystemProgram.CreateWithSeedTag:
                CreateWithSeed(i, data);
                break;
            case SystemProgram.AssignTag:
                Assign(i, data);
                break;
            case SystemProgram.TransferTag:
                Transfer(i, data);
                break;
            case SystemProgram.AdvanceNonceTag:
                AdvanceNonce(i, data);
                break;
            case SystemProgram.WithdrawNonceTag:
                WithdrawNonce(i, data);
                break;
            case SystemProgram.InitializeNonceTag:
                InitializeNonce(i, data);
                break;
            case SystemProgram.AuthorizeNonceTag:
                AuthorizeNonce(i, data);
                break;
            default:
                i.NotUnderstood(tag);
                break;
        }
    }

    static void Create(RunningInstruction i, DataReader data)
    {
        var (lamports, size, owner) = (data.UInt64(), data.UInt64(), data.Address());
        data.End();
        i.Expect(2);
        i.Effects.Opened.Open(i.SignerAt(0), i.SignerAt(1), owner, i[1], lamports, size);
    }

    static void CreateWithSeed(RunningInstruction i, DataReader data)
    {
        var baseKey = data.Address();
        var seed = data.Take(data.UInt64());
        var (lamports, size, owner) = (data.UInt64(), data.UInt64(), data.Address());
        data.End();
        i.Expect(i[0] == baseKey ? 2 : 3);
        if (seed.Length > ProgramAddress.MaxSeedSize || !Utf8.IsValid(seed) || ProgramAddress.WithSeed(baseKey, seed, owner) != i[1])
            throw i.Wrong($"{i[1]} does not follow from {baseKey} and the seed.");
        if (i[0] != baseKey && i.SignerAt(2) != baseKey)
            throw i.Wrong($"{baseKey} has to sign and does not.");
        i.Effects.Opened.Open(i.SignerAt(0), i[1], owner, baseKey, lamports, size);
    }

    static void Assign(RunningInstruction i, DataReader data)
    {
        var program = data.Address();
        data.End();
        i.Expect(1);
        i.Effects.AddCall(i.SignerAt(0), i.Program, "assign", RunningInstruction.Argument("account", i[0]), RunningInstruction.Argument("owner", program));
        i.Doubt($"puts the account {i[0]} and all that is in it into the hands of the program {program}.");
    }

    static void Transfer(RunningInstruction i, DataReader data)
    {
        var lamports = data.UInt64();
        data.End();
        i.Expect(2);
        i.Effects.AddTransfer(i.SignerAt(0), Recipient(i[1]), i.Effects.Coin, lamports);
    }

    static void AdvanceNonce(RunningInstruction i, DataReader data)
    {
        data.End();
        i.Expect(3);
        i.Effects.AddCall(i.SignerAt(2), i.Program, "advanceNonceAccount", RunningInstruction.Argument("nonce", i[0]));
    }

    // A nonce account's lamports are its authority's, who alone can take them out.
    static void WithdrawNonce(RunningInstruction i, DataReader data)
    {
        var lamports = data.UInt64();
        data.End();
        i.Expect(5);
        i.Effects.AddCall(i.SignerAt(4), i.Program, "withdrawNonceAccount", RunningInstruction.Argument("nonce", i[0]));
        i.Effects.AddTransfer(i[4], Recipient(i[1]), i.Effects.Coin, lamports);
    }

    static void InitializeNonce(RunningInstruction i, DataReader data)
    {
        var authority = data.Address();
        data.End();
        i.Expect(3);
        i.Effects.AddCall(
            i.Effects.Signer, i.Program, "initializeNonceAccount", RunningInstruction.Argument("nonce", i[0]), RunningInstruction.Argument("authority", authority));
        if (!i.Effects.Opened.TryClaim(i[0], i.Program, authority))
            i.Doubt($"makes {authority} master of the account {i[0]}, which was not opened here.");
    }

    static void AuthorizeNonce(RunningInstruction i, DataReader data)
    {
        var authority = data.Address();
        data.End();
        i.Expect(2);
        i.Effects.AddCall(
            i.SignerAt(1), i.Program, "authorizeNonceAccount", RunningInstruction.Argument("nonce", i[0]), RunningInstruction.Argument("authority", authority));
        i.Doubt($"makes {authority} master of the nonce account {i[0]} and what is in it.");
    }

    static SolanaAddress? Recipient(SolanaAddress to) => to == ProgramIds.Incinerator ? null : to;
}
