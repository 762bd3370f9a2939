using Quorate.Chains.Solana;
using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Tests.Solana;

/// <summary>What each instruction that is modelled does.</summary>
public sealed class EffectsTests : IDisposable
{
    readonly SolanaScene s = new(17);

    public void Dispose() => s.Dispose();

    Effect[] Understood(params SolanaInstruction[] instructions)
    {
        var effects = s.Decode(instructions);
        Assert.Empty(effects.NotUnderstood);
        return [.. effects.Items];
    }

    Effect.Transfer Transfer(SolanaAddress from, SolanaAddress? to, AssetId asset, ulong amount, bool toSelf = false) =>
        new Effect.Transfer(s.A(from), to is { } t ? s.A(t) : null, asset, amount, toSelf);

    Effect.AccountCreation Opening(SolanaAddress account, SolanaAddress owner, ulong deposit) => new(s.A(s.Me), s.A(account), s.A(owner), s.Format.Coin, deposit);

    static void AssertCall(string function, Effect effect) => Assert.Equal(function, Assert.IsType<Effect.Call>(effect).Function);

    [Fact]
    public void A_payment_goes_to_the_account_it_names()
    {
        Assert.Equal([Transfer(s.Me, s.Other, s.Format.Coin, 7)], Understood(SystemProgram.Transfer(s.Me, s.Other, 7)));
        Assert.Equal([Transfer(s.Me, s.Me, s.Format.Coin, 7, true)], Understood(SystemProgram.Transfer(s.Me, s.Me, 7)));
        Assert.Equal([Transfer(s.Other, s.Me, s.Format.Coin, 7)], Understood(SystemProgram.Transfer(s.Other, s.Me, 7)));
        Assert.Equal([Transfer(s.Me, null, s.Format.Coin, 7)], Understood(SystemProgram.Transfer(s.Me, ProgramIds.Incinerator, 7)));
    }

    [Fact]
    public void What_the_wallet_calls_its_own_is_change()
    {
        var message = s.Message(SystemProgram.Transfer(s.Me, s.Other, 7)).Encode();
        var effect = Assert.Single(s.Format.Decode(message, s.Context(a => a == s.A(s.Other))).Items);
        Assert.True(Assert.IsType<Effect.Transfer>(effect).ToSelf);
    }

    [Fact]
    public void A_token_goes_to_the_wallet_whose_account_the_message_opens()
    {
        var items = Understood(
            AssociatedTokenProgram.CreateIdempotent(s.Me, s.Other, s.Mint, ProgramIds.Token),
            TokenProgram.TransferChecked(ProgramIds.Token, s.Account(s.Me), s.Mint, s.Account(s.Other), s.Me, 7, 6));
        Assert.Equal([Opening(s.Account(s.Other), s.Other, 2_039_280), Transfer(s.Me, s.Other, s.Format.Token(s.Mint), 7)], items);
    }

    [Fact]
    public void A_token_goes_to_the_account_where_nothing_says_whose_it_is() => Assert.Equal(
        [Transfer(s.Me, s.Account(s.Other), s.Format.Token(s.Mint), 7)],
        Understood(TokenProgram.TransferChecked(ProgramIds.Token, s.Account(s.Me), s.Mint, s.Account(s.Other), s.Me, 7, 6)));

    [Fact]
    public void A_token_account_that_the_judge_knows_is_its_owner_s()
    {
        var (from, to) = (s.Any(), s.Any());
        s.Format = new(SolanaCluster.Mainnet, KnownAccounts.None
            .WithTokenAccount(from, new(s.Me, s.Mint, ProgramIds.Token)).WithTokenAccount(to, new(s.Other, s.Mint, ProgramIds.Token)));
        Assert.Equal(
            [Transfer(s.Me, s.Other, s.Format.Token(s.Mint), 7)], Understood(TokenProgram.TransferChecked(ProgramIds.Token, from, s.Mint, to, s.Me, 7, 6)));
        // The old form names no mint; the accounts do.
        Assert.Equal([Transfer(s.Me, s.Other, s.Format.Token(s.Mint), 7)], Understood(Old(3, 7, from, to, s.Me)));
        Assert.Equal([new Effect.Approval(s.A(s.Me), s.A(s.Other), s.Format.Token(s.Mint), 7UL)], Understood(Old(4, 7, from, s.Other, s.Me)));
    }

    [Fact]
    public void A_delegate_that_pays_with_the_wallet_s_tokens_does_not_pay_with_its_own() => Assert.Equal(
        [Transfer(s.Me, s.Account(s.Other), s.Format.Token(s.Mint), 7)],
        Understood(TokenProgram.TransferChecked(ProgramIds.Token, s.Account(s.Me), s.Mint, s.Account(s.Other), s.Other, 7, 6)));

