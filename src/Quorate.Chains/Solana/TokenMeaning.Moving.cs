using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Solana;

static partial class TokenMeaning
{
    static void Transfer(RunningInstruction i, DataReader data)
    {
        var amount = data.UInt64();
        data.End();
        i.Expect(3);
        // The program lets only accounts of one mint pay each other, so either tells the mint.
        if ((i.Effects.Tokens.Find(i[0]) ?? i.Effects.Tokens.Find(i[1])) is { } account)
        {
            CheckFee(i, CheckMint(i, account.Mint, i.Program));
            AddTransfer(i, account.Mint, source: 0, destination: 1, authority: 2, amount);
        }
        else
            AddUnnamed(i, 2, "transfer", amount);
    }

    static void TransferChecked(RunningInstruction i, DataReader data)
    {
        var (amount, decimals) = (data.UInt64(), data.Byte());
        data.End();
        i.Expect(4);
        CheckFee(i, CheckMint(i, i[1], i.Program, decimals));
        AddTransfer(i, i[1], source: 0, destination: 2, authority: 3, amount);
    }

    static void TransferCheckedWithFee(RunningInstruction i, DataReader data)
    {
        var (amount, decimals, fee) = (data.UInt64(), data.Byte(), data.UInt64());
        data.End();
        i.Expect(4);
        if (fee > amount)
            throw i.Wrong($"a fee of {fee} is withheld from {amount}.");
        CheckMint(i, i[1], i.Program, decimals);
        var payer = AddTransfer(i, i[1], source: 0, destination: 2, authority: 3, amount - fee);
        // It lies in the recipient's account until the one whom the mint names fetches it.
        if (fee > 0)
            i.Effects.AddTransfer(payer, i[1], i.Effects.Token(i[1]), fee);
    }

    static void MintTo(RunningInstruction i, DataReader data, bool isChecked)
    {
        var amount = data.UInt64();
        byte? decimals = isChecked ? data.Byte() : null;
        data.End();
        i.Expect(3);
        CheckMint(i, i[0], i.Program, decimals);
        AddCall(i, 2, "mintTo", RunningInstruction.Argument("mint", i[0]));
        i.Effects.AddTransfer(i[2], Recipient(i, 1, i[0]), i.Effects.Token(i[0]), amount);
    }

    static void Burn(RunningInstruction i, DataReader data, bool isChecked)
    {
        var amount = data.UInt64();
        byte? decimals = isChecked ? data.Byte() : null;
        data.End();
        i.Expect(3);
        CheckMint(i, i[1], i.Program, decimals);
        CheckAuthority(i, 2);
        i.Effects.AddTransfer(Payer(i, i[1], 0, 2), null, i.Effects.Token(i[1]), amount);
    }

    // Its lamports, the deposit and all wrapped SOL, are in no message. They may go to whoever closes it, and to the wallet.
    static void CloseAccount(RunningInstruction i, DataReader data)
    {
        data.End();
        i.Expect(3);
        AddCall(i, 2, "closeAccount", RunningInstruction.Argument("account", i[0]), RunningInstruction.Argument("destination", i[1]));
        if (!i.Effects.IsOwn(i[1]) && i[1] != i[2])
            i.Doubt($"sends all lamports of {i[0]}, however many, to {i[1]}.");
        i.Effects.Tokens.Forget(i[0]);
    }

    static void InitializeAccount(RunningInstruction i, SolanaAddress owner)
    {
        CheckMint(i, i[1], i.Program);
        i.Effects.AddCall(
            i.Effects.Signer, i.Program, "initializeAccount", RunningInstruction.Argument("account", i[0]), RunningInstruction.Argument("mint", i[1]),
            RunningInstruction.Argument("owner", owner));
        if (!i.Effects.Opened.TryClaim(i[0], i.Program, owner))
            i.Doubt($"makes {owner} the owner of {i[0]}, which was not opened here.");
        i.Effects.Tokens.Prove(i[0], new(owner, i[1], i.Program));
    }

    static SolanaAddress AddTransfer(RunningInstruction i, SolanaAddress mint, int source, int destination, int authority, ulong amount)
    {
        CheckAuthority(i, authority);
        var payer = Payer(i, mint, source, authority);
        var recipient = i[destination] == i[source] ? payer : Recipient(i, destination, mint);
        i.Effects.AddTransfer(payer, recipient, i.Effects.Token(mint), amount);
        return payer;
    }

    static void CheckFee(RunningInstruction i, KnownMint? known)
    {
        if (known is { WithholdsFees: true })
            i.Doubt("does not say how much of the amount is withheld from the recipient.");
    }

    static SolanaAddress Payer(RunningInstruction i, SolanaAddress mint, int source, int authority)
    {
        if (i.Effects.Tokens.Find(i[source]) is { } known)
        {
            CheckAccount(i, source, known, mint);
            return known.Owner;
        }
        if (i.Effects.Tokens.FindPayer(i[source], i[authority], mint, i.Program) is { } owner)
            return owner;
        i.Doubt($"takes tokens out of {i[source]}; whose they are is not known, since {i[authority]} may be a delegate.");
        return i[authority];
    }

    /// <summary>The owner where the message makes sure of it or the judge knows it, else the token account itself.</summary>
    static SolanaAddress Recipient(RunningInstruction i, int destination, SolanaAddress mint)
    {
        if (i.Effects.Tokens.Find(i[destination]) is not { } known)
            return i[destination];
        CheckAccount(i, destination, known, mint);
        return known.Owner;
    }

    static void CheckAccount(RunningInstruction i, int index, KnownTokenAccount known, SolanaAddress mint)
    {
        if (known.Mint != mint || known.TokenProgram != i.Program)
            i.Doubt($"takes {i[index]} for an account of {mint}, and it holds {known.Mint} of {known.TokenProgram}.");
    }
}
