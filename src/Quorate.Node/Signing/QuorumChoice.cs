using Quorate.Threshold.Sessions;

namespace Quorate.Node.Signing;

/// <summary>Somebody who holds a share, as the node that chooses sees it.</summary>
/// <param name="Party">Who.</param>
/// <param name="View">What was seen of it lately.</param>
/// <param name="Reputation">From 0 to 1: what became of sessions with it in the long run.</param>
/// <param name="IsSuspect">Whether it was in the way of this very request before.</param>
readonly record struct Candidate(PartyId Party, PeerView View, double Reputation, bool IsSuspect = false);

/// <summary>
/// Chooses who signs: this node if it holds a share, and of the others the best that can be put together. Pure, and the same
/// for the same arguments.
/// </summary>
static class QuorumChoice
{
    /// <summary>Sets looked at before it gives up: bans among many parties could make the search long.</summary>
    internal const int MaxSteps = 20_000;

    /// <summary>Reputations closer than this are alike, and latency decides between them.</summary>
    const double ReputationStep = 0.1;

    /// <summary>Part of a step below which nothing has come of it: less than the half that a suspicion is, so that its fading does not move it.</summary>
    const double OneSuspicion = 0.4;

    /// <summary>The best quorum, or null where there is none.</summary>
    /// <param name="me">This node's number, which is in every quorum.</param>
    /// <param name="threshold">How many sign.</param>
    /// <param name="candidates">The other holders.</param>
    /// <param name="apart">Pairs that do not sign together for this key.</param>
    /// <param name="tried">Quorums that have failed without anybody named for it: taken again only if there is no other.</param>
    internal static PartySet? Choose(
        PartyId me, int threshold, IReadOnlyCollection<Candidate> candidates, IReadOnlySet<(PartyId, PartyId)> apart, IReadOnlyCollection<PartySet> tried)
    {
        // Closed before half-open: a probe is for when there is nobody better. Who has no latency yet comes before who is slow.
        PartyId[] order =
        [
            .. candidates.Where(c => c.View.IsAdmitted && c.Party != me && !AreApart(apart, me, c.Party))
                .OrderBy(c => c.IsSuspect)
                .ThenBy(c => c.View.State)
                .ThenBy(c => c.View.HasFailedLately)
                .ThenByDescending(c => StepOf(c.Reputation))
                .ThenBy(c => c.View.Latency ?? TimeSpan.Zero)
                .ThenBy(c => c.Party)
                .Select(c => c.Party),
        ];
        return Search(me, threshold, order, apart, tried) ?? (tried.Count == 0 ? null : Search(me, threshold, order, apart, []));
    }

    /// <summary>What a reputation comes to in the order of preference. One suspicion alone, a twentieth, moves nothing.</summary>
    internal static double StepOf(double reputation) => Math.Ceiling((reputation / ReputationStep) - OneSuspicion);

    /// <summary>Whether two do not sign together, in either order.</summary>
    internal static bool AreApart(IReadOnlySet<(PartyId, PartyId)> apart, PartyId a, PartyId b) => apart.Contains((a, b)) || apart.Contains((b, a));

    // Depth first in the order of preference: the first that fits is the one whose worst member comes late.
    static PartySet? Search(PartyId me, int threshold, PartyId[] order, IReadOnlySet<(PartyId, PartyId)> apart, IReadOnlyCollection<PartySet> tried)
    {
        var (chosen, steps) = (new List<PartyId> { me }, 0);
        return From(0);

        PartySet? From(int next)
        {
            if (chosen.Count == threshold)
            {
                var quorum = new PartySet(chosen);
                return tried.Contains(quorum) ? null : quorum;
            }
            for (var i = next; i <= order.Length - (threshold - chosen.Count) && steps++ < MaxSteps; i++)
            {
                if (chosen.Any(c => AreApart(apart, c, order[i])))
                    continue;
                chosen.Add(order[i]);
                if (From(i + 1) is { } found)
                    return found;
                chosen.RemoveAt(chosen.Count - 1);
            }
            return null;
        }
    }
}