    [Fact]
    public void A_fee_that_is_withheld_is_not_the_recipient_s()
    {
        var transfer = TokenProgram.TransferCheckedWithFee(s.Account(s.Me, s.Mint2022), s.Mint2022, s.Any(), s.Me, 100, 9, 3);
        var token = s.Format.Token(s.Mint2022);
        Assert.Equal([Transfer(s.Me, transfer.Accounts[2].Address, token, 97), Transfer(s.Me, s.Mint2022, token, 3)], Understood(transfer));
        Assert.Single(Understood(TokenProgram.TransferCheckedWithFee(s.Account(s.Me, s.Mint2022), s.Mint2022, s.Any(), s.Me, 100, 9, 0)));
    }

    [Theory]
    [InlineData(0ul, "0")]
    [InlineData(7ul, "7")]
    [InlineData(ulong.MaxValue - 1, "18446744073709551614")]
    [InlineData(ulong.MaxValue, null)]
    public void An_approval_has_a_limit_unless_it_is_the_largest_number(ulong amount, string? limit)
    {
        var approval = Assert.IsType<Effect.Approval>(Assert.Single(
            Understood(TokenProgram.ApproveChecked(ProgramIds.Token, s.Account(s.Me), s.Mint, s.Other, s.Me, amount, 6))));
        Assert.Equal((s.A(s.Me), s.A(s.Other), s.Format.Token(s.Mint), limit), (approval.Owner, approval.Spender, approval.Asset, approval.Limit?.ToString()));
        Assert.Null(approval.ExpiresAt);
    }

    [Fact]
    public void Burning_and_minting_are_payments_from_the_wallet()
    {
        Assert.Equal(
            [Transfer(s.Me, null, s.Format.Token(s.Mint), 7)],
            Understood(TokenProgram.BurnChecked(ProgramIds.Token, s.Account(s.Me), s.Mint, s.Me, 7, 6)));
        Assert.Equal([Transfer(s.Me, null, s.Format.Token(s.Mint), 7)], Understood(Old(8, 7, s.Account(s.Me), s.Mint, s.Me)));
        var to = s.Any();
        foreach (var minting in (SolanaInstruction[])[TokenProgram.MintToChecked(ProgramIds.Token, s.Mint, to, s.Me, 7, 6), Old(7, 7, s.Mint, to, s.Me)])
        {
            var items = Understood(minting);
            AssertCall("mintTo", items[0]);
            Assert.Equal(Transfer(s.Me, to, s.Format.Token(s.Mint), 7), items[1]);
        }
    }

    [Fact]
    public void Taking_an_approval_back_closing_for_oneself_and_counting_wrapped_SOL_are_calls()
    {
        AssertCall("revoke", Assert.Single(Understood(TokenProgram.Revoke(ProgramIds.Token, s.Account(s.Me), s.Me))));
        AssertCall("closeAccount", Assert.Single(Understood(TokenProgram.CloseAccount(ProgramIds.Token, s.Account(s.Me), s.Me, s.Me))));
        AssertCall("syncNative", Assert.Single(Understood(TokenProgram.SyncNative(ProgramIds.Token, s.Account(s.Me)))));
        AssertCall("initializeImmutableOwner", Assert.Single(Understood(new SolanaInstruction(ProgramIds.Token, [SolanaAccount.Writable(s.Any())], new byte[] { 22 }))));
    }

    [Fact]
    public void An_account_that_is_opened_belongs_to_whoever_it_is_made_for()
    {
        var account = s.Other;
        Assert.Equal([Opening(account, account, 9)], Understood(SystemProgram.CreateAccount(s.Me, account, 9, 0, ProgramIds.System)));

        var nonce = Understood(SystemProgram.CreateAccount(s.Me, account, 9, SystemProgram.NonceSize, ProgramIds.System), SystemProgram.InitializeNonce(account, s.Mint));
        Assert.Equal(Opening(account, s.Mint, 9), nonce[0]);
        AssertCall("initializeNonceAccount", nonce[1]);

        var create = SystemProgram.CreateAccount(s.Me, account, 9, TokenProgram.AccountSize, ProgramIds.Token);
        foreach (var initialize in (SolanaInstruction[])
        [
            TokenProgram.InitializeAccount3(ProgramIds.Token, account, s.Mint, s.Mint2022),
            new(ProgramIds.Token, [SolanaAccount.Writable(account), SolanaAccount.ReadOnly(s.Mint), SolanaAccount.ReadOnly(ProgramIds.RentSysvar)], (byte[])[16, .. s.Mint2022.ToArray()]),
            new(ProgramIds.Token, [SolanaAccount.Writable(account), SolanaAccount.ReadOnly(s.Mint), SolanaAccount.ReadOnly(s.Mint2022), SolanaAccount.ReadOnly(ProgramIds.RentSysvar)], new byte[] { 1 }),
        ])
        {
            var token = Understood(create, initialize, TokenProgram.TransferChecked(ProgramIds.Token, s.Account(s.Me), s.Mint, account, s.Me, 7, 6));
            Assert.Equal(Opening(account, s.Mint2022, 9), token[0]);
            Assert.Equal(Transfer(s.Me, s.Mint2022, s.Format.Token(s.Mint), 7), token[2]);
        }
    }

