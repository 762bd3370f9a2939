using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Solana;

/// <summary>What instructions of the Associated Token Account program do.</summary>
static class AssociatedTokenMeaning
{
    internal static void Read(RunningInstruction i)
    {
        var data = i.Data;
        // The program's first version had one instruction and no data.
        var tag = data.Left == 0 ? AssociatedTokenProgram.CreateTag : data.Byte();
        if (tag > AssociatedTokenProgram.CreateIdempotentTag)
        {
            i.NotUnderstood(tag);
            return;
        }
        data.End();
        i.Expect(6);
        var (payer, account, owner, mint, tokenProgram) = (i.SignerAt(0), i[1], i[2], i[3], i[5]);
        if (!ProgramIds.IsToken(tokenProgram))
        {
            // It is asked how large the account is to be, paid for by the payer, and owns it.
            i.Effects.AddCall(payer, i.Program, null);
            i.Doubt($"opens an account of {tokenProgram}, which is no token program, at the cost of {payer}.");
            return;
        }
        if (!ProgramAddress.CanOnlyBeAssociated(account, owner, mint, tokenProgram))
            throw i.Wrong($"{account} is not where {owner} has tokens of {mint}.");
        var known = TokenMeaning.CheckMint(i, mint, tokenProgram);
        var size = known?.AccountSize ?? (tokenProgram == ProgramIds.Token ? TokenProgram.AccountSize : TokenProgram.Account2022Size);
        i.Effects.Add(new Effect.AccountCreation(
            i.Effects.ToAddress(payer), i.Effects.ToAddress(account), i.Effects.ToAddress(owner), i.Effects.Coin, Rent.MinimumBalance(size)));
        // Both forms fail where the account is open and has another owner or mint.
        i.Effects.Tokens.Prove(account, new(owner, mint, tokenProgram));
    }
}
