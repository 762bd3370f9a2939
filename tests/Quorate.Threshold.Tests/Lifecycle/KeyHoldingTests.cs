using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Threshold.Tests.Lifecycle.Parties;

namespace Quorate.Threshold.Tests.Lifecycle;

/// <summary>Crashes, partitions and withheld certificates. (2, 3) unless said otherwise.</summary>
public sealed class KeyHoldingTests
{
    [Fact]
    public void Who_missed_the_acknowledgements_signs_again_once_shown_the_certificate()
    {
        using var c = new Committee(40, 2, Set(1, 2, 3));
        c.Phase1(ResharePlan<Ed25519>.Refresh(c.Initial, Set(1, 2), 1));
        var got = c.Phase2(1, n => n.Drop(1, P(1), P(3)));
        Assert.Equal([P(1), P(2)], got.Keys.Order());
        c.Show(got[P(1)], P(1));
        c.Show(got[P(2)], P(2));

        // The split: 1 and 2 sign with new shares; 3 still has old and pending, and signs with neither of them.
        Assert.True(c.Signs(P(1), P(2)));
        Assert.Equal((0u, 1u), (c[P(3)].Package.Epoch, c[P(3)].Pending[0].Package.Epoch));
        Assert.False(c.Signs(P(2), P(3)));

        Assert.True(c.Show(c[P(1)].Certificate!, P(3)));
        Assert.True(c.Signs(P(2), P(3)));
        Assert.Empty(c[P(3)].Pending);
    }

