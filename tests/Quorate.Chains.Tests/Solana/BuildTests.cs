using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using Quorate.Chains.Solana;
using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Tests.Solana;

/// <summary>From a wish to a message, and what the message says it does.</summary>
public sealed class BuildTests : IDisposable
{
    const ulong Deposit = 2_039_280, Deposit2022 = 2_074_080;

    readonly SolanaScene scene = new(11);

    public void Dispose() => scene.Dispose();

    static Gen<ulong> Edgy { get; } = Gen.OneOf(
        Gen.Elements<ulong>(0, 1, 255, 256, uint.MaxValue, 1_000_000, long.MaxValue, ulong.MaxValue - 1, ulong.MaxValue),
        Gen.Choose(0, int.MaxValue).Select(n => (ulong)n));

    [Fact]
    public void The_effects_of_what_is_built_are_those_of_the_wish()
    {
        var wishes =
            from amount in Edgy
            from price in Edgy
            from limit in Gen.Elements<uint?>(null, 0, 1, 200_000, 1_400_000, uint.MaxValue)
            from kind in Gen.Choose(0, 2)
            from memo in Gen.Elements<string?>(null, "", "invoice 7", "Grüße, 世界")
            from version in Gen.Elements(SolanaMessageVersion.Legacy, SolanaMessageVersion.V0)
            from durable in Gen.Elements(false, true)
            from toSelf in Gen.Frequency((4, Gen.Constant(false)), (1, Gen.Constant(true)))
            from sponsored in Gen.Frequency((3, Gen.Constant(false)), (1, Gen.Constant(true)))
            select (amount, price, limit, kind, memo, version, durable, toSelf, sponsored);
        Prop.ForAll(wishes.ToArbitrary(), w =>
        {
            var asset = w.kind switch { 0 => scene.Format.Coin, 1 => scene.Format.Token(scene.Mint), _ => scene.Format.Token(scene.Mint2022) };
            var to = w.toSelf ? scene.Me : scene.Wallet();
            var transfer = new Transfer(scene.A(scene.Me), scene.A(to), asset, w.amount, w.memo);
            var nonce = scene.Any();
            var payer = w.sponsored ? scene.Other : scene.Me;
            var message = scene.Format.Build(transfer, new(w.durable ? new MessageLifetime.Durable(nonce, scene.Me, scene.Hash()) : new MessageLifetime.Recent(scene.Hash()))
            {
                UnitLimit = w.limit, UnitPrice = w.price, Version = w.version, FeePayer = w.sponsored ? scene.Other : null, Mint = w.kind == 1 ? new(ProgramIds.Token, 6) : null,
            });
            var effects = scene.Format.Decode(message.Encode(), scene.Context());

            var expected = ImmutableArray.CreateBuilder<Effect>();
            if (w.kind > 0)
            {
                expected.Add(new Effect.AccountCreation(
                    scene.A(payer), scene.A(scene.Account(to, w.kind == 2 ? scene.Mint2022 : null)), transfer.To, scene.Format.Coin, w.kind == 1 ? Deposit : Deposit2022));
            }
            if (w.memo is not null)
                expected.Add(new Effect.Memo(Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(w.memo))));
            expected.Add(new Effect.Transfer(transfer.From, transfer.To, asset, w.amount, w.toSelf));
            Assert.Empty(effects.NotUnderstood);
            Assert.Equal(expected, effects.Items.Skip(w.durable ? 1 : 0));
            Assert.Equal(scene.A(payer), effects.Fee!.Payer);
            Assert.Equal(scene.Format.MaxFee(message), effects.Fee);
            Assert.Equal(w.version, message.Version);
            Assert.Equal(message, SolanaMessage.Decode(message.Encode()));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_durable_nonce_is_advanced_before_anything_else_and_is_the_blockhash()
    {
        var (nonce, value) = (scene.Any(), scene.Hash());
        var message = scene.Format.Build(Wish(scene.Format.Coin), new(new MessageLifetime.Durable(nonce, scene.Me, value)) { UnitPrice = 1 });
        Assert.Equal(value, message.Blockhash);
        Assert.Equal(ProgramIds.System, message.Accounts[message.Instructions[0].Program]);
        Assert.Equal([4, 0, 0, 0], message.Instructions[0].Data.ToArray());
        var call = Assert.IsType<Effect.Call>(scene.Format.Decode(message.Encode(), scene.Context()).Items[0]);
        Assert.Equal(("advanceNonceAccount", nonce.ToString()), (call.Function, call.Arguments[0].Value));
    }

    [Fact]
    public void Only_what_can_not_be_executed_besides_replaces_a_message_and_only_at_another_price()
    {
        var (nonce, value, wish) = (scene.Any(), scene.Hash(), Wish(scene.Format.Coin));
        SolanaMessage Message(ulong price = 5, Blockhash? under = null, SolanaAddress? account = null, Transfer? does = null, uint limit = 900, bool durable = true) =>
            scene.Format.Build(does ?? wish, new(durable ? new MessageLifetime.Durable(account ?? nonce, scene.Me, under ?? value) : new MessageLifetime.Recent(under ?? value))
            {
                UnitLimit = limit, UnitPrice = price,
            });
        string? WhyNot(SolanaMessage original, SolanaMessage replacement) =>
            scene.Format.WhyNotReplacing(original.Encode(), replacement.Encode(), scene.Context());

        Assert.Null(WhyNot(Message(), Message(price: 70_000)));
        Assert.Null(WhyNot(Message(price: 70_000), Message()));
        foreach (var both in (SolanaMessage[])[Message(under: scene.Hash()), Message(account: scene.Any()), Message(durable: false)])
            Assert.Contains("both could be executed", WhyNot(Message(), both), StringComparison.Ordinal);
        // Two prices under one recent blockhash are two transactions, and both get in.
        Assert.Contains("both could be executed", WhyNot(Message(durable: false), Message(price: 6, durable: false)), StringComparison.Ordinal);
        foreach (var other in (SolanaMessage[])[
            Message(does: wish with { Amount = wish.Amount + 1 }), Message(does: wish with { To = scene.A(scene.Any()) }), Message(does: wish with { Memo = "m" }),
            Message(limit: 901), Message(price: 0)])
            Assert.Contains("price of a compute unit", WhyNot(Message(), other), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_stuck_under_a_nonce_is_made_again_at_a_higher_price_or_moved_past()
    {
        var (nonce, value) = (scene.Any(), scene.Hash());
        var original = scene.Format.Build(Wish(scene.Format.Coin), new(new MessageLifetime.Durable(nonce, scene.Me, value)) { UnitLimit = 1_000_000, UnitPrice = 1_000 }).Encode();
        ReadOnlyMemory<byte> Replace(ulong price, ulong maxFee, bool cancels = false) => scene.Format.Replace(original, price, maxFee, cancels);
        ulong PriceOf(ReadOnlyMemory<byte> message) => ComputeBudget.Of(SolanaMessage.Decode(message.Span)).UnitPrice;
        Assert.Equal((value, scene.A(nonce)), scene.Format.LifeOf(original));

        foreach (var (price, maxFee, paid) in new (ulong, ulong, ulong)[] { (9_000, 100_000, 9_000), (900, 100_000, 1_251), (9_000, 7_000, 1_251) })
        {
            var better = Replace(price, maxFee);
            Assert.Equal(paid, PriceOf(better));
            Assert.Null(scene.Format.WhyNotReplacing(original, better, scene.Context()));
        }
        Assert.Equal(ChainError.FeeTooHigh, Assert.Throws<ChainException>(() => Replace(9_000, 6_000)).Error);

        var cancelling = Replace(9_000, 6_000, cancels: true);
        Assert.Equal((value, scene.A(nonce)), scene.Format.LifeOf(cancelling));
        Assert.Equal("advanceNonceAccount", Assert.IsType<Effect.Call>(Assert.Single(scene.Format.Decode(cancelling, scene.Context()).Items)).Function);

        var recent = scene.Format.Build(Wish(scene.Format.Coin), new(new MessageLifetime.Recent(value)) { UnitPrice = 5 }).Encode();
        Assert.Equal((value, null), scene.Format.LifeOf(recent));
        Assert.Equal(ChainError.Unsupported, Assert.Throws<ChainException>(() => scene.Format.Replace(recent, 9, 100_000, false)).Error);
    }

    [Fact]
    public void A_memo_stands_directly_before_the_transfer()
    {
        var message = scene.Format.Build(Wish(scene.Format.Token(scene.Mint2022), "seven"), new(new MessageLifetime.Recent(scene.Hash())));
        Assert.Equal(
            [ProgramIds.AssociatedToken, ProgramIds.Memo, ProgramIds.Token2022], message.Instructions.Select(i => message.Accounts[i.Program]));
    }

    [Fact]
    public void What_is_said_of_a_token_goes_before_what_the_format_knows()
    {
        var message = scene.Format.Build(Wish(scene.Format.Token(scene.Mint2022)), new(new MessageLifetime.Recent(scene.Hash())) { Mint = new(ProgramIds.Token, 2) });
        Assert.Equal((byte)2, message.Instructions[1].Data.Span[9]);
        Assert.Equal(ProgramIds.Token, message.Accounts[message.Instructions[1].Program]);
    }

    [Fact]
    public void What_can_not_be_done_is_refused_with_the_reason()
    {
        var terms = new TransferTerms(new MessageLifetime.Recent(scene.Hash())) { Mint = new(ProgramIds.Token, 6) };
        void Refused(string why, Transfer wish, TransferTerms? with = null)
        {
            var error = Assert.Throws<ChainException>(() => scene.Format.Build(wish, with ?? terms));
            Assert.Equal(ChainError.Unsupported, error.Error);
            Assert.Contains(why, error.Message, StringComparison.Ordinal);
        }

        var (sol, token) = (scene.Format.Coin, scene.Format.Token(scene.Mint));
        var devnet = new SolanaFormat(SolanaCluster.Devnet);
        Refused("below 2⁶⁴", Wish(sol) with { Amount = (Amount)ulong.MaxValue + 1UL });
        Refused(devnet.Chain.ToString(), Wish(sol) with { To = devnet.ToAddress(scene.Other) });
        Refused(devnet.Chain.ToString(), Wish(sol) with { From = devnet.ToAddress(scene.Me) });
        Refused("neither", Wish(devnet.Coin));
        Refused("neither", Wish(AssetId.Create(scene.Format.Chain, "nft", scene.Mint.ToString())));
        Refused("neither", Wish(AssetId.Create(scene.Format.Chain, "token", "0x12")));
        Refused("Nothing is known", Wish(token), terms with { Mint = null });
        Refused("no token program", Wish(token), terms with { Mint = new(ProgramIds.Memo, 6) });
        Refused("no wallet", Wish(token) with { To = scene.A(scene.Account(scene.Other)) });
        Refused("1232", Wish(sol, new string('x', 1100)));
        Assert.NotNull(scene.Format.Build(Wish(token) with { To = scene.A(scene.Account(scene.Other)) }, terms with { AllowsKeylessOwner = true }));
        Assert.ThrowsAny<ArgumentException>(() => scene.Format.Build(Wish(sol, "\ud800"), terms));
    }

    Transfer Wish(AssetId asset, string? memo = null) => new(scene.A(scene.Me), scene.A(scene.Other), asset, 7UL, memo);
}
