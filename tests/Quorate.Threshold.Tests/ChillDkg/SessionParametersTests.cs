using Quorate.Testing;
using Quorate.Threshold.ChillDkg;

namespace Quorate.Threshold.Tests.ChillDkg;

public sealed class SessionParametersTests
{
    static readonly byte[][] Keys = [.. Enumerable.Range(0, 4).Select(i => HostKey.Generate(new SeededRandom((ulong)i)).PublicKey.Encode())];

    [Fact]
    public void Order_and_threshold_are_part_of_the_hash()
    {
        var hash = new SessionParameters(2, Keys).Hash();
        Assert.Equal(hash, new SessionParameters(2, [.. Keys]).Hash());
        Assert.NotEqual(hash, new SessionParameters(3, Keys).Hash());
        Assert.NotEqual(hash, new SessionParameters(2, [.. Keys.Reverse()]).Hash());
        Assert.NotEqual(hash, new SessionParameters(2, Keys[..3]).Hash());
    }

    [Fact]
    public void A_threshold_or_number_of_keys_out_of_range_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new SessionParameters(0, Keys));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SessionParameters(5, Keys));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SessionParameters(1, []));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SessionParameters(1, new byte[SessionParameters.MaxCount + 1][]));
    }

    [Fact]
    public void The_same_key_twice_is_named_by_both_positions() => Assert.Equal(
        [new(2), new(4)], Assert.Throws<HostKeyException>(() => new SessionParameters(2, Keys[0], Keys[1], Keys[2], Keys[1])).Participants);

    [Fact]
    public void A_coordinator_is_no_participant()
    {
        var parameters = new SessionParameters(2, Keys);
        Assert.Throws<ArgumentException>(() => new ChillDkgCoordinator(FrostRuns.Id(1), new(4), parameters));
        Assert.Throws<ArgumentException>(() => new ChillDkgParticipant(
            FrostRuns.Id(1), HostKey.Generate(new SeededRandom(0)), parameters, new(1), new SeededRandom(1)));
    }

    [Fact]
    public void A_host_key_that_is_no_participants_is_refused() => Assert.Throws<ArgumentException>(() => new ChillDkgParticipant(
        FrostRuns.Id(1), HostKey.Generate(new SeededRandom(99)), new(2, Keys), new(9), new SeededRandom(1)));
}
