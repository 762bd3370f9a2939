using Quorate.Chains.Solana;
using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Tests.Solana;

/// <summary>Ways to make a message look like less than it does, one a test: each is refused, or said not to be understood.</summary>
public sealed class CheatingTests : IDisposable
{
    readonly SolanaScene s = new(19);

    public void Dispose() => s.Dispose();

    string Doubt(params SolanaInstruction[] instructions)
    {
        var effects = s.Decode(instructions);
        Assert.False(effects.IsFullyUnderstood);
        return string.Join('\n', effects.NotUnderstood);
    }

    void Doubted(string why, params SolanaInstruction[] instructions) => Assert.Contains(why, Doubt(instructions), StringComparison.Ordinal);

    void Refused(string why, params SolanaInstruction[] instructions) =>
        Assert.Contains(why, Assert.Throws<FormatException>(() => s.Decode(instructions)).Message, StringComparison.Ordinal);

    SolanaInstruction Pay(SolanaAddress source, SolanaAddress destination, SolanaAddress? mint = null, SolanaAddress? authority = null) =>
        TokenProgram.TransferChecked(mint == s.Mint2022 ? ProgramIds.Token2022 : ProgramIds.Token, source, mint ?? s.Mint, destination, authority ?? s.Me, 7, mint == s.Mint2022 ? (byte)9 : (byte)6);

    SolanaInstruction Open(SolanaAddress owner, SolanaAddress? mint = null) =>
        AssociatedTokenProgram.CreateIdempotent(s.Me, owner, mint ?? s.Mint, mint == s.Mint2022 ? ProgramIds.Token2022 : ProgramIds.Token);

    Address? RecipientOf(params SolanaInstruction[] instructions) => s.Decode(instructions).Items.OfType<Effect.Transfer>().Single().Recipient;

    // --- whose a token account is ---

    [Fact]
    public void A_token_account_is_not_somebody_s_because_it_could_be_by_its_address()
    {
        // The address is the friend's associated account, but its owner may have given it away.
        Assert.Equal(s.A(s.Account(s.Other)), RecipientOf(Pay(s.Account(s.Me), s.Account(s.Other))));
    }

    [Fact]
    public void Opening_the_friend_s_account_after_the_transfer_proves_nothing_about_before() =>
        Assert.Equal(s.A(s.Account(s.Other)), RecipientOf(Pay(s.Account(s.Me), s.Account(s.Other)), Open(s.Other)));

    [Fact]
    public void Opening_the_friend_s_account_and_paying_another_does_not_pay_the_friend()
    {
        var stranger = s.Any();
        Assert.Equal(s.A(stranger), RecipientOf(Open(s.Other), Pay(s.Account(s.Me), stranger)));
    }

    [Fact]
    public void Another_account_in_the_place_of_the_friend_s_is_refused()
    {
        var open = Open(s.Other);
        Refused("is not where", open with { Accounts = open.Accounts.SetItem(1, SolanaAccount.Writable(s.Any())) }, Pay(s.Account(s.Me), s.Any()));
    }

    [Fact]
    public void An_account_of_the_friend_s_for_another_token_is_seen() =>
        Doubted("holds", Open(s.Other, s.Mint2022), Pay(s.Account(s.Me), s.Account(s.Other, s.Mint2022)));

    [Fact]
    public void Giving_the_opened_account_away_before_paying_into_it_is_seen()
    {
        var give = TokenProgram.SetAuthority(ProgramIds.Token, s.Account(s.Me), s.Me, TokenAuthority.AccountOwner, s.Other);
        Doubted("AccountOwner", Open(s.Me), give, Pay(s.Any(), s.Account(s.Me)));
        Assert.Equal(s.A(s.Account(s.Me)), RecipientOf(Open(s.Me), give, Pay(s.Any(), s.Account(s.Me))));
    }

