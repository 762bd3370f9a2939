using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Quorate.Threshold.Tests.Sharing;
using static Quorate.Threshold.Tests.Lifecycle.Parties;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>Crashes, roll-backs, withheld certificates and mixed generations of a (2, 3) key.</summary>
public sealed class Dkls23KeyHoldingTests
{
    static readonly (int, int)[] quorums = [(1, 2), (1, 3), (2, 3)];

    public enum Step
    {
        WithinPhase1,
        AfterPhase1,
        WithinTheSetup,
        AfterTheSetup,
        OneHasStored,
        AllHaveStored,
        WithinPhase2,
        AfterPhase2,
    }

    public static TheoryData<Step> Steps => [.. Enum.GetValues<Step>()];

    [Theory, MemberData(nameof(Steps))]
    public void A_crash_of_everybody_before_the_certificate_leaves_the_old_shares_signing_and_the_next_attempt_succeeds(Step step)
    {
        using var c = new Dkls23Committee(60, 2, Set(1, 2, 3));
        RunUntil(c, step);
        c.RestartAll();

        Assert.All(quorums, q => Assert.True(c.Signs(P(q.Item1), P(q.Item2))));
        Assert.All(c.Hosts, h => Assert.Equal(c.Initial, h.Share!.Package));

        c.Refresh(Set(2, 3));
        c.RestartAll();
        Assert.All(c.Hosts, h => Assert.Equal((c.Hosts.First().Package, 0), (h.Share!.Package, h.Pending.Count)));
        Assert.All(quorums, q => Assert.True(c.Signs(P(q.Item1), P(q.Item2))));
    }

    [Fact]
    public void A_crash_of_everybody_after_the_certificate_leaves_the_new_shares_signing()
    {
        using var c = new Dkls23Committee(61, 2, Set(1, 2, 3));
        c.Prepare(c.Plan(Set(1, 2)));
        var certificate = c.Certify(1)[P(3)];
        c.Show(certificate, P(1));
        c.RestartAll();

        // P1 has the new generation, the others the old: neither hears the other, and nobody bans.
        Assert.True(c.Signs(P(2), P(3)));
        Assert.False(c.Signs(P(1), P(2)));
        Assert.All(c.Bans.Values, b => Assert.Empty(b.Peers));

        Assert.True(c.Show(c[P(1)].Certificate!, P(2)));
        c.RestartAll();
        Assert.True(c.Signs(P(1), P(2)));
        Assert.True(c.Show(c[P(2)].Certificate!, P(3)));
        c.RestartAll();
        Assert.All(quorums, q => Assert.True(c.Signs(P(q.Item1), P(q.Item2))));
    }

    [Fact]
    public void Phase_2_can_be_run_again_after_a_crash()
    {
        using var c = new Dkls23Committee(62, 2, Set(1, 2, 3));
        c.Prepare(c.Plan(Set(1, 2)));
        Assert.Empty(c.Certify(1, n => n.Drop(1, P(2)).Drop(1, P(1), P(2))));
        c.RestartAll();
        c.ShowAll(c.Certify(1)[P(1)]);
        Assert.All(quorums, q => Assert.True(c.Signs(P(q.Item1), P(q.Item2))));
    }

    static void RunUntil(Dkls23Committee c, Step step)
    {
        var plan = c.Plan(Set(1, 2));
        using var phase1 = c.Reshare(plan);
        if (step == Step.WithinPhase1)
        {
            Deliver(phase1, 9);
            return;
        }
        var pending = phase1.Run().Outputs<PendingSharing<Secp256k1>>();
        if (step == Step.AfterPhase1)
            return;
        using var setup = c.Setup(pending);
        if (step == Step.WithinTheSetup)
        {
            Deliver(setup, 20);
            return;
        }
        var setups = setup.Run().Outputs<PairwiseSetups>();
        if (step == Step.AfterTheSetup)
            return;
        foreach (var (sharing, own) in pending.Zip(setups).Take(step == Step.OneHasStored ? 1 : 3))
            c.Add(sharing, own, plan.Package);
        if (step is Step.OneHasStored or Step.AllHaveStored)
            return;
        using var phase2 = c.Acknowledge(1);
        if (step == Step.WithinPhase2)
            Deliver(phase2, 4);
        else
            Assert.Equal(3, phase2.Run().Outputs<ReshareCertificate<Secp256k1>>().Length);
    }

    static void Deliver(Simulation run, int messages)
    {
        while (messages-- > 0)
            Assert.True(run.Deliver());
        Assert.Contains(run.Sessions.Values, s => s.IsRunning);
    }

