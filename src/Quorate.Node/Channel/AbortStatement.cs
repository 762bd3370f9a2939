using Quorate.Cryptography.Signatures;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Channel;

/// <summary>What made a node give up.</summary>
public enum AbortReason : byte
{
    /// <summary>Something had not come by the deadline.</summary>
    Deadline = 1,

    /// <summary>A party's record was so bad that its deadline was not waited for.</summary>
    BreakerOpen = 2,

    /// <summary>The protocol found a fault.</summary>
    Protocol = 3,

    /// <summary>The channel found one.</summary>
    Channel = 4,
}

/// <summary>
/// A node's signed word that it has given a session up: at which step, why, whom it accuses, and with the latest signed
/// progress of every party that it had heard of, under one root. It proves that its signer has given up and what the parties
/// had signed. Against the accused it proves nothing: docs/spec/breaker.md.
/// </summary>
public sealed class AbortStatement
{
    /// <summary>Accusations that a statement may carry: every party of the largest session, four times.</summary>
    public const int MaxAccusations = 4 * PartySet.MaxCount;

    readonly byte[] encoded;
    readonly byte[] root;

    AbortStatement(
        PartyId aborter, int step, AbortReason reason, IReadOnlyList<Accusation> accusations, IReadOnlyList<ProgressStatement> progress,
        ReadOnlySpan<byte> root, ReadOnlySpan<byte> signature)
    {
        (Aborter, Step, Reason, Accusations, Progress, this.root) = (aborter, step, reason, accusations, progress, root.ToArray());
        using var writer = new WireWriter();
        Write(writer);
        encoded = [.. writer.Written, .. signature];
    }

    /// <summary>Who has given up.</summary>
    public PartyId Aborter { get; }

    /// <summary>Barriers that had opened for it.</summary>
    public int Step { get; }

    /// <summary>Why.</summary>
    public AbortReason Reason { get; }

    /// <summary>Whom it accuses of what. A claim.</summary>
    public IReadOnlyList<Accusation> Accusations { get; }

    /// <summary>The latest statement of each party that it had heard of, itself included, in ascending order of the parties.</summary>
    public IReadOnlyList<ProgressStatement> Progress { get; }

    /// <summary>The root over party, step and state of <see cref="Progress"/>.</summary>
    public ReadOnlySpan<byte> Root => root;

    /// <summary>The statement with its signature: what is sent, passed on and kept.</summary>
    public ReadOnlySpan<byte> Encoded => encoded;

    /// <summary>The statement as evidence; null where its party has not signed it in this session.</summary>
    public SignedStatement? Check(SessionDescription description, SessionId session)
    {
        ArgumentNullException.ThrowIfNull(description);
        ArgumentNullException.ThrowIfNull(session);
        return description.Parties.Contains(Aborter)
            ? SignedStatement.Check(
                StatementKind.Abort, description, Aborter, [.. description.Digest, .. session.AsSpan(), .. encoded.AsSpan(..^Ed25519Signature.Size)],
                encoded.AsSpan(^Ed25519Signature.Size..))
            : null;
    }

    /// <summary>Who is accused, why and by whom, for logs.</summary>
    public override string ToString() =>
        $"{Aborter} at step {Step}: {Reason}{(Accusations.Count == 0 ? "" : ", ")}{string.Join(", ", Accusations.Select(a => $"{a.Fault} {a.Culprit}"))}";

    /// <summary>Reads one; null where the bytes are none. Nothing of it is checked but its form.</summary>
    public static AbortStatement? Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length <= Ed25519Signature.Size)
            return null;
        try
        {
            var reader = new WireReader(bytes[..^Ed25519Signature.Size]);
            var (aborter, step, reason) = (reader.Party(), reader.UInt16(), (AbortReason)reader.Byte());
            var accusations = new Accusation[reader.Count(MaxAccusations)];
            for (var i = 0; i < accusations.Length; i++)
                accusations[i] = new((Fault)reader.Byte(), reader.Party());
            var progress = new ProgressStatement[reader.Count(PartySet.MaxCount)];
            for (var i = 0; i < progress.Length; i++)
                progress[i] = ProgressStatement.Read(ref reader);
            var root = reader.Take(StateTree.Size);
            reader.End();
            var isSound = Enum.IsDefined(reason) && accusations.All(a => Enum.IsDefined(a.Fault) && a.Culprit != aborter)
                && progress.Zip(progress.Skip(1)).All(p => p.First.Party < p.Second.Party);
            return isSound ? new(aborter, step, reason, accusations, progress, root, bytes[^Ed25519Signature.Size..]) : null;
        }
        catch (WireException)
        {
            return null;
        }
    }

    internal static AbortStatement Make(
        SessionDescription description, SessionId session, PartyId me, Ed25519Key identity, int step, AbortReason reason,
        IEnumerable<Accusation> accusations, IReadOnlyList<ProgressStatement> progress, ReadOnlySpan<byte> root)
    {
        var unsigned = new AbortStatement(me, step, reason, [.. accusations.Where(a => a.Culprit != me).Distinct().Take(MaxAccusations)], progress, root, default);
        var statement = SignedStatement.Make(
            StatementKind.Abort, description, me, identity, [.. description.Digest, .. session.AsSpan(), .. unsigned.encoded]);
        return new(me, step, reason, unsigned.Accusations, progress, root, statement.Signature);
    }

    void Write(WireWriter writer)
    {
        writer.Party(Aborter);
        writer.UInt16(Step);
        writer.Byte((byte)Reason);
        writer.UInt16(Accusations.Count);
        foreach (var (fault, culprit) in Accusations)
        {
            writer.Byte((byte)fault);
            writer.Party(culprit);
        }
        writer.UInt16(Progress.Count);
        foreach (var statement in Progress)
            statement.Write(writer);
        writer.Raw(root);
    }
}
