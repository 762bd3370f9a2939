using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Channel;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Sessions;

/// <summary>What came of a notice: at most one of the two; neither where it was taken or is ignored.</summary>
readonly record struct Finding(GroupFailure? Failure, AbortStatement? Abort);

/// <summary>
/// What this node has heard from everybody in one session, what it has signed about that, and what the others have:
/// docs/spec/breaker.md. Pure. Holds digests of broadcasts and signatures, nothing secret.
/// </summary>
sealed class SessionWitness(SessionDescription description, SessionId session, PartyId me, Ed25519Key identity)
{
    /// <summary>Barriers that a session may have. The longest protocol has five.</summary>
    internal const int MaxSteps = 64;

    /// <summary>Aborts of one peer that do not check before it is named for them: an honest one sends its own and others', once each.</summary>
    internal const int MaxIgnored = 4;

    readonly Dictionary<(PartyId Party, int Step), ProgressStatement> statements = [];
    readonly SortedDictionary<PartyId, ProgressStatement> latest = [];
    readonly Dictionary<byte, (ProgressStatement? Mine, byte[] Columns)> rounds = new() { [0] = (null, new byte[StateTree.Size * description.Parties.Count]) };
    readonly List<(ProgressStatement Statement, byte Round, byte[] Columns)> uncompared = [];
    readonly Dictionary<PartyId, int> ignored = [];
    byte round;
    bool hasGivenUp;

    int ProgressSize => 2 + 1 + (StateTree.Size * description.Parties.Count) + Ed25519Signature.Size;

    /// <summary>Aborts that did not check, for each party that sent them.</summary>
    internal IReadOnlyDictionary<PartyId, int> Ignored => ignored;

    /// <summary>Barriers that this node has signed.</summary>
    internal int Step => latest.GetValueOrDefault(me)?.Step ?? 0;

    /// <summary>This node's statement of its next step, to be sent to everybody. What was common until then has been added.</summary>
    internal byte[] Progress()
    {
        var step = Step + 1;
        var columns = rounds[round].Columns;
        var statement = ProgressStatement.Make(description, session, me, identity, step, State(round, columns));
        rounds[round] = (statement, columns);
        Keep(statement);
        using var writer = new WireWriter();
        writer.UInt16(step);
        writer.Byte(round);
        writer.Raw(columns);
        writer.Raw(statement.Signature);
        return writer.Written.ToArray();
    }

    /// <summary>Adds a broadcast that all must have got alike.</summary>
    internal void Add(CommonBroadcast broadcast)
    {
        var columns = rounds[round].Columns.ToArray();
        for (var i = 0; i < description.Parties.Count; i++)
        {
            var digest = broadcast.Digests.Span.Slice(i * StateTree.Size, StateTree.Size);
            if (!digest.ContainsAnyExcept((byte)0))
                continue;
            var column = columns.AsSpan(i * StateTree.Size, StateTree.Size);
            using var transcript = new Transcript(Tags.BroadcastColumn);
            transcript.Append(column).Append(digest).Digest().CopyTo(column);
        }
        round = broadcast.Round;
        rounds.Add(round, (null, columns));
    }

    /// <summary>What the statements that have come say against each other and against what this node knows; null where nothing.</summary>
    internal GroupFailure? Compare()
    {
        GroupFailure? found = null;
        foreach (var heard in uncompared.ToArray())
        {
            if (!rounds.TryGetValue(heard.Round, out var mine))
                continue;
            uncompared.Remove(heard);
            found ??= Compare(heard.Statement, heard.Columns, mine.Columns, mine.Mine);
        }
        return found;
    }

    /// <summary>Takes a peer's statement of progress.</summary>
    internal GroupFailure? TakeProgress(PartyId from, ReadOnlySpan<byte> message)
    {
        if (message.Length != ProgressSize)
            return GroupFailure.Of(GroupFault.Malformed, from);
        var reader = new WireReader(message);
        var (step, heardRound) = (reader.UInt16(), reader.Byte());
        var columns = reader.Take(StateTree.Size * description.Parties.Count).ToArray();
        var statement = ProgressStatement.Unchecked(from, step, State(heardRound, columns), reader.Take(Ed25519Signature.Size));
        if (statement.Check(description, session) is not { } signed)
            return GroupFailure.Of(GroupFault.Malformed, from);
        if (Contradicted(statement, signed) is { } equivocation)
            return equivocation;
        // Every step once and in order; the channel keeps the order.
        if (step > MaxSteps || step != (latest.GetValueOrDefault(from)?.Step ?? 0) + 1)
            return GroupFailure.Of(GroupFault.Malformed, from);
        Keep(statement);
        uncompared.Add((statement, heardRound, columns));
        return Compare();
    }

