using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>Parties that were told different things, and messages from other sessions.</summary>
public sealed class Dkls23SessionTests
{
    static readonly byte[] Digest = SHA256.HashData("a message"u8);
    static readonly PartySet Quorum = PartySet.Range(3), Committee = PartySet.Range(4);
    static readonly PartyId P1 = new(1), P2 = new(2), P3 = new(3);
    static readonly SortedDictionary<PartyId, Dkls23KeyShare> Shares = Dkls23Runs.Key(60, 3, Committee);

    public static TheoryData<string> Differences => ["digest", "session", "quorum", "path", "key", "epoch", "set-up"];

    // A host that misleads its party can not make it look like a cheat, nor make it ban anybody.
    [Theory, MemberData(nameof(Differences))]
    public void Who_was_told_something_else_is_not_heard_and_not_accused(string difference)
    {
        var id = FrostRuns.Id(61);
        using var random = new SeededRandom(61, "misled");
        var bans = Quorum.ToDictionary(p => p, _ => new BanList());
        Dkls23Sign Misled(Dkls23KeyShare share, PartySet? quorum = null, SessionId? session = null, byte[]? digest = null) =>
            new(session ?? id, share, quorum ?? Quorum, digest ?? Digest, bans[P3], random);
        var share = Shares[P3];
        Dkls23KeyShare With(PublicKeyPackage<Secp256k1> package, ReadOnlySpan<byte> setupId) => new(
            KeyShare<Secp256k1>.FromTrusted(P3, share.Share.SigningShare.Copy(), package),
            new(P3, package, setupId, [.. Committee.Except(P3).Select(p => share.Setup(p).Copy())]));
        var misled = difference switch
        {
            "digest" => Misled(share, digest: SHA256.HashData("another"u8)),
            "session" => Misled(share, session: FrostRuns.Id(62)),
            "quorum" => Misled(share, new([P1, P3, new(4)])),
            "path" => Misled(share.Derive(Bip32Path.Parse("m/1"))),
            "key" => Misled(Dkls23Runs.Key(62, 3, Committee)[P3]),
            "epoch" => Misled(With(Epoch1(share.Package), share.SetupId)),
            _ => Misled(With(share.Package, new byte[32])),
        };
        using var run = new Simulation(61).Add(misled.Start());
        foreach (var p in (PartyId[])[P1, P2])
            run.Add(new Dkls23Sign(id, Shares[p], Quorum, Digest, bans[p], new SeededRandom(61, $"{p}")).Start());
        run.Run();
        foreach (var p in Quorum)
        {
            Assert.Equal((Fault.Timeout, Severity.Retry), (run.AbortOf(p)!.Fault, run.AbortOf(p)!.Severity));
            Assert.Empty(bans[p].Peers);
        }
        Assert.All((PartyId[])[P1, P2], p => Assert.Equal([P3], run.AbortOf(p)!.Culprits));
    }

    [Fact]
    public void In_key_generation_too()
    {
        var id = FrostRuns.Id(63);
        foreach (var misled in (Func<Dkls23Keygen>[])
        [
            () => new(id, P3, Quorum, 3, new SeededRandom(1)),
            () => new(FrostRuns.Id(64), P3, Quorum, 2, new SeededRandom(1)),
            () => new(id, P3, Committee, 2, new SeededRandom(1)),
        ])
        {
            using var run = new Simulation(63).Add(misled().Start());
            foreach (var p in (PartyId[])[P1, P2])
                run.Add(new Dkls23Keygen(id, p, Quorum, 2, new SeededRandom(63, $"{p}")).Start());
            run.Run();
            Assert.All((PartyId[])[P1, P2], p => Assert.Equal((Fault.Timeout, "P3"), (run.AbortOf(p)!.Fault, string.Join(' ', run.AbortOf(p)!.Culprits))));
        }
    }

