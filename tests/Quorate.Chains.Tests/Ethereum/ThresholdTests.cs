using System.Text;
using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum;
using Quorate.Cryptography.Derivation;

namespace Quorate.Chains.Tests.Ethereum;

/// <summary>On a real node, accounts whose keys nobody has whole: derived from a DKLs23 key, signed for by two of three.</summary>
public sealed class ThresholdTests(Anvil anvil) : IClassFixture<Anvil>, IDisposable
{
    static readonly Amount ether = 1_000_000_000_000_000_000UL;
    static readonly Amount feeLimit = ether / 100;

    readonly ThresholdKey wallet = new(7702);
    readonly EthereumFormat format = anvil.Format;

    public void Dispose() => wallet.Dispose();

    [Theory]
    [InlineData("m", 1, 2, false)]
    [InlineData("m/44/60/0/0/5", 1, 3, false)]
    [InlineData("m/44/60/0/0/6", 3, 2, true)]
    public async Task Any_two_of_three_pay_from_a_derived_account(string path, int first, int second, bool prepared)
    {
        var chain = anvil.Chain();
        var context = Account(path);
        await anvil.FundAsync(context.Signer, ether * 3);
        var to = format.ToAddress(Hex.Address((byte)(150 + 10 * first + second)));
        var before = await chain.GetBalanceAsync(to, chain.Coin, default);

        var unsigned = await chain.BuildAsync(new(context.Signer, to, chain.Coin, ether), feeLimit, default);
        Assert.Equal([new Effect.Transfer(context.Signer, to, chain.Coin, ether)], format.Decode(unsigned, context).Items.AsEnumerable());
        var input = Assert.Single(format.GetSigningInputs(unsigned, context));
        Assert.Equal(path, input.Path!.ToString());
        var signed = format.Assemble(unsigned, context, [prepared ? wallet.SignPrepared(input, first, second) : wallet.Sign(input, first, second)]);
        var id = await chain.BroadcastAsync(signed, default);

        Assert.Equal(TransactionState.Confirmed, (await Anvil.MinedAsync(chain, id)).State);
        Assert.Equal(before + ether, await chain.GetBalanceAsync(to, chain.Coin, default));
    }

    [Fact]
    public async Task What_one_quorum_has_got_stuck_another_speeds_up()
    {
        var chain = anvil.Chain();
        var context = Account("m/44/60/0/1/0");
        await anvil.FundAsync(context.Signer, ether * 3);
        var to = format.ToAddress(Hex.Address(77));
        ReadOnlyMemory<byte> stuck = default, faster = default;
        await anvil.WithoutMining(async () =>
        {
            stuck = Signed(await chain.BuildAsync(new(context.Signer, to, chain.Coin, ether), feeLimit, default), context, 1, 2);
            var id = await chain.BroadcastAsync(stuck, default);
            Assert.Equal(TransactionState.Pending, (await chain.GetStatusAsync(id, default)).State);
            faster = Signed(await chain.SpeedUpAsync(stuck, context, feeLimit, default), context, 2, 3);
            await chain.BroadcastAsync(faster, default);
        });

        Assert.Equal(TransactionState.Confirmed, (await Anvil.MinedAsync(chain, EthereumFormat.TransactionId(faster.Span))).State);
        Assert.Equal(TransactionState.Dead, (await chain.GetStatusAsync(stuck, default)).State);
        Assert.Equal(ether, await chain.GetBalanceAsync(to, chain.Coin, default));
    }

    // The node's own precompiled contract recovers the signer, as a contract that takes signatures would.
    [Fact]
    public async Task A_message_of_a_quorum_is_its_accounts_to_a_contract()
    {
        var context = Account("m/44/60/0/2/1");
        var message = new PersonalMessage(Encoding.UTF8.GetBytes("two of three agree"));
        var input = format.GetSigningInput(message, context);
        var signature = format.Assemble(message, context, wallet.Sign(input, 3, 1));

        byte[] call = [.. input.Payload.Span, .. new byte[31], signature[64], .. signature.AsSpan(0, 64)];
        var recovered = await anvil.CallAsync("eth_call", new JsonObject { ["to"] = "0x0000000000000000000000000000000000000001", ["data"] = Hex.Of(call) }, "latest");
        Assert.Equal(context.Signer.Text, new EthereumAddress(Hex.Bytes((string)recovered!).AsSpan(12)).ToString());
    }

    ReadOnlyMemory<byte> Signed(ReadOnlyMemory<byte> unsigned, DecodeContext context, int first, int second) =>
        format.Assemble(unsigned, context, [.. format.GetSigningInputs(unsigned, context).Select(input => wallet.Sign(input, first, second))]);

    DecodeContext Account(string path)
    {
        var parsed = Bip32Path.Parse(path);
        return new(format.ToAddress(EthereumAddress.FromPublicKey(wallet.Root.Derive(parsed).Key)), parsed);
    }
}