    [Fact]
    public void An_account_that_is_closed_and_opened_for_another_is_the_other_s()
    {
        var account = s.Any();
        SolanaInstruction[] opening = [SystemProgram.CreateAccount(s.Me, account, 9, 165, ProgramIds.Token)];
        SolanaInstruction For(SolanaAddress owner) => TokenProgram.InitializeAccount3(ProgramIds.Token, account, s.Mint, owner);
        SolanaInstruction[] all = [.. opening, For(s.Me), TokenProgram.CloseAccount(ProgramIds.Token, account, s.Me, s.Me), .. opening, For(s.Other), Pay(s.Account(s.Me), account)];
        Assert.Equal(s.A(s.Other), RecipientOf(all));
        Assert.Equal([s.A(s.Me), s.A(s.Other)], s.Decode(all).Items.OfType<Effect.AccountCreation>().Select(c => c.Owner));
    }

    [Fact]
    public void An_account_that_was_there_before_is_not_made_one_s_own_unseen() =>
        Doubted("not opened here", TokenProgram.InitializeAccount3(ProgramIds.Token, s.Any(), s.Mint, s.Me));

    [Fact]
    public void Tokens_out_of_an_account_that_may_be_anybody_s_are_doubted() =>
        Doubted("may be a delegate", Pay(s.Any(), s.Account(s.Other)));

    [Fact]
    public void Tokens_out_of_a_look_alike_of_the_wallet_s_account_are_doubted() =>
        Doubted("may be a delegate", Pay(s.Account(s.Me, s.Mint2022), s.Account(s.Other)));

    [Fact]
    public void What_the_judge_knows_of_an_account_must_fit_the_token()
    {
        var account = s.Any();
        s.Format = new(SolanaCluster.Mainnet, KnownAccounts.None.WithTokenAccount(account, new(s.Other, s.Mint2022, ProgramIds.Token2022)));
        Doubted("holds", Pay(s.Account(s.Me), account));
        Doubted("holds", Pay(account, s.Account(s.Me)));
    }

    // --- which token, how much ---

    [Fact]
    public void A_transfer_that_names_no_token_is_doubted()
    {
        var old = new SolanaInstruction(ProgramIds.Token, [SolanaAccount.Writable(s.Account(s.Me)), SolanaAccount.Writable(s.Any()), SolanaAccount.Signer(s.Me)], (byte[])[3, 7, 0, 0, 0, 0, 0, 0, 0]);
        Doubted("does not name", old);
        Doubted("does not name", old with { Data = (byte[])[4, 7, 0, 0, 0, 0, 0, 0, 0] });
    }

    [Fact]
    public void Decimals_that_the_token_does_not_have_are_seen()
    {
        s.Format = new(SolanaCluster.Mainnet, KnownAccounts.None.WithMint(s.Mint, new(ProgramIds.Token, 9)));
        Doubted("6 decimals", Pay(s.Account(s.Me), s.Any()));
    }

    [Fact]
    public void A_token_under_the_other_program_is_seen()
    {
        s.Format = new(SolanaCluster.Mainnet, KnownAccounts.None.WithMint(s.Mint, new(ProgramIds.Token2022, 6)));
        Doubted("which it is not", Pay(s.Account(s.Me), s.Any()));
    }

    [Fact]
    public void A_token_whose_extensions_nobody_knows_is_doubted()
    {
        s.Format = new(SolanaCluster.Mainnet);
        Doubted("extensions", Pay(s.Account(s.Me, s.Mint2022), s.Any(), s.Mint2022));
        Doubted("extensions", Open(s.Other, s.Mint2022));
        Doubted("extensions", TokenProgram.ApproveChecked(ProgramIds.Token2022, s.Account(s.Me, s.Mint2022), s.Mint2022, s.Other, s.Me, 1, 9));
        Doubted("extensions", TokenProgram.BurnChecked(ProgramIds.Token2022, s.Account(s.Me, s.Mint2022), s.Mint2022, s.Me, 1, 9));
        Doubted("extensions", TokenProgram.MintToChecked(ProgramIds.Token2022, s.Mint2022, s.Any(), s.Me, 1, 9));
    }

