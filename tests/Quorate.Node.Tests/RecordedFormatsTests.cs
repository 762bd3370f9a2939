using System.Text;
using Quorate.Node.Gate;
using Quorate.Node.Letters;
using Quorate.Node.Signing;
using Quorate.Node.Tests.Signing;
using Quorate.Node.Tests.Vault;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Testing;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests;

/// <summary>
/// What a node of version 1 has on disk and writes to others, recorded once and for all: events of its journal, letters, and a
/// vault in the middle of a ceremony. Every later build reads it and understands the same.
/// </summary>
public sealed class RecordedFormatsTests : IDisposable
{
    static readonly Deployment acme = new();
    static readonly Digest order = new([.. Enumerable.Repeat((byte)9, 32)]);

    readonly VaultPlace place = new(isEmpty: true);

    public void Dispose() => place.Dispose();

    static SigningOffer Offer(params byte[] presignatures) => new(
        Fleet.Attempt(7), new([new(1), new(3)]), [0, 5], [.. presignatures.Select(b => new Digest([.. Enumerable.Repeat(b, 32)]))], acme.Request());

    static byte[] Presigning()
    {
        using var writer = new WireWriter();
        new PresigningOffer(Fleet.Attempt(8), "treasury", 3, new([new(1), new(3)])).Write(writer);
        return writer.Written.ToArray();
    }

    static readonly Letter letter = new(Fleet.Attempt(6), false, Topic.Sign, 1_795_000_000_000, new byte[] { 1, 2, 3 });

    /// <summary>Everything that nodes write to each other to sign, by name.</summary>
    static IEnumerable<(string Name, byte[] Bytes)> Letters() =>
    [
        ("offer", Offer().Encode()),
        ("offer-with-presignatures", Offer(1, 2).Encode()),
        ("withdrawal", SigningOffer.EncodeWithdrawal(Fleet.Attempt(9))),
        ("joining", new SigningAnswer.Joining().Encode()),
        ("refused", new SigningAnswer.Refused(Refusal.NeedsApprovals, "one of the treasurers").Encode()),
        ("apart", new SigningAnswer.Apart([new(1), new(3)]).Encode()),
        ("busy", new SigningAnswer.Busy().Encode()),
        ("no-presignature", new SigningAnswer.NoPresignature().Encode()),
        ("unable", new SigningAnswer.Unable("no share").Encode()),
        ("presigning-offer", Presigning()),
        ("letter", letter.Seal(new byte[32], acme.Key("node-1"), acme.Id("node-2"))),
    ];

    static IEnumerable<NodeEvent> Events() => ((IEnumerable<object[]>)NodeEventTests.Events).Select(row => (NodeEvent)row[0]);

    /// <summary>How the files were made, by <c>formats-record</c>. Not run again: a new version gets files of its own.</summary>
    internal static void Record(string directory)
    {
        // What had no recorded file before; the other lines of events-1 were made in the same way.
        var known = Lines("events-1").ToHashSet();
        File.WriteAllLines(Path.Combine(directory, "events-2"), Events().Select(e => NodeEvent.Catalog.Encode(e))
            .Select(e => $"{e.Type} {e.SchemaVersion} {Encoding.UTF8.GetString(e.Payload.Span)}").Where(line => !known.Contains(line)));
        File.WriteAllLines(Path.Combine(directory, "letters-1"), Letters().Select(l => $"{l.Name} {Convert.ToHexStringLower(l.Bytes)}"));
        using var random = new SeededRandom(2, "recorded vault");
        var file = Path.Combine(directory, "vault-1-pending.db");
        using (var kek = VaultPlace.NewKek())
            NodeVault.Create(file, kek, random);
        using var vault = NodeVault.Open(file, VaultPlace.Kek(), random);
        using var frost = Holdings.Frost();
        using var ecdsa = Holdings.Dkls23();
        using var storedFrost = StoredKey.Of(frost);
        using var storedEcdsa = StoredKey.Of(ecdsa);
        vault.PutPending(order, 3, [storedEcdsa, storedFrost]);
    }