    /// <summary>
    /// Judges an abort that a peer sends or passes on. What its aborter has not signed for this session is ignored. What it
    /// has signed and is not so convicts it. All else is accepted, and ends the session.
    /// </summary>
    internal Finding TakeAbort(PartyId from, ReadOnlySpan<byte> message)
    {
        if (AbortStatement.Decode(message) is not { } abort || abort.Aborter == me || abort.Check(description, session) is not { } signed)
        {
            ignored[from] = ignored.GetValueOrDefault(from) + 1;
            return new(ignored[from] > MaxIgnored ? GroupFailure.Of(GroupFault.Malformed, from) : null, null);
        }
        foreach (var statement in abort.Progress)
        {
            if (statement.Check(description, session) is not { } stated)
                return new(GroupFailure.Of(GroupFault.FalseReport, abort.Aborter, signed), null);
            if (Contradicted(statement, stated) is { } equivocation)
                return new(equivocation, null);
        }
        return StateTree.Root(session, abort.Progress).AsSpan().SequenceEqual(abort.Root)
            && abort.Accusations.All(a => description.Parties.Contains(a.Culprit))
            ? new(null, abort)
            : new(GroupFailure.Of(GroupFault.FalseReport, abort.Aborter, signed), null);
    }

    /// <summary>This node's own word that it gives up; null the second time.</summary>
    internal AbortStatement? GiveUp(AbortReason reason, IEnumerable<Accusation> accusations)
    {
        if (hasGivenUp)
            return null;
        hasGivenUp = true;
        ProgressStatement[] progress = [.. latest.Values];
        return AbortStatement.Make(
            description, session, me, identity, Step, reason, accusations, progress, StateTree.Root(session, progress));
    }

    /// <summary>Somebody else has given up, and this node has nothing to add.</summary>
    internal void Follow() => hasGivenUp = true;

    void Keep(ProgressStatement statement)
    {
        statements.Add((statement.Party, statement.Step), statement);
        latest[statement.Party] = statement;
    }

    /// <summary>The conviction of a party that has signed two states at one step.</summary>
    GroupFailure? Contradicted(ProgressStatement statement, SignedStatement signed) =>
        statements.TryGetValue((statement.Party, statement.Step), out var known) && !known.SaysTheSame(statement)
            ? GroupFailure.Of(GroupFault.Equivocation, statement.Party, known.Check(description, session)!, signed)
            : null;

    /// <summary>
    /// By the rule for echoes (docs/spec/sessions.md): who misreports what this node said, or said itself what this node did
    /// not hear, is caught. Of a third party's words either the reporter lies or the third has said both.
    /// </summary>
    GroupFailure? Compare(ProgressStatement statement, byte[] theirs, byte[] mine, ProgressStatement? mySaying)
    {
        PartyId[] differing = [.. description.Parties.Where((_, i) =>
            !theirs.AsSpan(i * StateTree.Size, StateTree.Size).SequenceEqual(mine.AsSpan(i * StateTree.Size, StateTree.Size)))];
        if (differing.Length == 0)
            return null;
        var isCaught = differing.Contains(me) || differing.Contains(statement.Party);
        return new(
            isCaught ? GroupFault.FalseProgress : GroupFault.Divergence,
            isCaught ? [statement.Party] : [.. differing.Append(statement.Party).Order()],
            [.. new[] { statement, mySaying }.OfType<ProgressStatement>().Select(s => s.Check(description, session)).OfType<SignedStatement>()]);
    }

    byte[] State(byte heardRound, ReadOnlySpan<byte> columns)
    {
        using var transcript = new Transcript(Tags.BroadcastState);
        transcript.Append(session.AsSpan()).Append((ulong)heardRound).List(description.Parties.Count);
        for (var i = 0; i < description.Parties.Count; i++)
            transcript.Append(description.Parties[i].Value).Append(columns.Slice(i * StateTree.Size, StateTree.Size));
        return transcript.Digest();
    }
}
