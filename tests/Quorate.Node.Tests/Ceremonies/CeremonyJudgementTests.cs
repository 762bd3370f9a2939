using Quorate.Node.Ceremonies;
using Quorate.Testing;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Ceremonies;

/// <summary>When a node joins an attempt, as a function of what it has recorded; and what strangers' bytes are read as.</summary>
public sealed class CeremonyJudgementTests
{
    static readonly string[] schemes = ["ed25519"];

    static async Task<(CeremonyFleet Fleet, NodeState State, CeremonyState Ceremony)> AttestedAsync()
    {
        var fleet = await CeremonyFleet.StartAsync();
        var order = fleet.Create(schemes: schemes);
        var (_, record) = CeremonyJudgement.Admit(fleet[1].Journal.State, CeremonyState.Unknown, order, fleet.Approve(order, "alice", "bob"), fleet.Clock.Now, false);
        var state = fleet[1].Journal.State.Evolve(record!)
            .Evolve(new NodeEvent.CeremonyAttempted(fleet.Clock.Now.ToUnixTimeSeconds(), "make", 1, "aa", 0, "node-1", null))
            .Evolve(new NodeEvent.CeremonyAttested(fleet.Clock.Now.ToUnixTimeSeconds(), "make", 1, [1]));
        return (fleet, state, state.Ceremonies["make"]);
    }

    [Fact]
    public async Task Whoever_has_attested_joins_another_attempt_only_with_the_word_of_one_who_has_not()
    {
        var (fleet, state, ceremony) = await AttestedAsync();
        await using var _ = fleet;
        var (plan, order) = (new AttemptPlan(2, new byte[32], 0, [], []), ceremony.Order!);
        CeremonyRefusal? Try(Vow? vow, AttemptPlan? other = null) => CeremonyJudgement.Join(state, ceremony, other ?? plan, vow, "node-2", fleet.Clock.Now).Refused?.Reason;
        Vow VowOf(int party, int number = 1, string? signer = null) => Vow.Make(order.Hash, number, new(party), fleet.Acme.Key(signer ?? $"node-{party}"));

        Assert.Equal(CeremonyRefusal.Unsettled, Try(null));
        Assert.Equal(CeremonyRefusal.Unsettled, Try(VowOf(2, number: 2)));
        Assert.Equal(CeremonyRefusal.Unsettled, Try(VowOf(2, signer: "node-3")));
        Assert.Equal(CeremonyRefusal.Unsettled, Try(VowOf(1)));
        Assert.Equal(CeremonyRefusal.Unsettled, Try(Vow.Make(new(new byte[32]), 1, new(2), fleet.Acme.Key("node-2"))));
        Assert.Equal(CeremonyRefusal.WrongPlan, Try(VowOf(2), plan with { Number = 1 }));
        Assert.Equal(CeremonyRefusal.WrongPlan, Try(VowOf(2), plan with { Epoch = 1 }));
        Assert.Equal(CeremonyRefusal.WrongPlan, Try(VowOf(2), plan with { Dealers = [new(1)] }));
        Assert.Null(Try(VowOf(2)));

        // What has been settled once stays so.
        var (_, joined) = CeremonyJudgement.Join(state, ceremony, plan, VowOf(2), "node-2", fleet.Clock.Now);
        var after = state.Evolve(joined!);
        Assert.False(after.Ceremonies["make"].IsUnsettled);
        Assert.Null(CeremonyJudgement.Join(after, after.Ceremonies["make"], plan with { Number = 3 }, null, "node-2", fleet.Clock.Now).Refused);
    }

    [Fact]
    public async Task Nobody_joins_what_has_expired_or_been_certified()
    {
        var (fleet, state, ceremony) = await AttestedAsync();
        await using var _ = fleet;
        var vow = Vow.Make(ceremony.Order!.Hash, 1, new(2), fleet.Acme.Key("node-2"));
        var plan = new AttemptPlan(2, new byte[32], 0, [], []);
        Assert.Equal(CeremonyRefusal.Expired, CeremonyJudgement.Join(state, ceremony, plan, vow, "node-2", ceremony.Order.ExpiresAt).Refused?.Reason);
        Assert.Equal(CeremonyRefusal.IdUsed, CeremonyJudgement.Join(state, ceremony with { Certificate = new byte[] { 1 } }, plan, vow, "node-2", fleet.Clock.Now).Refused?.Reason);
        Assert.Equal(CeremonyRefusal.ClockWentBack, CeremonyJudgement.Join(state, ceremony, plan, vow, "node-2", fleet.Clock.Now.AddHours(-1)).Refused?.Reason);
    }

    [Fact]
    public async Task Strangers_bytes_are_read_or_refused_and_what_is_read_is_what_was_written()
    {
        await using var fleet = await CeremonyFleet.StartAsync();
        var order = fleet.Create(schemes: schemes);
        await fleet.HoldAsync(1, order);
        var certificate = (await fleet[1].ReadAsync("make")).Certificate.ToArray();
        var approved = new ApprovedOrder(order, fleet.Approve(order, "alice", "bob"));
        var letter = approved.Ask(CeremonyQuestion.Join, 3, new(3, new byte[32], 4, [new(1), new(2)], [[1, 2, 3]]), new byte[Vow.Size], certificate).Encode();
        var report = new CeremonyReport("no", 2, 1, 5, true, false, true, "late", [new(1), new(3)], true, (await fleet[1].ReadAsync("make")).Testimony.ToArray(), new byte[Vow.Size], certificate).Encode();
        var testimony = (await fleet[1].ReadAsync("make")).Testimony.ToArray();

        Damage(letter, bytes => CeremonyLetter.Decode(bytes).Encode());
        Damage(report, bytes => CeremonyReport.Decode(bytes).Encode());
        Damage(certificate, bytes => CeremonyCertificate.Decode(bytes).Encode());
        Damage(testimony, bytes => Testimony.Decode(bytes).Encode());
        Damage(new Vow(7, new(2), new byte[64]).Encode(), bytes => Vow.Decode(bytes).Encode());
    }

    /// <summary>Whole, cut off anywhere, with more behind it, and with any byte changed: read to the same bytes, or refused as unreadable.</summary>
    static void Damage(byte[] whole, Func<byte[], byte[]> roundTrip)
    {
        Assert.Equal(whole, roundTrip(whole));
        for (var length = 0; length < whole.Length; length += 1 + length / 64)
            Assert.ThrowsAny<FormatException>(() => roundTrip(whole[..length]));
        Assert.ThrowsAny<FormatException>(() => roundTrip([.. whole, 0]));
        using var random = new SeededRandom(5, "damage");
        for (var i = 0; i < 2_000; i++)
        {
            var changed = whole.ToArray();
            changed[random.Below(changed.Length)] ^= (byte)(1 + random.Below(255));
            try
            {
                // Text that is not UTF-8 is read with marks for what is missing; all else comes back as it was.
                roundTrip(changed);
            }
            catch (WireException)
            {
                // Refused.
            }
        }
    }
}
