using FsCheck;
using FsCheck.Fluent;
using Quorate.Node.Signing;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Signing;

/// <summary>Who is asked to sign.</summary>
public sealed class QuorumChoiceTests
{
    static readonly HashSet<(PartyId, PartyId)> nobodyApart = [];

    static PartyId P(int number) => new(number);

    static PartySet Set(params int[] numbers) => new(numbers.Select(P));

    static Candidate Peer(
        int number, CircuitState state = CircuitState.Closed, bool isAdmitted = true, bool hasFailed = false, int? milliseconds = 10, double reputation = 1, bool isSuspect = false) =>
        new(P(number), new(state, isAdmitted, hasFailed, milliseconds is { } ms ? TimeSpan.FromMilliseconds(ms) : null), reputation, isSuspect);

    static PartySet? Choose(int threshold, params Candidate[] candidates) => QuorumChoice.Choose(P(1), threshold, candidates, nobodyApart, []);

    [Fact]
    public void The_better_peer_is_asked_whatever_makes_it_better()
    {
        Assert.Equal(Set(1, 3), Choose(2, Peer(2, CircuitState.HalfOpen), Peer(3)));
        Assert.Equal(Set(1, 3), Choose(2, Peer(2, hasFailed: true), Peer(3, milliseconds: 900)));
        Assert.Equal(Set(1, 3), Choose(2, Peer(2, reputation: 0.4), Peer(3, milliseconds: 900)));
        Assert.Equal(Set(1, 3), Choose(2, Peer(2, milliseconds: 11), Peer(3, milliseconds: 10)));
        Assert.Equal(Set(1, 3), Choose(2, Peer(2), Peer(3, milliseconds: null)));
        Assert.Equal(Set(1, 3), Choose(2, Peer(2, isSuspect: true), Peer(3, CircuitState.HalfOpen)));
        Assert.Equal(Set(1, 2), Choose(2, Peer(2, reputation: 0.97), Peer(3, milliseconds: 11)));
    }

    [Fact]
    public void A_probe_is_for_when_there_is_nobody_else_and_an_open_breaker_for_never()
    {
        Assert.Equal(Set(1, 2), Choose(2, Peer(2, CircuitState.HalfOpen), Peer(3, CircuitState.Open, isAdmitted: false)));
        Assert.Null(Choose(2, Peer(2, CircuitState.HalfOpen, isAdmitted: false), Peer(3, CircuitState.Open, isAdmitted: false)));
        Assert.Null(Choose(3, Peer(2), Peer(3, CircuitState.Open, isAdmitted: false)));
    }

    [Fact]
    public void Banned_pairs_never_sit_together_whoever_of_them_leads()
    {
        var apart = new HashSet<(PartyId, PartyId)> { (P(3), P(2)), (P(4), P(1)) };
        Assert.Equal(Set(1, 2, 5), QuorumChoice.Choose(P(1), 3, [Peer(2), Peer(3), Peer(4), Peer(5)], apart, []));
        Assert.Null(QuorumChoice.Choose(P(1), 3, [Peer(2), Peer(3), Peer(4)], apart, []));
    }

    [Fact]
    public void What_was_tried_is_taken_again_only_if_there_is_nothing_else()
    {
        Assert.Equal(Set(1, 3), QuorumChoice.Choose(P(1), 2, [Peer(2), Peer(3)], nobodyApart, [Set(1, 2)]));
        Assert.Equal(Set(1, 2), QuorumChoice.Choose(P(1), 2, [Peer(2), Peer(3)], nobodyApart, [Set(1, 2), Set(1, 3)]));
    }

    [Fact]
    public void A_hostile_tangle_of_bans_costs_bounded_time()
    {
        // Everybody apart from half of the others: a search without bound would not end.
        var peers = Enumerable.Range(2, 63).ToArray();
        var apart = peers.SelectMany(a => peers.Where(b => a < b && (a * 7 + b * 13) % 3 == 0).Select(b => (P(a), P(b)))).ToHashSet();
        QuorumChoice.Choose(P(1), 40, [.. peers.Select(p => Peer(p))], apart, []);
    }

    [Fact]
    public void A_quorum_is_always_one_and_is_found_where_there_is_one()
    {
        var cases = from n in Gen.Choose(2, 6)
                    from t in Gen.Choose(2, n)
                    from closed in Gen.Elements(true, true, false).ArrayOf(n)
                    from pairs in Gen.Choose(1, n).Two().ArrayOf(3)
                    from suspects in Gen.Elements(true, false).ArrayOf(n)
                    select (n, t, closed, pairs, suspects);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var candidates = Enumerable.Range(2, c.n - 1).Select(i => Peer(i, isAdmitted: c.closed[i - 1], isSuspect: c.suspects[i - 1])).ToArray();
            var apart = c.pairs.Where(p => p.Item1 != p.Item2).Select(p => (P(p.Item1), P(p.Item2))).ToHashSet();
            var chosen = QuorumChoice.Choose(P(1), c.t, candidates, apart, []);
            Assert.Equal(chosen, QuorumChoice.Choose(P(1), c.t, candidates.Reverse().ToArray(), apart, []));
            // By trying every subset.
            var exists = Enumerable.Range(0, 1 << candidates.Length)
                .Select(mask => (PartyId[])[P(1), .. candidates.Where((_, i) => (mask >> i & 1) == 1 && candidates[i].View.IsAdmitted).Select(x => x.Party)])
                .Any(set => set.Length == c.t && !set.Any(a => set.Any(b => apart.Contains((a, b)))));
            Assert.Equal(exists, chosen is not null);
            if (chosen is null)
                return;
            Assert.Equal(c.t, chosen.Count);
            Assert.Contains(P(1), chosen);
            Assert.DoesNotContain(chosen, a => chosen.Any(b => QuorumChoice.AreApart(apart, a, b)));
            Assert.All(chosen.Except(P(1)), p => Assert.True(candidates.Single(x => x.Party == p).View.IsAdmitted));
        }).QuickCheckThrowOnFailure();
    }
}