    [Fact]
    public void Without_a_certificate_the_old_shares_sign_and_phase_2_can_be_run_again()
    {
        using var c = new Committee(41, 2, Set(1, 2, 3));
        c.Phase1(ResharePlan<Ed25519>.Refresh(c.Initial, Set(1, 2), 1));
        Assert.Empty(c.Phase2(1, n => n.Drop(1, P(2)).Drop(1, P(1), P(2))));
        Assert.All([(1, 2), (1, 3), (2, 3)], q => Assert.True(c.Signs(P(q.Item1), P(q.Item2))));

        c.ShowAll(c.Phase2(1)[P(1)]);
        Assert.All(c.Hosts, h => Assert.Equal(1u, h.Share!.Package.Epoch));
        Assert.All([(1, 2), (1, 3), (2, 3)], q => Assert.True(c.Signs(P(q.Item1), P(q.Item2))));
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void A_crash_before_storing_stops_the_attempt_and_the_next_one_succeeds(int crashed)
    {
        using var c = new Committee(42, 2, Set(1, 2, 3));
        c.Phase1(ResharePlan<Ed25519>.Refresh(c.Initial, Set(1, 2), 1), crash: P(crashed));
        c.Restart(P(crashed));
        Assert.Empty(c.Phase2(1));
        Assert.True(c.Signs(P(1), P(3)));

        c.Phase1(c.Plan(c.Initial, Set(2, 3), Set(1, 2, 3), 2));
        Assert.Equal(2u, c[P(crashed)].Pending[^1].Package.Epoch);
        c.ShowAll(c.Phase2(2)[P(1)]);
        Assert.All(c.Hosts, h => Assert.Equal((2u, 0), (h.Share!.Package.Epoch, h.Pending.Count)));
        Assert.True(c.Signs(P(1), P(3)));
    }

    [Fact]
    public void A_crash_at_any_later_point_loses_nothing()
    {
        using var c = new Committee(43, 2, Set(1, 2, 3));
        c.Phase1(c.Plan(c.Initial, Set(1, 2), Set(2, 3, 4), 2));
        RestartAll(c);
        var got = c.Phase2(1);
        RestartAll(c);
        c.Show(got[P(4)], P(2));
        RestartAll(c);
        c.ShowAll(c[P(2)].Certificate!);
        RestartAll(c);
        Assert.Null(c[P(1)].Share);
        Assert.All([(2, 3), (2, 4), (3, 4)], q => Assert.True(c.Signs(P(q.Item1), P(q.Item2))));

        static void RestartAll(Committee c)
        {
            foreach (var p in c.Hosts.Select(h => h.Me).ToArray())
                c.Restart(p);
        }
    }

    [Fact]
    public void A_withheld_certificate_shown_to_some_later_does_not_split_the_committee()
    {
        // Party 3 makes attempt 1 fail for everybody but itself and keeps the certificate. Attempt 2 succeeds; before the
        // others hear of that, 3 shows two of them the first certificate.
        using var c = new Committee(44, 2, Set(1, 2, 3, 4));
        c.Phase1(ResharePlan<Ed25519>.Refresh(c.Initial, Set(1, 2), 1));
        var withheld = c.Phase2(1, n => n.Drop(1, P(3)));
        Assert.Equal([P(3)], withheld.Keys);
        c.Phase1(c.Plan(c.Initial, Set(1, 2), Set(1, 2, 3, 4), 2));
        var second = c.Phase2(2)[P(1)];

        c.Show(second, P(1));
        Assert.True(c.Show(withheld[P(3)], P(2)));
        Assert.True(c.Show(withheld[P(3)], P(4)));
        Assert.True(c.Signs(P(2), P(4)));

        // Whoever went to epoch 1 still has what it acknowledged for epoch 2, and there is no way back.
        Assert.Equal(2u, Assert.Single(c[P(2)].Pending).Package.Epoch);
        c.ShowAll(second);
        c.ShowAll(withheld[P(3)]);
        Assert.All(c.Hosts, h => Assert.Equal(2u, h.Share!.Package.Epoch));
        Assert.All([(1, 2), (1, 4), (2, 4)], q => Assert.True(c.Signs(P(q.Item1), P(q.Item2))));
    }

    [Fact]
    public void An_epoch_is_acknowledged_once()
    {
        using var c = new Committee(45, 2, Set(1, 2, 3));
        var plan = ResharePlan<Ed25519>.Refresh(c.Initial, Set(1, 2), 1);
        c.Phase1(plan);
        var shares = c.Hosts.ToDictionary(h => h.Me, h => h.Share!);
        using var again = LifecycleRuns.Reshare(1, plan, shares).Run();
        using var second = again.Output<PendingSharing<Ed25519>>(P(1));
        Assert.Throws<ArgumentException>("sharing", () => c[P(1)].Add(second));
    }

    [Fact]
    public void A_certificate_of_another_key_or_an_older_epoch_changes_nothing()
    {
        using var c = new Committee(46, 2, Set(1, 2, 3));
        using var other = new Committee(47, 2, Set(1, 2, 3));
        other.Phase1(ResharePlan<Ed25519>.Refresh(other.Initial, Set(1, 2), 1));
        Assert.False(c.Show(other.Phase2(1)[P(1)], P(1)));

        c.Phase1(ResharePlan<Ed25519>.Refresh(c.Initial, Set(1, 2), 1));
        var first = c.Phase2(1)[P(1)];
        c.ShowAll(first);
        Assert.False(c.Show(first, P(1)));
        c.Phase1(ResharePlan<Ed25519>.Refresh(c[P(1)].Package, Set(1, 2), 2));
        c.ShowAll(c.Phase2(2)[P(1)]);
        Assert.False(c.Show(first, P(1)));
        Assert.Equal(2u, c[P(1)].Share!.Package.Epoch);
    }

    [Fact]
    public void An_old_holder_that_took_no_part_gives_its_share_up_for_a_certificate_however_late()
    {
        using var c = new Committee(48, 2, Set(1, 2, 3));
        c.Phase1(c.Plan(c.Initial, Set(1, 2), Set(1, 2), 2));
        c.Show(c.Phase2(1)[P(1)], P(1));
        c.Show(c[P(1)].Certificate!, P(2));
        c.Phase1(c.Plan(c[P(1)].Package, Set(1, 2), Set(1, 2, 4), 2));
        var certificate = c.Phase2(2)[P(1)];

        var share = c[P(3)].Share!;
        Assert.True(c.Show(certificate, P(3)));
        Assert.Null(c[P(3)].Share);
        Assert.True(share.SigningShare.IsDisposed);
        Assert.Equal(2u, c[P(3)].Package.Epoch);
    }

    [Fact]
    public void A_storage_that_was_rolled_back_is_noticed_nothing_is_wiped_and_the_share_is_repaired()
    {
        using var c = new Committee(49, 2, Set(1, 2, 3));
        var backup = c.Backup(P(3));
        c.Phase1(ResharePlan<Ed25519>.Refresh(c.Initial, Set(1, 2), 1));
        var certificate = c.Phase2(1)[P(1)];
        c.Restart(P(3), backup);

        Assert.Throws<InvalidOperationException>(() => c.Show(certificate, P(3)));
        Assert.False(c[P(3)].Share!.SigningShare.IsDisposed);

        c.Show(certificate, P(1));
        c.Show(certificate, P(2));
        using var repair = LifecycleRuns.Repair(1, c.Hosts.ToDictionary(h => h.Me, h => h.Share!), Set(1, 2), P(3)).Run();
        c.Store(new(repair.Output<RepairOutcome<Ed25519>>(P(3)).Share!));
        Assert.True(c.Signs(P(1), P(3)));
    }

    [Fact]
    public void A_holding_takes_only_what_is_its_own()
    {
        using var c = new Committee(50, 2, Set(1, 2, 3));
        using var other = new Committee(51, 2, Set(1, 2, 3));
        using var foreign = Pending(other);
        using var own = Pending(c);
        Assert.Throws<ArgumentException>("sharing", () => c[P(1)].Add(foreign));
        Assert.Throws<ArgumentException>("sharing", () => c[P(2)].Add(own));
        Assert.Throws<ArgumentException>("me", () => KeyHolding<Ed25519>.Joining(P(1), c.Initial));

        static PendingSharing<Ed25519> Pending(Committee c)
        {
            using var run = LifecycleRuns.Reshare(1, ResharePlan<Ed25519>.Refresh(c.Initial, Set(1, 2), 1), c.Hosts.ToDictionary(h => h.Me, h => h.Share!)).Run();
            return run.Output<PendingSharing<Ed25519>>(P(1));
        }
    }

    [Fact]
    public void Cut_bytes_of_a_holding_are_refused_and_changed_ones_mean_something_else_or_nothing()
    {
        using var c = new Committee(52, 2, Set(1, 2, 3));
        c.Phase1(ResharePlan<Ed25519>.Refresh(c.Initial, Set(1, 2), 1));
        c.ShowAll(c.Phase2(1)[P(1)]);
        c.Phase1(ResharePlan<Ed25519>.Refresh(c[P(1)].Package, Set(1, 2), 2));
        var bytes = c.Backup(P(1));
        Assert.Equal(bytes, ReadAndWrite(bytes));

        var refused = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            Assert.Throws<WireException>(() => ReadAndWrite(bytes[..i]));
            var changed = bytes.ToArray();
            changed[i] ^= 4;
            try
            {
                Assert.Equal(changed, ReadAndWrite(changed));
            }
            catch (WireException)
            {
                refused++;
            }
        }
        // What a pending sharing replaces (32 bytes) and its epoch (4) is told by nothing else in the holding.
        Assert.InRange(refused, bytes.Length - 36, bytes.Length);

        static byte[] ReadAndWrite(byte[] bytes)
        {
            var reader = new WireReader(bytes);
            using var holding = KeyHolding<Ed25519>.Read(ref reader);
            reader.End();
            using var writer = new WireWriter();
            holding.Write(writer);
            return writer.Written.ToArray();
        }
    }

