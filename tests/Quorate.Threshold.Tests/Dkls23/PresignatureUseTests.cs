using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Threshold.Tests.Frost.Verdicts;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>Attack 31: a presignature is used once, for the key, quorum and request that it was meant for.</summary>
public sealed class PresignatureUseTests
{
    static readonly byte[] digest = SHA256.HashData("a message"u8), other = SHA256.HashData("another"u8);
    static readonly PartySet quorum = new([P(1), P(3)]);
    static readonly SortedDictionary<PartyId, Dkls23KeyShare> shares = Dkls23Runs.Key(40, 2, PartySet.Range(3));

    readonly SortedDictionary<PartyId, Dkls23Presignature> presignatures = Dkls23Runs.Presignatures(1, shares, quorum);
    readonly SpentPresignatures spent = new();
    readonly BanList bans = new();

    Dkls23Online Sign(
        int me, Dkls23Presignature? presignature = null, Dkls23KeyShare? share = null, PartySet? signers = null, byte[]? message = null, string path = "m", ulong session = 1) => new(
        FrostRuns.Id(session), share ?? shares[P(me)], signers ?? quorum, Bip32Path.Parse(path), message ?? digest, presignature ?? presignatures[P(me)], me == 1 ? spent : new(), bans);

    [Fact]
    public void A_presignature_starts_one_session_and_never_a_second()
    {
        using var first = Sign(1).Start();
        Assert.True(presignatures[P(1)].IsSpent);
        Assert.Throws<InvalidOperationException>(() => Sign(1).Start());
        Assert.Throws<InvalidOperationException>(() => Sign(1, message: other).Start());
        // The first is not disturbed.
        using var run = new Simulation(1).Add(first).Add(Sign(3).Start()).Run();
        Assert.Single(run.Outputs<Dkls23Signature>().Distinct());
        Assert.Throws<InvalidOperationException>(() => Sign(1).Start());
        Assert.Equal(1, spent.Count);
    }

    [Fact]
    public void A_copy_of_the_memory_can_not_use_it_again()
    {
        // The same seed makes the same presignature: what a snapshot of the process would hold.
        var copy = Dkls23Runs.Presignatures(1, shares, quorum)[P(1)];
        Assert.Equal(presignatures[P(1)].Id, copy.Id);
        using var first = Sign(1).Start();
        Assert.Throws<InvalidOperationException>(() => Sign(1, copy, message: other).Start());
        Assert.True(copy.IsSpent);
    }

    [Fact]
    public void A_presignature_has_no_bytes_to_be_restored_from() =>
        Assert.DoesNotContain(typeof(Dkls23Presignature).GetMethods(), m => m.GetParameters().Any(p => p.ParameterType == typeof(WireWriter) || p.ParameterType == typeof(WireReader).MakeByRefType()));

    [Fact, Commits(Fault.Timeout)]
    public void A_presignature_of_a_session_that_failed_is_used_up_too()
    {
        using (var run = new Simulation(1).Add(Sign(1).Start()).Run())
            run.AssertBlames<Dkls23Signature>(1, (Fault.Timeout, 3));
        Assert.Throws<InvalidOperationException>(() => Sign(1).Start());
    }

    [Fact]
    public void A_disposed_presignature_signs_nothing()
    {
        presignatures[P(1)].Dispose();
        Assert.Throws<InvalidOperationException>(() => Sign(1).Start());
        Assert.Equal(0, spent.Count);
    }

    [Fact]
    public void A_protocol_that_is_never_started_uses_nothing()
    {
        Sign(1);
        Assert.False(presignatures[P(1)].IsSpent);
        Assert.Equal(0, spent.Count);
    }

    [Fact]
    public void Presignatures_of_another_party_key_child_epoch_or_set_up_are_refused()
    {
        void AssertRefused(Dkls23Presignature? wrong = null, Dkls23KeyShare? share = null) =>
            Assert.Throws<ArgumentException>("presignature", () => Sign(1, wrong, share));

        var mine = shares[P(1)];
        AssertRefused(presignatures[P(3)]);
        AssertRefused(share: mine.Derive(Bip32Path.Parse("m/0")));
        AssertRefused(Dkls23Runs.Presignatures(2, shares.ToDictionary(s => s.Key, s => s.Value.Derive(Bip32Path.Parse("m/0"))), quorum)[P(1)]);
        AssertRefused(share: Dkls23Runs.Key(42, 2, PartySet.Range(3))[P(1)]);

        var package = mine.Package;
        var renewed = new PublicKeyPackage<Secp256k1>(
            package.Scheme, package.Origin, package.Epoch + 1, package.Threshold, package.Parties, package.GroupKey, package.VerifyingShares.ToArray(), package.ChainCode);
        PairwiseSetup[] Setups() => [mine.Setup(P(2)).Copy(), mine.Setup(P(3)).Copy()];
        AssertRefused(share: new(new(P(1), mine.Share.SigningShare.Copy(), renewed), new(P(1), renewed, mine.SetupId, Setups())));
        AssertRefused(share: new(new(P(1), mine.Share.SigningShare.Copy(), package), new(P(1), package, new byte[32], Setups())));
    }