    [Fact]
    public void A_token_that_withholds_fees_is_doubted_where_the_fee_is_not_said()
    {
        s.Format = new(SolanaCluster.Mainnet, KnownAccounts.None.WithMint(s.Mint2022, new(ProgramIds.Token2022, 9, WithholdsFees: true)));
        Doubted("withheld", Pay(s.Account(s.Me, s.Mint2022), s.Any(), s.Mint2022));
        Assert.True(s.Decode(TokenProgram.TransferCheckedWithFee(s.Account(s.Me, s.Mint2022), s.Mint2022, s.Any(), s.Me, 9, 9, 1)).IsFullyUnderstood);
        Refused("withheld from", TokenProgram.TransferCheckedWithFee(s.Account(s.Me, s.Mint2022), s.Mint2022, s.Any(), s.Me, 9, 9, 10));
    }

    [Fact]
    public void Accounts_for_a_hook_or_a_multisignature_are_doubted()
    {
        var pay = Pay(s.Account(s.Me, s.Mint2022), s.Any(), s.Mint2022);
        Doubted("1 accounts more", pay with { Accounts = pay.Accounts.Add(SolanaAccount.ReadOnly(s.Any())) });
        var byMany = Pay(s.Account(s.Other), s.Any(), authority: s.Other);
        Doubted("multisignature", byMany with { Accounts = byMany.Accounts.SetItem(3, SolanaAccount.ReadOnly(s.Other)).Add(SolanaAccount.Signer(s.Me)) });
    }

    // --- control ---

    [Fact]
    public void Every_authority_that_is_given_away_is_doubted()
    {
        foreach (var kind in Enum.GetValues<TokenAuthority>())
            Doubted(kind.ToString(), TokenProgram.SetAuthority(ProgramIds.Token, s.Account(s.Me), s.Me, kind, s.Other));
        Doubted("nobody", TokenProgram.SetAuthority(ProgramIds.Token, s.Account(s.Me), s.Me, TokenAuthority.CloseAccount, null));
    }

    [Fact]
    public void The_wallet_is_not_assigned_to_a_program_unseen() => Doubted(
        "into the hands", new SolanaInstruction(ProgramIds.System, [SolanaAccount.WritableSigner(s.Me)], (byte[])[1, 0, 0, 0, .. s.Any().ToArray()]));

    [Fact]
    public void A_nonce_account_is_not_given_away_unseen()
    {
        Doubted("master", SystemProgram.AuthorizeNonce(s.Any(), s.Me, s.Other));
        Doubted("master", SystemProgram.InitializeNonce(s.Any(), s.Other));
    }

    [Fact]
    public void A_close_that_empties_an_account_to_somebody_else_is_doubted() =>
        Doubted("however many", TokenProgram.CloseAccount(ProgramIds.Token, s.Account(s.Me, ProgramIds.WrappedSol), s.Other, s.Me));

    [Fact]
    public void A_deposit_that_is_left_for_the_first_comer_is_doubted()
    {
        Doubted("left to", SystemProgram.CreateAccount(s.Me, s.Other, 1_000_000_000_000, 165, ProgramIds.Token));
        Doubted("left to", SystemProgram.CreateAccount(s.Me, s.Other, 1_000_000_000_000, 80, ProgramIds.System));
        Doubted("left to", SystemProgram.CreateAccount(s.Me, s.Other, 1_000_000_000_000, 0, s.Any()));
        // Claimed by a program that does not own it: the claim fails, and so it is none.
        Doubted("left to", SystemProgram.CreateAccount(s.Me, s.Other, 9, 165, ProgramIds.Token2022), TokenProgram.InitializeAccount3(ProgramIds.Token, s.Other, s.Mint, s.Me));
    }