    [Fact]
    public void An_account_with_a_seed_belongs_to_the_one_whose_seed_it_is()
    {
        foreach (var baseKey in (SolanaAddress[])[s.Me, s.Other])
        {
            var instruction = SystemProgram.CreateAccountWithSeed(s.Me, baseKey, "seed", 9, 0, ProgramIds.System);
            Assert.Equal([Opening(instruction.Accounts[1].Address, baseKey, 9)], Understood(instruction));
        }
    }

    [Fact]
    public void Nonces_are_advanced_and_emptied_by_their_authority()
    {
        var nonce = s.Any();
        AssertCall("advanceNonceAccount", Assert.Single(Understood(SystemProgram.AdvanceNonce(nonce, s.Me))));
        var items = Understood(SystemProgram.WithdrawNonce(nonce, s.Other, 7, s.Me));
        AssertCall("withdrawNonceAccount", items[0]);
        Assert.Equal(Transfer(s.Me, s.Other, s.Format.Coin, 7), items[1]);
    }

    [Fact]
    public void Memos_of_both_programs_are_published()
    {
        foreach (var program in (SolanaAddress[])[ProgramIds.Memo, ProgramIds.MemoV1])
        {
            Assert.Equal([new Effect.Memo("00ff")], Understood(new SolanaInstruction(program, [], new byte[] { 0, 255 })));
            Assert.Equal([new Effect.Memo("")], Understood(new SolanaInstruction(program, [SolanaAccount.Signer(s.Me)], default)));
        }
    }

    [Fact]
    public void The_first_form_of_opening_an_associated_account_has_no_data()
    {
        var create = AssociatedTokenProgram.Create(s.Me, s.Other, s.Mint, ProgramIds.Token) with { Data = default };
        Assert.Equal([Opening(s.Account(s.Other), s.Other, 2_039_280)], Understood(create));
    }

    [Fact]
    public void The_deposit_of_a_known_token_is_for_accounts_of_its_size()
    {
        s.Format = new(SolanaCluster.Mainnet, KnownAccounts.None.WithMint(s.Mint2022, new(ProgramIds.Token2022, 9, AccountSize: 187)));
        Assert.Equal(
            [Opening(s.Account(s.Other, s.Mint2022), s.Other, Rent.MinimumBalance(187))],
            Understood(AssociatedTokenProgram.Create(s.Me, s.Other, s.Mint2022, ProgramIds.Token2022)));
    }

    [Fact]
    public void Accounts_of_a_table_that_the_judge_knows_are_those_accounts()
    {
        var table = s.Any();
        s.Format = new(SolanaCluster.Mainnet, KnownAccounts.None.WithLookupTable(table, [s.Any(), s.Other, s.Any()]));
        var message = SolanaMessage.Create(
            SolanaMessageVersion.V0, 1, 0, 1, [s.Me, ProgramIds.System], s.Hash(), [new(1, new byte[] { 0, 2 }, SystemProgram.Transfer(s.Me, s.Other, 7).Data)],
            [new(table, new byte[] { 1 }, default)]);
        var effects = s.Format.Decode(message.Encode(), s.Context());
        Assert.Empty(effects.NotUnderstood);
        Assert.Equal(Transfer(s.Me, s.Other, s.Format.Coin, 7), Assert.Single(effects.Items));
    }

    // An instruction of the old forms: a tag and an amount.
    static SolanaInstruction Old(byte tag, ulong amount, params SolanaAddress[] accounts) => new(
        ProgramIds.Token, [.. accounts.Select((a, i) => new SolanaAccount(a, i == accounts.Length - 1, i < accounts.Length - 1))], (byte[])[tag, .. BitConverter.GetBytes(amount)]);
}