    [Fact]
    public void Another_quorum_is_refused()
    {
        Assert.Throws<ArgumentException>("presignature", () => Sign(1, signers: new([P(1), P(2)])));
        Assert.Throws<ArgumentException>("quorum", () => Sign(1, signers: PartySet.Range(3)));
        Assert.Throws<ArgumentException>("quorum", () => Sign(1, signers: new([P(1)])));
        Assert.Throws<ArgumentException>("me", () => Sign(1, signers: new([P(2), P(3)])));
    }

    [Fact]
    public void The_callers_other_mistakes_are_exceptions_and_use_nothing()
    {
        Assert.Throws<ArgumentException>("digest", () => Sign(1, message: new byte[31]));
        Assert.Throws<ArgumentException>("path", () => Sign(1, path: "m/0'"));
        var (id, share, presignature) = (FrostRuns.Id(1), shares[P(1)], presignatures[P(1)]);
        Assert.Throws<ArgumentNullException>("share", () => new Dkls23Online(id, null!, quorum, Bip32Path.Root, digest, presignature, spent, bans));
        Assert.Throws<ArgumentNullException>("path", () => new Dkls23Online(id, share, quorum, null!, digest, presignature, spent, bans));
        Assert.Throws<ArgumentNullException>("presignature", () => new Dkls23Online(id, share, quorum, Bip32Path.Root, digest, null!, spent, bans));
        Assert.Throws<ArgumentNullException>("spent", () => new Dkls23Online(id, share, quorum, Bip32Path.Root, digest, presignature, null!, bans));
        Assert.Throws<ArgumentNullException>("bans", () => new Dkls23Online(id, share, quorum, Bip32Path.Root, digest, presignature, spent, null!));
        Assert.Throws<ArgumentNullException>("share", () => new Dkls23Presign(id, null!, quorum, bans, new SeededRandom(1)));
        Assert.Throws<ArgumentNullException>("random", () => new Dkls23Presign(id, share, quorum, bans, null!));
        bans.Ban(shares[P(1)].KeyId, P(3));
        Assert.Throws<InvalidOperationException>(() => Sign(1));
        Assert.Throws<InvalidOperationException>(() => new Dkls23Presign(FrostRuns.Id(1), shares[P(1)], quorum, bans, new SeededRandom(1)));
        Assert.Throws<ArgumentException>("quorum", () => new Dkls23Presign(FrostRuns.Id(1), shares[P(1)], PartySet.Range(3), bans, new SeededRandom(1)));
        Assert.False(presignatures[P(1)].IsSpent);
    }

    [Theory, Commits(Fault.Timeout)]
    [InlineData("digest"), InlineData("path"), InlineData("session"), InlineData("presignature")]
    public void Signers_who_differ_in_anything_do_not_hear_each_other(string what)
    {
        var theirs = what switch
        {
            "digest" => Sign(3, message: other),
            "path" => Sign(3, path: "m/1"),
            "session" => Sign(3, session: 2),
            _ => Sign(3, Dkls23Runs.Presignatures(2, shares, quorum)[P(3)]),
        };
        using var run = new Simulation(1).Add(Sign(1).Start()).Add(theirs.Start()).Run();
        run.AssertBlames<Dkls23Signature>(1, (Fault.Timeout, 3));
        run.AssertBlames<Dkls23Signature>(3, (Fault.Timeout, 1));
    }

    [Fact]
    public void Messages_of_other_sessions_and_protocols_are_ignored()
    {
        var old = new List<Simulation.InFlight>();
        IEnumerable<byte[]> Keep(Simulation.InFlight m)
        {
            old.Add(m);
            return [m.Bytes];
        }
        using var sign = Dkls23Runs.Sign(1, shares, quorum, digest).With(Keep).Run();
        using var presign = Dkls23Runs.Presign(3, shares, quorum).With(Keep).Run();
        using var online = Dkls23Runs.Online(4, shares, Dkls23Runs.Presignatures(3, shares, quorum), digest).With(Keep).Run();
        using var replayed = new Simulation(1).Add(Sign(1).Start()).Add(Sign(3).Start())
            .With(m => [.. old.Where(o => o.From == m.From && o.To == m.To).Select(o => o.Bytes), m.Bytes]).Run();
        Assert.Single(replayed.Outputs<Dkls23Signature>().Distinct());
    }
}
