using Quorate.Chains.Solana;
using Quorate.Chains.Solana.Programs;

namespace Quorate.Chains.Tests.Solana;

public sealed class FeeTests : IDisposable
{
    readonly SolanaScene scene = new(13);

    public void Dispose() => scene.Dispose();

    SolanaInstruction Pay => SystemProgram.Transfer(scene.Me, scene.Other, 1);

    Amount Fee(params SolanaInstruction[] instructions) => scene.Decode(instructions).Fee!.Maximum;

    [Fact]
    public void A_signature_costs_5000_lamports()
    {
        Assert.Equal(5_000UL, Fee(Pay));
        Assert.Equal(10_000UL, Fee(SystemProgram.Transfer(scene.Other, scene.Me, 1)));
        Assert.Equal(5_000UL, Fee());
    }

    [Theory]
    [InlineData(1u, 1ul, 1ul)]
    [InlineData(1_000_000u, 1ul, 1ul)]
    [InlineData(1_000_001u, 1ul, 2ul)]
    [InlineData(0u, 5ul, 0ul)]
    [InlineData(300_000u, 10_000ul, 3_000ul)]
    [InlineData(1_400_000u, 1_000_000ul, 1_400_000ul)]
    [InlineData(1_400_001u, 1_000_000ul, 1_400_000ul)]
    [InlineData(uint.MaxValue, 1_000_000ul, 1_400_000ul)]
    [InlineData(1_400_000u, ulong.MaxValue, ulong.MaxValue)]
    public void The_limit_is_paid_for_in_full_and_rounded_up(uint limit, ulong price, ulong priority) =>
        Assert.Equal((Amount)priority + 5_000UL, Fee(ComputeBudget.SetUnitLimit(limit), ComputeBudget.SetUnitPrice(price), Pay));

    // 200,000 for an instruction, and since SIMD-0170 3,000 for one to the budget itself.
    [Theory]
    [InlineData(0, 3_000u)]
    [InlineData(1, 203_000u)]
    [InlineData(6, 1_203_000u)]
    [InlineData(7, 1_400_000u)]
    [InlineData(9, 1_400_000u)]
    public void Without_a_limit_the_default_is_paid_for(int instructions, uint units)
    {
        var some = Enumerable.Range(0, instructions).Select(_ => Pay).Prepend(ComputeBudget.SetUnitPrice(1_000_000)).ToArray();
        Assert.Equal(5_000UL + units, Fee(some));
    }

    [Fact]
    public void The_place_of_the_budget_s_instructions_does_not_matter() =>
        Assert.Equal(5_000UL + 7, Fee(Pay, ComputeBudget.SetUnitPrice(1_000_000), Pay, ComputeBudget.SetUnitLimit(7)));

    [Fact]
    public void Signatures_that_programs_check_are_paid_for_too()
    {
        var effects = scene.Decode(Pay, new SolanaInstruction(SolanaAddress.Parse("Ed25519SigVerify111111111111111111111111111"), [], new byte[] { 3, 0 }));
        Assert.Equal(20_000UL, effects.Fee!.Maximum);
        Assert.False(effects.IsFullyUnderstood);
    }

    [Fact]
    public void The_one_who_pays_is_the_first_account()
    {
        var message = SolanaMessage.Compile(SolanaMessageVersion.Legacy, scene.Other, scene.Hash(), Pay);
        Assert.Equal(new Fee(scene.A(scene.Other), scene.Format.Coin, 10_000UL), scene.Format.Decode(message.Encode(), scene.Context()).Fee);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0040420f00e8030000")]
    [InlineData("05")]
    [InlineData("0200")]
    [InlineData("0240420f0000")]
    [InlineData("03e8030000")]
    [InlineData("03e80300000000000000")]
    public void A_malformed_or_unknown_budget_is_refused(string data) => Assert.Throws<FormatException>(() =>
        scene.Decode(Pay, new SolanaInstruction(ProgramIds.ComputeBudget, [], Convert.FromHexString(data))));

    [Fact]
    public void A_budget_that_is_set_twice_is_refused()
    {
        foreach (var twice in (SolanaInstruction[])[ComputeBudget.SetUnitLimit(1), ComputeBudget.SetUnitPrice(1), new(ProgramIds.ComputeBudget, [], Convert.FromHexString("0100000400"))])
            Assert.Contains("already", Assert.Throws<FormatException>(() => scene.Decode(twice, Pay, twice)).Message, StringComparison.Ordinal);
        Assert.True(scene.Decode(
            ComputeBudget.SetUnitLimit(1), ComputeBudget.SetUnitPrice(1), new(ProgramIds.ComputeBudget, [], Convert.FromHexString("0100000400")),
            new(ProgramIds.ComputeBudget, [], Convert.FromHexString("0400000400"))).IsFullyUnderstood);
    }
}