    /// <summary>
    /// The theorem of docs/spec/lifecycle.md under random weather: whatever certificates there are, public or withheld,
    /// every receiver of the highest one holds its share, and showing that one to everybody makes them all sign.
    /// </summary>
    [Theory, MemberData(nameof(Seeds), 12)]
    public void No_weather_loses_the_key(ulong seed) => Weather(seed, steps: 25);

    [Theory, MemberData(nameof(Seeds), 200), Trait("Category", "Slow")]
    public void No_long_weather_loses_the_key(ulong seed) => Weather(1000 + seed, steps: 60);

    public static TheoryData<ulong> Seeds(int count) => [.. Enumerable.Range(0, count).Select(i => (ulong)i)];

    static void Weather(ulong seed, int steps)
    {
        using var random = new SeededRandom(seed, "weather");
        using var c = new Committee(2000 + seed, 2, Set(1, 2, 3));
        List<ReshareCertificate<Ed25519>> certificates = [];
        for (var step = 0; step < steps; step++)
        {
            var host = c.Hosts.ElementAt(random.Below(c.Hosts.Count()));
            switch (random.Below(6))
            {
                case 0 or 1 when Dealers(host.Package) is { } dealers:
                    var to = new PartySet(PartyId.Range(5).OrderBy(_ => random.Below(1000)).Take(2 + random.Below(3)));
                    var plan = c.Plan(host.Package, dealers, to, 1 + random.Below(to.Count));
                    c.Phase1(plan, Storm, crash: [.. plan.Parties.Where(_ => random.Below(8) == 0)]);
                    break;
                case 2 or 3 when host.Pending.Count > 0:
                    // Whoever lost a message is left with nothing; a spy among the parties may get everything all the same.
                    var epoch = host.Pending[random.Below(host.Pending.Count)].Package.Epoch;
                    certificates.AddRange(c.Phase2(epoch, Storm).Values.Take(1));
                    break;
                case 4 when certificates.Count > 0:
                    c.Show(certificates[random.Below(certificates.Count)], host.Me);
                    break;
                case 5:
                    c.Restart(host.Me);
                    break;
            }
            AssertAlive();
        }
        if (certificates.MaxBy(x => x.Package.Epoch) is { } last)
            c.ShowAll(last);
        var package = c.Hosts.MaxBy(h => h.Package.Epoch)!.Package;
        Assert.True(c.Signs([.. package.Parties.TakeLast(package.Threshold)]));

        Simulation Storm(Simulation network)
        {
            if (random.Below(2) == 0)
                network.With(m => random.Below(30) == 0 ? [] : [m.Bytes]);
            return network;
        }

        PartySet? Dealers(PublicKeyPackage<Ed25519> package)
        {
            var able = package.Parties.Where(p => c[p].Share?.Package.Equals(package) == true).ToArray();
            return able.Length >= package.Threshold ? new(able) : null;
        }

        void AssertAlive()
        {
            var top = certificates.MaxBy(x => x.Package.Epoch)?.Package ?? c.Initial;
            Assert.All(top.Parties, p => Assert.True(
                c[p].Share?.Package.Equals(top) == true || c[p].Pending.Any(q => q.HasShare && q.Package.Equals(top)),
                $"{p} has no share of epoch {top.Epoch}"));
        }
    }
}
