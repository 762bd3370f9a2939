using Quorate.Journal.Chain;

namespace Quorate.Journal.Tests.Chain;

/// <summary>What the stores' tests do not reach: histories that no store would write, and the bounds.</summary>
public class ChainVerifierTests
{
    static readonly Guid journal = VectorFile.Journal;

    static RecordedEvent[] Chained(params (string Stream, long Version)[] places)
    {
        var head = Head.Genesis(journal);
        return [.. places.Select(place =>
        {
            RecordedEvent Recorded(ChainHash hash) => new()
            {
                Position = head.Position + 1, Stream = place.Stream, Version = place.Version, Id = default, Type = "t", SchemaVersion = 1,
                RecordedMicroseconds = 0, Payload = default, Hash = hash,
            };
            var hash = HashChain.Link(head.Hash, head.Position + 1, HashChain.Digest(Recorded(default)));
            var next = Recorded(hash);
            head = new(journal, next.Position, hash);
            return next;
        })];
    }

    static VerificationReport Verify(IEnumerable<RecordedEvent> events, params Head[] anchors)
    {
        var verifier = new ChainVerifier(Head.Genesis(journal), anchors);
        foreach (var next in events)
            verifier.Add(next);
        return verifier.Finish();
    }

    [Fact]
    public void Versions_that_do_not_follow_are_found_in_a_chain_that_does()
    {
        Assert.True(Verify(Chained(("a", 1), ("b", 1), ("a", 2))).IsIntact);
        Assert.Equal((FaultKind.WrongVersion, 2L), Single(Verify(Chained(("a", 1), ("a", 3)))));
        Assert.Equal((FaultKind.WrongVersion, 3L), Single(Verify(Chained(("a", 1), ("b", 1), ("a", 1)))));
        Assert.Equal((FaultKind.WrongVersion, 1L), Single(Verify(Chained(("a", 2)))));
    }

    [Fact]
    public void A_position_that_comes_twice_is_found()
    {
        var events = Chained(("a", 1), ("b", 1));
        Assert.Equal((FaultKind.Malformed, 1L), Single(Verify([events[0], events[1], events[0]])));
    }

    [Fact]
    public void The_genesis_is_a_head_like_others()
    {
        Assert.Equal(1, Verify([], Head.Genesis(journal)).AnchorsMatched);
        Assert.Equal((FaultKind.Diverged, 0L), Single(Verify([], Head.Genesis(journal) with { Hash = default })));
    }

    [Fact]
    public void Faults_beyond_the_limit_are_counted_only()
    {
        var places = Enumerable.Range(1, 300).Select(i => ("a", (long)i)).ToArray();
        var report = Verify(Chained(places).Select(e => new RecordedEvent
        {
            Position = e.Position, Stream = e.Stream, Version = e.Version, Id = e.Id, Type = "other", SchemaVersion = 1,
            RecordedMicroseconds = 0, Payload = default, Hash = e.Hash,
        }));

        Assert.Equal(JournalLimits.MaxFaults, report.Faults.Count);
        Assert.Equal(300, report.FaultCount);
    }

    [Fact]
    public void Too_many_heads_are_refused() =>
        Assert.Throws<ArgumentException>(() => Verify([], [.. Enumerable.Repeat(Head.Genesis(journal), JournalLimits.MaxAnchors + 1)]));

    static (FaultKind, long) Single(VerificationReport report)
    {
        var fault = Assert.Single(report.Faults);
        return (fault.Kind, fault.Position);
    }
}