    // Attack 24. P3 gets everybody's acknowledgement and gives its own to P2 alone: P2 and P3 forget the old generation.
    [Fact]
    public void Forget_and_forgive_can_not_hold_the_key_to_ransom()
    {
        using var c = new Dkls23Committee(63, 2, Set(1, 2, 3));
        c.Prepare(c.Plan(Set(1, 2)));
        var certified = c.Certify(1, n => n.Drop(1, P(3), P(1)));
        Assert.Equal([P(2), P(3)], certified.Keys.Order());
        c.Show(certified[P(2)], P(2));
        c.Show(certified[P(3)], P(3));
        Assert.True(c[P(2)].Share!.Package.Epoch == 1 && c[P(1)].Share!.Package.Epoch == 0);
        Assert.False(c.Signs(P(1), P(2)));

        // P1 has stored share and set-ups before it acknowledged them. P3 need not help.
        c.Restart(P(1));
        Assert.True(c.Show(c[P(2)].Certificate!, P(1)));
        Assert.True(c.Signs(P(1), P(2)));
    }

    [Fact]
    public void Forget_and_forgive_with_a_set_up_that_one_party_never_got_leaves_the_old_generation()
    {
        using var c = new Dkls23Committee(64, 2, Set(1, 2, 3));
        c.Prepare(c.Plan(Set(1, 2)), crash: P(1));
        Assert.Empty(c.Certify(1));
        Assert.All(quorums, q => Assert.True(c.Signs(P(q.Item1), P(q.Item2))));
        // The next attempt takes an epoch that nobody has acknowledged.
        var plan = c.Plan(Set(1, 2));
        Assert.Equal(2u, plan.Epoch);
        c.Prepare(plan);
        c.ShowAll(c.Certify(2)[P(1)]);
        Assert.All(quorums, q => Assert.True(c.Signs(P(q.Item1), P(q.Item2))));
    }

    [Fact]
    public void A_leaver_gives_its_share_and_set_ups_up_for_a_certificate_it_had_no_part_in()
    {
        using var c = new Dkls23Committee(65, 2, Set(1, 2, 3));
        var share = c[P(1)].Share!;
        var plan = ResharePlan<Secp256k1>.Reshare(c.Initial, Set(1, 2), Set(2, 3, 4), 2, 1);
        c.Prepare(plan);
        Assert.Equal((false, 1), (c[P(1)].Pending[0].HasShare, c[P(1)].Pending.Count));
        Assert.Throws<ArgumentException>("epoch", () => c[P(1)].Acknowledge(FrostRuns.Id(1), 1, new SeededRandom(1)));
        c.ShowAll(c.Certify(1)[P(4)]);
        Assert.Null(c[P(1)].Share);
        Assert.Null(c[P(1)].DealingShare);
        Assert.True(share.Share.SigningShare.IsDisposed && share.Setup(P(2)).ZeroSeed.IsDisposed && share.Setup(P(3)).ZeroSeed.IsDisposed);
        c.RestartAll();
        Assert.True(c.Signs(P(3), P(4)));
    }

    // Attack 31, for shares: whoever is rolled back has a share and set-ups of another generation than everybody else.
    [Fact]
    public void A_restored_old_share_can_not_be_used_with_new_ones_and_is_repaired()
    {
        using var c = new Dkls23Committee(66, 2, Set(1, 2, 3));
        var backup = c.Backup(P(3));
        c.Refresh(Set(1, 2));
        var certificate = c[P(1)].Certificate!;
        c.Restart(P(3), backup);

        Assert.Equal(0u, c[P(3)].Share!.Package.Epoch);
        Assert.False(c.Signs(P(1), P(3)));
        Assert.All(c.Bans.Values, b => Assert.Empty(b.Peers));
        Assert.Throws<InvalidOperationException>(() => c.Show(certificate, P(3)));
        Assert.False(c[P(3)].Share!.Share.SigningShare.IsDisposed);
        Assert.True(c.Signs(P(1), P(2)));

        using var repair = LifecycleRuns.Repair(67, c.Hosts.Where(h => h.Me != P(3)).ToDictionary(h => h.Me, h => h.DealingShare!), Set(1, 2), P(3)).Run();
        c.Store(new(repair.Output<RepairOutcome<Secp256k1>>(P(3)).Share!));
        c.RestartAll();
        Assert.Equal((null, 1u), (c[P(3)].Share, c[P(3)].DealingShare!.Package.Epoch));
        c.Refresh(Set(1, 3));
        Assert.Equal(2u, c[P(3)].Share!.Package.Epoch);
        Assert.All(quorums, q => Assert.True(c.Signs(P(q.Item1), P(q.Item2))));
    }

