using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Channel;

/// <summary>
/// What all parties say before a session: each a fresh contribution to its id, under its signature, and then, when it has
/// everybody's and its own host is willing, all of them as it got them. It opens when all have said the same. Pure.
/// </summary>
sealed class ReadyBarrier
{
    const int ContributionSize = 32;
    const int SignedSize = ContributionSize + Ed25519Signature.Size;

    readonly SessionDescription description;
    readonly PartyId me;
    readonly Ed25519Key identity;
    readonly SortedDictionary<PartyId, byte[]> contributions = [];
    readonly Dictionary<PartyId, byte[]> readiness = [];
    readonly HashSet<PartyId> agreed = [];

    internal ReadyBarrier(SessionDescription description, PartyId me, Ed25519Key identity, IRandom random)
    {
        (this.description, this.me, this.identity) = (description, me, identity);
        var fresh = new byte[ContributionSize];
        random.Fill(fresh);
        var statement = SignedStatement.Make(StatementKind.Contribution, description, me, identity, [.. description.Digest, .. fresh]);
        Contribution = [.. fresh, .. statement.Signature];
        contributions.Add(me, Contribution);
    }

    /// <summary>What this party sends to everybody first: its contribution and the signature.</summary>
    internal byte[] Contribution { get; }

    /// <summary>
    /// The session's id, once all contributions have come: a hash of the description and of all of them, so that it is new
    /// wherever one party is honest.
    /// </summary>
    internal SessionId? Session { get; private set; }

    /// <summary>Whether all others have said that they are ready, for the same session.</summary>
    internal bool IsAgreed => Session is not null && agreed.Count == description.Parties.Count - 1;

    /// <summary>Why there will be no session, or null.</summary>
    internal GroupFailure? Failure { get; private set; }

    /// <summary>Whether a party's contribution has come.</summary>
    internal bool HasContributed(PartyId party) => contributions.ContainsKey(party);

    /// <summary>Whether a party has said that it is ready, and that it is for the same session.</summary>
    internal bool HasAgreed(PartyId party) => agreed.Contains(party);

    /// <summary>Whether a party has said that it is ready, for whatever session.</summary>
    internal bool HasReported(PartyId party) => readiness.ContainsKey(party);

    /// <summary>What this party sends to everybody when it is ready itself.</summary>
    internal byte[] Readiness()
    {
        byte[] list = [.. contributions.Values.SelectMany(c => c)];
        var statement = SignedStatement.Make(StatementKind.Readiness, description, me, identity, [.. description.Digest, .. list]);
        return [.. list, .. statement.Signature];
    }

    /// <summary>Takes a contribution from its party's channel.</summary>
    internal void TakeContribution(PartyId from, ReadOnlySpan<byte> message)
    {
        if (contributions.ContainsKey(from) || Signed(from, message) is null)
        {
            Failure ??= GroupFailure.Of(GroupFault.Malformed, from);
            return;
        }
        contributions.Add(from, message.ToArray());
        if (contributions.Count < description.Parties.Count)
            return;
        Session = SessionId.Derive([description.Digest.ToArray(), .. contributions.Values.Select(c => c[..ContributionSize])]);
        foreach (var (party, early) in readiness)
            Compare(party, early);
    }

    /// <summary>Takes a statement of readiness from its party's channel.</summary>
    internal void TakeReadiness(PartyId from, ReadOnlySpan<byte> message)
    {
        if (message.Length != (description.Parties.Count * SignedSize) + Ed25519Signature.Size || !readiness.TryAdd(from, message.ToArray()))
        {
            Failure ??= GroupFailure.Of(GroupFault.Malformed, from);
            return;
        }
        if (Session is not null)
            Compare(from, message);
    }

    /// <summary>
    /// Everybody must have got the contributions that this party got. Where one differs, either its maker has signed two, or
    /// the reporter has signed that it got what was never signed; the statements themselves tell which.
    /// </summary>
    void Compare(PartyId from, ReadOnlySpan<byte> message)
    {
        var list = message[..^Ed25519Signature.Size];
        var report = SignedStatement.Check(
            StatementKind.Readiness, description, from, [.. description.Digest, .. list], message[^Ed25519Signature.Size..]);
        if (report is null)
        {
            Failure ??= GroupFailure.Of(GroupFault.Malformed, from);
            return;
        }
        for (var i = 0; i < description.Parties.Count; i++)
        {
            var party = description.Parties[i];
            var mine = contributions[party];
            var theirs = list.Slice(i * SignedSize, SignedSize);
            if (theirs[..ContributionSize].SequenceEqual(mine.AsSpan(0, ContributionSize)))
                continue;
            Failure ??= party != me && Signed(party, theirs) is { } other
                ? GroupFailure.Of(GroupFault.Equivocation, party, Signed(party, mine)!, other)
                : GroupFailure.Of(GroupFault.FalseReport, from, report);
            return;
        }
        agreed.Add(from);
    }

    /// <summary>The statement of a contribution, if its party has signed it.</summary>
    SignedStatement? Signed(PartyId party, ReadOnlySpan<byte> message) => message.Length == SignedSize
        ? SignedStatement.Check(
            StatementKind.Contribution, description, party, [.. description.Digest, .. message[..ContributionSize]], message[ContributionSize..])
        : null;
}
