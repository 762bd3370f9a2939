using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;
using Quorate.Testing.Native;
using Quorate.Threshold.ChillDkg;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Tests.ChillDkg;

public sealed class ChillDkgHonestTests
{
    static readonly byte[] Message = new byte[32];

    public static TheoryData<int, int> UpToFive()
    {
        var data = new TheoryData<int, int>();
        for (var n = 1; n <= 5; n++)
            for (var t = 1; t <= n; t++)
                data.Add(t, n);
        return data;
    }

    [Theory, MemberData(nameof(UpToFive))]
    public void Any_t_of_n_generates_a_key_that_signs_and_can_be_recovered(int t, int n) => Generate((ulong)(100 * n + t), t, n);

    [Fact]
    public void Ten_of_fifteen_do_too() => Generate(15, 10, 15);

    [Fact, Trait("Category", "Slow")]
    public void Thirty_of_fifty_do_too() => Generate(50, 30, 50);

    static void Generate(ulong seed, int t, int n)
    {
        using var setup = new ChillDkgRuns(seed, t, n);
        using var run = setup.Keygen().Duplicate().Run();
        var coordinators = run.Output<RecoveryData>(setup.Coordinator);
        var outputs = setup.Parameters.Participants.Select(run.Output<ChillDkgOutput>).ToArray();
        var package = outputs[0].Share.Package;

        Assert.Equal((t, n), (package.Threshold, package.Parties.Count));
        Assert.Equal(package, coordinators.Package);
        Assert.All(outputs, o => Assert.Equal(package, o.Share.Package));
        Assert.All(outputs, o => Assert.Equal(coordinators.Encode(), o.Recovery.Encode()));

        // Recovery needs the host key and the public data, and nothing else.
        var stored = RecoveryData.Decode(coordinators.Encode());
        Assert.Equal(setup.Parameters, stored.Parameters);
        Assert.Equal(package, stored.Package);
        foreach (var (output, hostKey) in outputs.Zip(setup.HostKeys))
        {
            using var recovered = stored.Recover(hostKey);
            Assert.Equal(output.Share.Me, recovered.Me);
            Assert.Equal(output.Share.SigningShare.Expose(), recovered.SigningShare.Expose());
            Assert.Equal(package, recovered.Package);
        }

        // The key as it came out is an output key that commits to no script; BIP 86 derives addresses from it.
        SortedDictionary<PartyId, KeyShare<Secp256k1>> shares = new(outputs.ToDictionary(o => o.Share.Me, o => o.Share));
        var quorum = new PartySet(shares.Keys.TakeLast(t));
        var plain = TweakContext.Init(package.GroupKey);
        foreach (var key in new[] { plain, plain.ApplyTaproot(), plain.Derive(package.ChainCode, new(0, 7)).ApplyTaproot() })
        {
            using var signing = Bip340Runs.Sign(seed, shares, quorum, key, Message).Run();
            var signature = signing.Outputs<Bip340Signed>()[0].Signature;
            Assert.True(Libsecp256k1.SchnorrVerifyEncoded(signature.Encode(), Message, key.PublicKey.Encode()));
        }
    }

    [Fact]
    public void The_key_commits_to_no_script()
    {
        // Σ aᵢ₀·G stands in the transcript; what comes out is that plus its own TapTweak with an empty root.
        using var setup = new ChillDkgRuns(7, 2, 3);
        var output = setup.Key()[0];
        var sum = Point<Secp256k1>.Decode(output.Recovery.Encode().AsSpan(4, 33));
        var tweak = Bip341.Tweak(Bip340PublicKey.FromPoint(sum), default);
        Assert.Equal(sum + Point<Secp256k1>.MultiplyBase(tweak), output.Share.Package.GroupKey);
    }

    [Fact]
    public void Every_session_generates_another_key()
    {
        using var setup = new ChillDkgRuns(8, 2, 2);
        using var first = setup.Keygen().Run();
        using var simulation = new Simulation(8);
        simulation.Add(new ChillDkgCoordinator(FrostRuns.Id(8), setup.Coordinator, setup.Parameters).Start());
        for (var i = 0; i < 2; i++)
            simulation.Add(new ChillDkgParticipant(
                FrostRuns.Id(8), setup.HostKeys[i], setup.Parameters, setup.Coordinator, new SeededRandom(9, $"{i}")).Start());
        simulation.Run();
        var (one, other) = (first.Output<RecoveryData>(setup.Coordinator).Package, simulation.Output<RecoveryData>(setup.Coordinator).Package);
        Assert.NotEqual(one.GroupKey, other.GroupKey);
        Assert.NotEqual(one.ChainCode.ToArray(), other.ChainCode.ToArray());
    }

    [Fact]
    public void All_participants_acknowledge_the_recovery_data()
    {
        using var setup = new ChillDkgRuns(10, 2, 3);
        var outputs = setup.Key();
        using var run = new Simulation(10);
        foreach (var (output, hostKey) in outputs.Zip(setup.HostKeys))
            run.Add(new AcknowledgeRecovery(FrostRuns.Id(10), hostKey, output.Recovery, new SeededRandom(10, $"{output.Share.Me}")).Start());
        run.Run();
        var acknowledgments = run.Outputs<RecoveryAcknowledgments>()[0].Signatures;
        Assert.All(setup.Parameters.Participants, p => Assert.True(outputs[0].Recovery.IsAcknowledged(p, acknowledgments[p.Value - 1])));
        Assert.False(outputs[0].Recovery.IsAcknowledged(new(1), acknowledgments[1]));
        Assert.False(outputs[0].Recovery.IsAcknowledged(new(4), acknowledgments[0]));
    }
}