    [Fact]
    public void A_certificate_for_set_ups_that_are_not_here_wipes_nothing()
    {
        // The same pending shares with two set-ups: everybody's storage went back between them.
        using var c = new Dkls23Committee(68, 2, Set(1, 2, 3));
        var backups = c.Hosts.Select(h => h.Me).ToDictionary(p => p, c.Backup);
        using var phase1 = c.Reshare(c.Plan(Set(1, 2))).Run();
        var pending = phase1.Outputs<PendingSharing<Secp256k1>>();
        Prepare(pending.Select(Copy).ToArray());
        var other = c.Certify(1)[P(1)];
        foreach (var (party, backup) in backups)
            c.Restart(party, backup);
        Prepare(pending);

        var share = c[P(1)].Share!;
        Assert.Throws<InvalidOperationException>(() => c.Show(other, P(1)));
        Assert.False(share.Share.SigningShare.IsDisposed || share.Setup(P(2)).ZeroSeed.IsDisposed);
        Assert.Single(c[P(1)].Pending);
        c.ShowAll(c.Certify(1)[P(1)]);
        Assert.True(c.Signs(P(1), P(2)));

        void Prepare(PendingSharing<Secp256k1>[] sharings)
        {
            using var setup = c.Setup(sharings).Run();
            foreach (var (sharing, setups) in sharings.Zip(setup.Outputs<PairwiseSetups>()))
                c.Add(sharing, setups, c.Initial);
        }

        static PendingSharing<Secp256k1> Copy(PendingSharing<Secp256k1> sharing)
        {
            using var writer = new WireWriter();
            sharing.Write(writer);
            var reader = new WireReader(writer.Written);
            return PendingSharing<Secp256k1>.Read(ref reader);
        }
    }

    [Fact]
    public void Shares_and_set_ups_of_mixed_epochs_are_refused_with_both_epochs()
    {
        using var c = new Dkls23Committee(69, 2, Set(1, 2, 3));
        using var oldShare = Copy(c[P(1)].Share!);
        c.Refresh(Set(1, 2));
        var newer = c[P(1)].Share!;
        Refused("The set-ups were made for epoch 1, the share is of epoch 0.", oldShare.Share, newer.Setups);
        Refused("The set-ups were made for epoch 0, the share is of epoch 1.", newer.Share, oldShare.Setups);
        Refused("The set-ups are P2's, the share is P1's.", newer.Share, c[P(2)].Share!.Setups);
        using (var another = new Dkls23Committee(70, 2, Set(1, 2, 3)))
        {
            another.Refresh(Set(1, 2));
            Refused("The set-ups were made for another sharing of epoch 1 than the share's.", newer.Share, another[P(1)].Share!.Setups);
        }

        // The same on disk: the share of one file with the set-ups of another.
        using var writer = new WireWriter();
        writer.Byte(1);
        oldShare.Share.Write(writer);
        newer.Setups.Write(writer);
        Assert.Contains("epoch 1, the share is of epoch 0", Assert.Throws<WireException>(() =>
        {
            var reader = new WireReader(writer.Written);
            Dkls23KeyShare.Read(ref reader);
        }).Message);

        // And between the phases.
        using var phase1 = c.Reshare(c.Plan(Set(1, 2))).Run();
        using var sharing = phase1.Output<PendingSharing<Secp256k1>>(P(1));
        Assert.Contains("epoch 1, the share is of epoch 2", Assert.Throws<ArgumentException>(() => c[P(1)].Add(sharing, newer.Setups)).Message);
        Assert.Throws<ArgumentException>("setups", () => c[P(1)].Add(sharing, null));
        Assert.Empty(c[P(1)].Pending);

        static void Refused(string message, KeyShare<Secp256k1> share, PairwiseSetups setups)
        {
            var refused = (new KeyShare<Secp256k1>(share.Me, share.SigningShare.Copy(), share.Package), setups.Copy());
            Assert.Equal(message.Replace("P1", $"{P(1)}", StringComparison.Ordinal).Replace("P2", $"{P(2)}", StringComparison.Ordinal),
                Assert.Throws<ArgumentException>(() => new Dkls23KeyShare(refused.Item1, refused.Item2)).Message);
            Assert.True(refused.Item1.SigningShare.IsDisposed);
        }

        static Dkls23KeyShare Copy(Dkls23KeyShare share)
        {
            using var writer = new WireWriter();
            share.Write(writer);
            var reader = new WireReader(writer.Written);
            return Dkls23KeyShare.Read(ref reader);
        }
    }