    [Fact]
    public void Messages_of_an_earlier_signature_with_the_same_key_quorum_and_digest_change_nothing()
    {
        List<(PartyId From, PartyId To, byte[] Bytes)> old = [];
        IEnumerable<byte[]> Record(Simulation.InFlight m)
        {
            old.Add((m.From, m.To, m.Bytes));
            return [m.Bytes];
        }

        Dkls23Runs.Sign(65, Shares, Quorum, Digest).With(Record).Run().Dispose();
        Dkls23Runs.Keygen(65, 3, Quorum).With(Record).Run().Dispose();
        var bans = Quorum.ToDictionary(p => p, _ => new BanList());
        using var run = Dkls23Runs.Sign(66, Shares, Quorum, Digest, bans);
        foreach (var (from, to, bytes) in old)
            run.Sessions[to].Receive(from, bytes);
        Assert.Single(run.Run().Outputs<Dkls23Signature>().Distinct());
        Assert.All(bans.Values, b => Assert.Empty(b.Peers));
    }

    // The context moved into another session's frame: what a cheat can do, and it is caught as one.
    [Theory, InlineData(2, Fault.FailedTransferCheck), InlineData(3, Fault.InvalidOpening), InlineData(4, Fault.FailedSignature)]
    public void A_cheat_that_replays_its_own_message_in_a_new_session_is_named(byte round, Fault fault)
    {
        Dictionary<PartyId, byte[]> old = [];
        using (var first = Dkls23Runs.Sign(67, Shares, Quorum, Digest).With(m =>
        {
            if (m.From == P2 && WireTap.RoundOf(m.Bytes) == (round, false))
                old[m.To] = m.Bytes;
            return [m.Bytes];
        }).Run())
            Assert.Equal(2, old.Count);
        var bans = Quorum.ToDictionary(p => p, _ => new BanList());
        using var run = Dkls23Runs.Sign(68, Shares, Quorum, Digest, bans).With(m =>
            [m.From == P2 && WireTap.RoundOf(m.Bytes) == (round, false) ? Payload(m.Bytes, old[m.To]) : m.Bytes]).Run();
        foreach (var p in (PartyId[])[P1, P3])
        {
            Assert.Equal(fault, run.AbortOf(p)!.Fault);
            Assert.Contains(P2, run.AbortOf(p)!.Culprits);
            Assert.Equal(run.AbortOf(p)!.Severity == Severity.Ban ? [P2] : [], bans[p].Peers);
        }
    }

    [Fact]
    public void A_message_meant_for_another_party_is_a_cheat()
    {
        // P2 sends P3 what it made for P1: the transfers belong to another pair.
        byte[]? forP1 = null;
        using var run = Dkls23Runs.Sign(69, Shares, Quorum, Digest);
        foreach (var message in run.Sessions[P2].TakeOutgoing())
            foreach (var to in message.To is { } one ? [one] : Quorum.Except(P2))
            {
                var bytes = message.Bytes.ToArray();
                if (WireTap.RoundOf(bytes) == (2, false) && to == P1)
                    forP1 = bytes;
                run.Sessions[to].Receive(P2, WireTap.RoundOf(bytes) == (2, false) ? forP1! : bytes);
            }
        run.Run();
        Assert.Equal((Fault.FailedTransferCheck, "P2"), (run.AbortOf(P3)!.Fault, string.Join(' ', run.AbortOf(P3)!.Culprits)));
    }

    /// <summary>The frame of this session with the message of another one, whose confirmations have the same length.</summary>
    static byte[] Payload(byte[] frame, byte[] other)
    {
        var header = 37 + 32 * frame[36];
        return [.. frame[..header], .. other[header..]];
    }

    static PublicKeyPackage<Secp256k1> Epoch1(PublicKeyPackage<Secp256k1> p) =>
        new(p.Scheme, p.Origin, 1, p.Threshold, p.Parties, p.GroupKey, p.VerifyingShares.ToArray(), p.ChainCode);
}