    [Fact]
    public void An_account_that_the_seed_does_not_give_is_refused()
    {
        var create = SystemProgram.CreateAccountWithSeed(s.Me, s.Me, "seed", 9, 0, ProgramIds.System);
        Refused("does not follow", create with { Accounts = create.Accounts.SetItem(1, SolanaAccount.Writable(s.Other)) });
        var foreign = SystemProgram.CreateAccountWithSeed(s.Me, s.Other, "seed", 9, 0, ProgramIds.System);
        Refused("sign", foreign with { Accounts = foreign.Accounts.SetItem(2, SolanaAccount.ReadOnly(s.Other)) });
    }

    // --- programs ---

    [Fact]
    public void A_false_token_program_that_would_fix_the_size_of_the_account_is_doubted()
    {
        var open = Open(s.Other);
        Doubted("no token program", open with { Accounts = open.Accounts.SetItem(5, SolanaAccount.ReadOnly(s.Any())) });
    }

    [Fact]
    public void A_program_that_nobody_knows_is_doubted_beside_a_harmless_transfer()
    {
        var effects = s.Decode(SystemProgram.Transfer(s.Me, s.Other, 1), new SolanaInstruction(s.Any(), [SolanaAccount.WritableSigner(s.Me)], new byte[] { 1 }));
        Assert.Contains("is not understood", Assert.Single(effects.NotUnderstood), StringComparison.Ordinal);
        Assert.Null(Assert.IsType<Effect.Call>(effects.Items[1]).Function);
    }

    [Theory]
    [InlineData(8u)]
    [InlineData(9u)]
    [InlineData(10u)]
    [InlineData(11u)]
    [InlineData(12u)]
    [InlineData(13u)]
    [InlineData(uint.MaxValue)]
    public void Instructions_of_the_System_program_that_are_not_modelled_are_doubted(uint tag) => Doubted(
        "not understood", new SolanaInstruction(ProgramIds.System, [SolanaAccount.WritableSigner(s.Me)], BitConverter.GetBytes(tag)));

    [Fact]
    public void Instructions_of_the_token_programs_that_are_not_modelled_are_doubted()
    {
        byte[] modelled = [1, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 22];
        foreach (var program in (SolanaAddress[])[ProgramIds.Token, ProgramIds.Token2022])
        {
            foreach (var tag in Enumerable.Range(0, 256).Select(t => (byte)t).Except(modelled))
                Doubted("not understood", new SolanaInstruction(program, [SolanaAccount.WritableSigner(s.Me)], new byte[] { tag, 0, 0 }));
        }
        // The fee's extension is the newer program's alone.
        var withFee = TokenProgram.TransferCheckedWithFee(s.Account(s.Me), s.Mint, s.Any(), s.Me, 9, 9, 1);
        Doubted("not understood", withFee with { Program = ProgramIds.Token });
        Doubted("not understood", new SolanaInstruction(ProgramIds.AssociatedToken, [SolanaAccount.WritableSigner(s.Me)], new byte[] { 2 }));
    }

    // --- bytes ---

    [Fact]
    public void Bytes_behind_an_instruction_s_data_and_data_that_is_cut_are_refused()
    {
        for (var kind = 0; kind < 19; kind++)
        {
            var instruction = RandomMessages.Known(s, kind);
            Refused("follow", instruction with { Data = (byte[])[.. instruction.Data.Span, 0] });
            // One without data is the first form of opening an associated account.
            if (instruction.Program != ProgramIds.AssociatedToken)
                Assert.Throws<FormatException>(() => s.Decode(instruction with { Data = instruction.Data[..^1] }));
        }
    }

    [Fact]
    public void Accounts_that_are_missing_are_refused_and_superfluous_ones_doubted()
    {
        for (var kind = 0; kind < 19; kind++)
        {
            var instruction = RandomMessages.Known(s, kind);
            Refused("there have to be", instruction with { Accounts = instruction.Accounts[..^1] });
            Assert.Throws<FormatException>(() => s.Decode(instruction with { Accounts = [] }));
            Doubted("accounts more", instruction with { Accounts = instruction.Accounts.Add(SolanaAccount.ReadOnly(s.Any())) });
        }
    }