    [Fact]
    public void A_ban_outlives_the_renewal_of_share_and_set_up_and_does_not_hinder_it()
    {
        using var c = new Dkls23Committee(71, 2, Set(1, 2, 3));
        var bans = c.Bans[P(1)] = new();
        using (var cheat = Dkls23Runs.Sign(1, c.Hosts.ToDictionary(h => h.Me, h => h.Share!), Set(1, 2), SHA256.HashData([1]), new Dictionary<PartyId, BanList> { [P(1)] = bans, [P(2)] = new() })
            .TamperBytes(2, P(2), P(1), b =>
            {
                b[500] ^= 1;
                return b;
            }).Run())
            Assert.Equal(Severity.Ban, cheat.AbortOf(P(1))!.Severity);

        var before = c[P(1)].Share!.KeyId.ToArray();
        c.Refresh(Set(1, 2));
        c.RestartAll();
        Assert.Equal(before, c[P(1)].Share!.KeyId);
        Assert.Throws<InvalidOperationException>(() => c.Signs(P(1), P(2)));
        Assert.True(c.Signs(P(1), P(3)));
        Assert.True(c.Signs(P(2), P(3)));
        using var child = c[P(1)].Share!.Derive(Cryptography.Derivation.Bip32Path.Parse("m/0"));
        Assert.Equal(before, child.KeyId);
    }

    [Fact]
    public void A_presignature_of_the_old_generation_is_refused()
    {
        using var c = new Dkls23Committee(75, 2, Set(1, 2));
        using var presignature = Dkls23Runs.Presignatures(1, c.Hosts.ToDictionary(h => h.Me, h => h.Share!), Set(1, 2))[P(1)];
        c.Refresh(Set(1, 2));
        Assert.Throws<ArgumentException>("presignature", () => new Dkls23Online(
            FrostRuns.Id(1), c[P(1)].Share!, Set(1, 2), Cryptography.Derivation.Bip32Path.Root, new byte[32], presignature, new SpentPresignatures(), new BanList()));
    }

    [Fact]
    public void A_childs_share_is_not_stored_and_a_share_of_another_scheme_not_held()
    {
        using var c = new Dkls23Committee(72, 2, Set(1, 2, 3));
        using var child = c[P(1)].Share!.Derive(Cryptography.Derivation.Bip32Path.Parse("m/0"));
        using var writer = new WireWriter();
        Assert.Throws<InvalidOperationException>(() => child.Write(writer));
        Assert.Equal(0, writer.Length);

        var frost = Dealt<Secp256k1>.Key(KeyScheme.FrostSecp256k1, 73, 2, PartySet.Range(3));
        Assert.Throws<ArgumentException>(() => new Dkls23KeyHolding(frost[P(1)]));
        Assert.Throws<ArgumentException>(() => Dkls23KeyHolding.Joining(P(4), frost[P(2)].Package));
        Assert.Throws<ArgumentException>(() => Dkls23KeyHolding.Joining(P(1), c.Initial));
        Assert.Throws<ArgumentException>("share", () => new Dkls23KeyShare(frost[P(2)], c[P(2)].Share!.Setups.Copy()));
    }

    [Fact]
    public void Cut_bytes_of_a_holding_are_refused_and_whole_ones_mean_the_same()
    {
        using var c = new Dkls23Committee(74, 2, Set(1, 2));
        c.Refresh(Set(1, 2));
        c.Prepare(c.Plan(Set(1, 2)));
        var bytes = c.Backup(P(1));
        Assert.Equal(bytes, ReadAndWrite(bytes));
        for (var i = 0; i < bytes.Length; i += 1 + i / 8)
            Assert.Throws<WireException>(() => ReadAndWrite(bytes[..i]));
        // The mark says that the share in force has no set-ups: then there can be no certificate either.
        var holding = bytes.Length - 1 - 2 * (77 + 6_194);
        Assert.Equal(1, bytes[holding]);
        Assert.Throws<WireException>(() => ReadAndWrite([.. bytes[..holding], 0, .. bytes[(holding + 1 + 77 + 6_194)..]]));
        Assert.Throws<WireException>(() => ReadAndWrite([.. bytes[..holding], 2, .. bytes[(holding + 1)..]]));

        static byte[] ReadAndWrite(byte[] bytes)
        {
            var reader = new WireReader(bytes);
            using var holding = Dkls23KeyHolding.Read(ref reader);
            reader.End();
            using var writer = new WireWriter();
            holding.Write(writer);
            return writer.Written.ToArray();
        }
    }
}