    static string[] Lines(string name)
    {
        using var reader = new StreamReader(typeof(RecordedFormatsTests).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    [Theory, InlineData("events-1", 22), InlineData("events-2", 5)]
    public void Recorded_events_are_read_as_they_were_meant(string file, int count)
    {
        var meant = Events().ToArray();
        var lines = Lines(file);
        for (var i = 0; i < lines.Length; i++)
        {
            var parts = lines[i].Split(' ', 3);
            var read = NodeEvent.Catalog.Decode(new()
            {
                Position = 1, Stream = "node", Version = 1, Id = Guid.Empty, Type = parts[0], SchemaVersion = int.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture),
                RecordedMicroseconds = 0, Payload = Encoding.UTF8.GetBytes(parts[2]), Hash = default!,
            });
            Assert.Contains(meant, e => e.GetType() == read.GetType()
                && NodeEvent.Catalog.Encode(e).Payload.Span.SequenceEqual(NodeEvent.Catalog.Encode(read).Payload.Span));
        }
        Assert.Equal(count, lines.Length);
    }

    [Fact]
    public void Every_kind_of_event_has_been_recorded() => Assert.Equal(
        Events().Select(e => NodeEvent.Catalog.Encode(e).Type).Distinct().Order(StringComparer.Ordinal),
        Lines("events-1").Concat(Lines("events-2")).Select(line => line.Split(' ')[0]).Distinct().Order(StringComparer.Ordinal));

    [Fact]
    public void Letters_of_version_1_are_read_as_they_were_meant()
    {
        var recorded = Lines("letters-1").Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => Convert.FromHexString(parts[1]));
        Assert.Equal(Letters().Select(l => l.Name).Order(StringComparer.Ordinal), recorded.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, bytes) in Letters())
        {
            Assert.Equal(Convert.ToHexString(bytes), Convert.ToHexString(recorded[name]));
            switch (name)
            {
                case "offer" or "offer-with-presignatures":
                    Assert.Equal(acme.Request().Intent.Hash, SigningOffer.Decode(recorded[name]).Offer!.Request.Intent.Hash);
                    break;
                case "withdrawal":
                    Assert.Equal(Fleet.Attempt(9), SigningOffer.Decode(recorded[name]).Withdrawn);
                    break;
                case "presigning-offer":
                    var reader = new WireReader(recorded[name]);
                    Assert.Equal(("treasury", 3u), (PresigningOffer.Read(ref reader) is var offer ? offer.Wallet : "", offer.Epoch));
                    break;
                case "letter":
                    var opened = Letter.Open(recorded[name], new byte[32], acme.Id("node-1"), acme.Id("node-2"));
                    Assert.Equal((Topic.Sign, 1_795_000_000_000, 3), (opened!.Topic, opened.Time, opened.Body.Length));
                    break;
                default:
                    Assert.Equal(bytes, SigningAnswer.Decode(recorded[name])!.Encode());
                    break;
            }
        }
    }

    [Fact]
    public void A_vault_of_version_1_that_waits_for_a_ceremonys_end_gets_its_keys()
    {
        using (var stream = typeof(RecordedFormatsTests).Assembly.GetManifestResourceStream("vault-1-pending.db")!)
        using (var file = File.Create(place.File))
            stream.CopyTo(file);
        using var vault = place.Open();
        Assert.Empty(vault.Verify());
        Assert.Empty(vault.Keys);
        Assert.Equal([3], vault.PendingAttempts(order));
        Assert.True(vault.ActivatePending(order, 3));
        Assert.Equal(["Dkls23 0 1 2", "FrostEd25519 0 1 2"], vault.Keys.Select(k => $"{k.Scheme} {k.Epoch} {k.Party.Value} {k.Threshold}").Order(StringComparer.Ordinal));
        using var frost = Holdings.Frost();
        using var recorded = vault.OpenKey<Cryptography.Curves.Ed25519>(KeyId.Of(frost.Package));
        Assert.Equal(Holdings.Bytes(frost.Write), Holdings.Bytes(recorded.Write));
    }
}