    [Fact]
    public void Somebody_who_pays_without_signing_is_refused()
    {
        var pay = SystemProgram.Transfer(s.Other, s.Me, 7);
        Refused("has to sign", pay with { Accounts = pay.Accounts.SetItem(0, SolanaAccount.Writable(s.Other)) });
        Refused("has to sign", SystemProgram.AdvanceNonce(s.Any(), s.Other) with { Accounts = [SolanaAccount.Writable(s.Any()), SolanaAccount.ReadOnly(ProgramIds.RecentBlockhashes), SolanaAccount.ReadOnly(s.Other)] });
    }

    [Fact]
    public void Accounts_of_a_table_that_nobody_knows_are_doubted()
    {
        var table = s.Any();
        Effects Decode(KnownAccounts known, byte place)
        {
            s.Format = new(SolanaCluster.Mainnet, known);
            return s.Format.Decode(SolanaMessage.Create(
                SolanaMessageVersion.V0, 1, 0, 1, [s.Me, ProgramIds.System], s.Hash(), [new(1, new byte[] { 0, 2 }, SystemProgram.Transfer(s.Me, s.Other, 7).Data)],
                [new(table, new byte[] { place }, default)]).Encode(), s.Context());
        }

        var unknown = Decode(KnownAccounts.None, 0);
        Assert.Equal(2, unknown.NotUnderstood.Length);
        Assert.Empty(unknown.Items.OfType<Effect.Transfer>());
        // Behind what was read from the table once, there may be anything by now.
        var known = KnownAccounts.None.WithLookupTable(table, [s.Other, s.Me]);
        Assert.True(Decode(known, 0).IsFullyUnderstood);
        Assert.False(Decode(known, 2).IsFullyUnderstood);
        // A table may not repeat an account that the message has.
        Assert.Throws<FormatException>(() => Decode(known, 1));
    }

    [Fact]
    public void A_table_whose_accounts_no_instruction_uses_is_doubted_too()
    {
        var m = s.Message(SystemProgram.Transfer(s.Me, s.Other, 7));
        var message = SolanaMessage.Create(
            SolanaMessageVersion.V0, 1, 0, 1, m.Accounts, m.Blockhash, m.Instructions, [new(s.Any(), new byte[] { 0 }, default)]);
        Assert.Single(s.Format.Decode(message.Encode(), s.Context()).NotUnderstood);
    }

    // A message that can also be read as a signed transaction: its header and first account stand where the signature would,
    // a second message in what it takes for its further accounts, and its own end in the second's memo.
    [Fact]
    public void What_is_shown_is_what_is_signed_even_where_bytes_can_be_read_in_two_ways()
    {
        const byte Accounts = 7;
        // The inner message up to its memo is 137 bytes long and begins at 65; the outer blockhash begins at 4 + 32·7.
        var memo = (byte[])[.. new byte[4 + 32 * Accounts - 65 - 137], .. s.Bytes(32), 1, 1, 0, 2, 9, 9];
        var inner = SolanaMessage.Compile(
            SolanaMessageVersion.Legacy, s.Me, s.Hash(), new SolanaInstruction(ProgramIds.Memo, [SolanaAccount.Writable(s.Other)], memo)).Encode();
        var outer = (byte[])[1, 0, Accounts - 1, Accounts, .. s.Me.ToArray(), .. s.Bytes(29), .. inner];
        Assert.Equal(inner, SolanaTransaction.Decode(outer).Message.Encode());
        Assert.Equal(outer, SolanaMessage.Decode(outer).Encode());

        Assert.Equal(outer, Assert.Single(s.Format.GetSigningInputs(outer, s.Context())).Payload.ToArray());
        var effects = s.Format.Decode(outer, s.Context());
        Assert.IsType<Effect.Call>(Assert.Single(effects.Items));
        Assert.False(effects.IsFullyUnderstood);
    }
}
