using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Quorate.Journal.Storage;

namespace Quorate.Journal.Chain;

/// <summary>
/// Checks a history, event by event in order of position: each follows from the one before it, its version from its
/// stream's last, and every head that somebody kept stands in it. Goes on behind a fault, with the hash that is stored there, so
/// that one changed event is one fault. Memory: 40 bytes for each stream, and the heads.
/// </summary>
sealed class ChainVerifier
{
    readonly Queue<Head> anchors;
    readonly List<JournalFault> faults = [];
    readonly Dictionary<UInt128, StreamTrail> streams = [];
    readonly Guid journal;
    readonly bool isWhole;
    /// <summary>Null behind a row that has none.</summary>
    ChainHash? hash;
    long position;
    long lastMatch;
    long events, faultCount;
    int matched;
    bool isBroken;

    /// <summary>Begins behind <paramref name="start"/>, which is the genesis for a whole journal.</summary>
    /// <exception cref="ArgumentException">More than <see cref="JournalLimits.MaxAnchors"/> heads.</exception>
    internal ChainVerifier(Head start, IReadOnlyCollection<Head> anchors)
    {
        if (anchors.Count > JournalLimits.MaxAnchors)
            throw new ArgumentException($"{anchors.Count} heads; at most {JournalLimits.MaxAnchors}.", nameof(anchors));
        (journal, position, hash) = (start.Journal, start.Position, start.Hash);
        isWhole = position == 0;
        this.anchors = new(anchors.OrderBy(a => a.Position));
        foreach (var foreign in anchors.Where(a => a.Journal != journal))
            Fault(FaultKind.WrongJournal, foreign.Position, $"the head {foreign} is of another journal than {journal:N}");
        if (isWhole && hash != HashChain.Genesis(journal))
            Fault(FaultKind.WrongJournal, 0, $"the chain does not begin with the genesis of journal {journal:N}");
        CompareAnchors();
    }

    /// <summary>Takes the next event.</summary>
    internal void Add(RecordedEvent next)
    {
        if (!AdvanceTo(next.Position))
            return;
        events++;
        if (EventEncoding.Problem(next) is { } problem)
            Fault(FaultKind.Malformed, next.Position, problem);
        else
        {
            if (next.Position == position + 1 && hash is { } previous
                && HashChain.Link(previous, next.Position, HashChain.Digest(next)) != next.Hash)
                Fault(FaultKind.Altered, next.Position, $"{next.Stream}@{next.Version} is not what was chained behind position {position}");
            CheckVersion(next);
        }
        (position, hash) = (next.Position, next.Hash);
        CompareAnchors();
    }

    /// <summary>Takes a row that is no event.</summary>
    internal void AddMalformed(long at, string problem)
    {
        if (!AdvanceTo(at))
            return;
        Fault(FaultKind.Malformed, at, problem);
        (position, hash) = (at, null);
    }

    /// <summary>
    /// Compares the index by which streams are read with the events that were added: what it leaves out, no reader of the
    /// stream gets to see. Where the events themselves are broken, it has nothing to be compared with.
    /// </summary>
    /// <param name="entries">All of it, in the order of stream and version; events appended since may be among them.</param>
    internal async Task CompareIndexAsync(IAsyncEnumerable<IndexEntry> entries)
    {
        if (isBroken)
            return;
        var unseen = streams.Count;
        var (stream, trail) = ("", default(StreamTrail));
        await foreach (var entry in entries.ConfigureAwait(false))
        {
            if (entry.Position > position)
                continue;
            if (entry.Stream != stream)
            {
                unseen -= CompareTrail(stream, trail);
                (stream, trail) = (entry.Stream, default);
            }
            trail = trail.Behind(entry.Version, entry.Position);
        }
        unseen -= CompareTrail(stream, trail);
        if (unseen > 0)
            Fault(FaultKind.Misindexed, 1, $"the index of streams leaves out {unseen} streams as a whole");
    }

    /// <summary>How many of the streams that there are this one is: 1, or 0 for none.</summary>
    int CompareTrail(string stream, StreamTrail indexed)
    {
        if (indexed == default)
            return 0;
        if (!streams.TryGetValue(KeyOf(stream), out var trail))
        {
            Fault(FaultKind.Misindexed, 1, $"the index of streams has {stream}, of which there is no event");
            return 0;
        }
        if (indexed != trail)
            Fault(FaultKind.Misindexed, 1, indexed.Version == trail.Version
                ? $"the index of streams leads to other events than {stream} has"
                : $"the index of streams ends {stream} at version {indexed.Version}, but it has {trail.Version}");
        return 1;
    }

    /// <summary>Ends the history here.</summary>
    internal VerificationReport Finish()
    {
        while (anchors.TryDequeue(out var beyond))
            if (beyond.Journal == journal)
                Fault(FaultKind.Truncated, position + 1,
                    $"the journal ends at position {position}, but a head of position {beyond.Position} has been kept");
        return new(new(journal, position, hash ?? default), events, streams.Count, matched, faults, faultCount);
    }

    bool AdvanceTo(long next)
    {
        if (next <= position)
        {
            Fault(FaultKind.Malformed, next, $"position {next} comes after position {position}");
            return false;
        }
        if (next == position + 1)
            return true;
        Fault(FaultKind.Missing, position + 1,
            next == position + 2 ? $"there is no event at position {position + 1}" : $"there are no events from position {position + 1} to {next - 1}");
        return true;
    }

    void CheckVersion(RecordedEvent next)
    {
        var key = KeyOf(next.Stream);
        var known = streams.TryGetValue(key, out var trail);
        // Behind a fault, and where the journal's beginning is not there, a stream's first version is taken as it comes.
        if (!isBroken && (known || isWhole) && next.Version != trail.Version + 1)
            Fault(FaultKind.WrongVersion, next.Position, $"{next.Stream}@{next.Version} follows version {trail.Version}");
        streams[key] = trail.Behind(next.Version, next.Position);
    }

    static UInt128 KeyOf(string stream)
    {
        Span<byte> name = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(stream), name);
        return BinaryPrimitives.ReadUInt128BigEndian(name);
    }

    void CompareAnchors()
    {
        while (anchors.TryPeek(out var anchor) && anchor.Position <= position)
        {
            anchors.Dequeue();
            if (anchor.Journal != journal)
                continue;
            if (anchor.Position == position && anchor.Hash == hash)
                (matched, lastMatch) = (matched + 1, position);
            else if (anchor.Position == position)
                Fault(FaultKind.Diverged, position,
                    $"a head of position {position} that has been kept is not this history's; it was changed after position {lastMatch}");
            else if (events == 0)
                Fault(FaultKind.Missing, anchor.Position, $"the history here begins behind position {position}, so the head of {anchor.Position} cannot be compared");
        }
    }

    void Fault(FaultKind kind, long at, string detail)
    {
        faultCount++;
        isBroken |= kind is FaultKind.Altered or FaultKind.Missing or FaultKind.Malformed or FaultKind.WrongVersion;
        if (faults.Count < JournalLimits.MaxFaults)
            faults.Add(new(kind, at, detail));
    }
}
