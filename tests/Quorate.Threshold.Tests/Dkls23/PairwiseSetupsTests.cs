using Quorate.Cryptography.Hashing;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;
using static Quorate.Threshold.Tests.Frost.Verdicts;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>The stored form of pairwise set-ups, the share that they fit, and the limits of the messages that make them.</summary>
public sealed class PairwiseSetupsTests
{
    static readonly SortedDictionary<PartyId, Dkls23KeyShare> shares = Dkls23Runs.Key(44, 2, PartySet.Range(3));
    static readonly byte[] stored = Write(shares[P(1)].Setups);

    [Fact]
    public void What_is_stored_comes_back_byte_for_byte_and_a_copy_is_another_life()
    {
        using var read = Read(stored);
        Assert.Equal(stored, Write(read));
        Assert.Equal((P(1), 0u), (read.Me, read.Epoch));
        Assert.Equal(shares[P(1)].Package.Digest(), read.PackageDigest);
        Assert.Equal(shares[P(1)].SetupId, read.Id);
        var copy = read.Copy();
        Assert.Equal(stored, Write(copy));
        copy.Dispose();
        Assert.Throws<ObjectDisposedException>(() => Write(copy));
        Assert.Equal(stored, Write(read));
    }

    // Version, party 2, epoch 8, package digest 32, set-up id 32, count 2, the pairs.
    [Theory]
    [InlineData(0, 0, "version 0, known is 1")]
    [InlineData(0, 2, "version 2, known is 1")]
    [InlineData(6, 1, "epoch 4294967296")]
    [InlineData(75, 1, "count 258 above the limit of 255")]
    [InlineData(76, 3, "3 set-ups wanted, 12388 bytes left")]
    [InlineData(78, 0, "party 0")]
    public void What_is_not_stored_so_is_refused(int at, byte value, string reason)
    {
        byte[] changed = [.. stored];
        changed[at] = value;
        Assert.Contains(reason, Assert.Throws<WireException>(() => Read(changed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_limits_of_the_numbers_are_part_of_them()
    {
        byte[] last = [.. stored[..3], 0, 0, 0, 0, 255, 255, 255, 255, .. stored[11..]];
        using var read = Read(last);
        Assert.Equal(uint.MaxValue, read.Epoch);
        byte[] many = [.. stored[..75], 1, 0, .. stored[77..]];
        Assert.Contains("count 256 above the limit of 255", Assert.Throws<WireException>(() => Read(many)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void There_is_one_set_up_for_every_other_holder()
    {
        var share = shares[P(1)];
        foreach (PartyId[] peers in (PartyId[][])[[P(2)], [P(2), P(2)], [P(3), P(2)], [P(2), P(3), P(4)]])
        {
            using var setups = new PairwiseSetups(P(1), share.Package, share.SetupId, [.. peers.Select(p => share.Setup(p == P(4) ? P(3) : p).Copy()).Select((s, i) => Renamed(s, peers[i]))]);
            Assert.Equal(
                $"There is not one set-up for each of {share.Package.Parties} but {P(1)}.",
                Assert.Throws<ArgumentException>(() => setups.RequireFit(P(1), share.Package)).Message);
        }

        static PairwiseSetup Renamed(PairwiseSetup setup, PartyId peer)
        {
            using var writer = new WireWriter();
            writer.Party(peer);
            using var old = new WireWriter();
            setup.Write(old);
            setup.Dispose();
            writer.Raw(old.Written[2..]);
            var reader = new WireReader(writer.Written);
            return PairwiseSetup.Read(ref reader);
        }
    }

    [Fact]
    public void Nothing_is_not_taken()
    {
        var share = shares[P(1)];
        using var random = new SeededRandom(1);
        using var keys = new PairwiseKeys(new(32), Cryptography.Curves.Point<Cryptography.Curves.Secp256k1>.G, []);
        Assert.Throws<ArgumentNullException>("writer", () => share.Setups.Write(null!));
        Assert.Throws<ArgumentNullException>("writer", () => share.Write(null!));
        Assert.Throws<ArgumentNullException>("writer", () => keys.Write(null!));
        Assert.Throws<ArgumentNullException>("writer", () => new PairwiseTrial([], []).Write(null!));
        Assert.Throws<ArgumentNullException>("writer", () => new Dkls23Setup.Contribution([]).Write(null!));
        Assert.Throws<ArgumentNullException>("share", () => new Dkls23KeyShare(null!, share.Setups));
        Assert.Throws<ArgumentNullException>("setups", () => new Dkls23KeyShare(share.Share, null!));
        Assert.Throws<ArgumentNullException>("random", () => new Dkls23Keygen(FrostRuns.Id(1), P(1), PartySet.Range(2), 2, null!));
    }

    [Fact]
    public void A_message_is_as_long_as_its_largest_and_no_longer()
    {
        const int Keys = 32 + 257 * 33, Transfers = 11_360;
        Assert.Equal(32, Dkls23Keygen.Commitment.MaxSize);
        Assert.Equal(2 + 256 * 33 + 32 + 32, Dkls23Keygen.Opening.MaxSize);
        Assert.Equal(65 + 32 + Keys, Dkls23Keygen.Contribution.MaxSize);
        Assert.Equal(65 + Transfers + 32, Dkls23Keygen.Confirmation.MaxSize);
        Assert.Equal(32, Dkls23Setup.Contribution.MaxSize);
        Assert.Equal(Keys, PairwiseKeys.MaxSize);
        Assert.Equal(Transfers + 32, PairwiseTrial.MaxSize);
        Assert.Equal(32, Dkls23Sign.Commitment.MaxSize);
        Assert.Equal(Transfers, Dkls23Sign.Transfers.MaxSize);
        Assert.Equal(43_300, Dkls23Sign.Product.MaxSize);
        Assert.Equal(64, Dkls23Sign.SignatureShare.MaxSize);
    }

    // The key generation's are in the published transcripts. docs/spec/sessions.md and docs/spec/dkls23.md have the hashes.
    [Fact]
    public void Context_and_id_of_a_set_up_are_the_documented_hashes()
    {
        var pending = Dkls23RenewalTests.Pending(46, 2);
        var (context, fresh) = (Array.Empty<byte>(), new SortedDictionary<PartyId, byte[]>());
        using var run = Dkls23LifecycleRuns.Setup(47, pending).With(m =>
        {
            context = m.Bytes[1..33];
            if (WireTap.RoundOf(m.Bytes) == (1, false))
                fresh[m.From] = m.Bytes[^32..];
            return [m.Bytes];
        }).Run();
        using var setups = run.Output<PairwiseSetups>(P(1));

        using var session = new Transcript(Tags.SessionContext);
        session.Append("dkls23-setup/1").Append(FrostRuns.Id(47).AsSpan()).List(2).Append(P(1).Value).Append(P(2).Value)
            .List(2).Append(pending[0].Replaces).Append(pending[0].Package.Digest());
        Assert.Equal(session.Digest(), context);
        using var id = new Transcript(Tags.Dkls23Setup);
        id.Append(context).List(2).Append(P(1).Value).Append(fresh[P(1)]).Append(P(2).Value).Append(fresh[P(2)]);
        Assert.Equal(id.Digest(), setups.Id);
    }

    [Fact]
    public void An_opening_without_coefficients_is_malformed() => Assert.Contains(
        "no coefficients",
        Assert.Throws<WireException>(() =>
        {
            var reader = new WireReader(new byte[2 + 64]);
            Dkls23Keygen.Opening.Read(ref reader);
        }).Message,
        StringComparison.Ordinal);

    static byte[] Write(PairwiseSetups setups)
    {
        using var writer = new WireWriter();
        setups.Write(writer);
        return writer.Written.ToArray();
    }

    static PairwiseSetups Read(byte[] bytes)
    {
        var reader = new WireReader(bytes);
        var setups = PairwiseSetups.Read(ref reader);
        reader.End();
        return setups;
    }
}
