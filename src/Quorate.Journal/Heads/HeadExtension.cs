using Quorate.Journal.Chain;

namespace Quorate.Journal.Heads;

/// <summary>
/// The proof that one head extends another: the digests of the events between them, 32 bytes each. Who co-signs heads
/// checks it against the last head it signed and learns nothing of the events but their number.
/// </summary>
public static class HeadExtension
{
    /// <summary>The head that the digests lead to from <paramref name="known"/>; the proof holds if it is the one that was claimed.</summary>
    /// <param name="known">Where they begin.</param>
    /// <param name="digests">Digests of the events behind it, in order, at most <see cref="JournalLimits.MaxExtensionDigests"/>.</param>
    /// <exception cref="ArgumentException">Too many; go from head to head.</exception>
    public static Head Follow(Head known, IReadOnlyList<ChainHash> digests)
    {
        ArgumentNullException.ThrowIfNull(known);
        ArgumentNullException.ThrowIfNull(digests);
        if (digests.Count > JournalLimits.MaxExtensionDigests)
            throw new ArgumentException($"{digests.Count} digests; at most {JournalLimits.MaxExtensionDigests}.", nameof(digests));
        var (position, hash) = (known.Position, known.Hash);
        foreach (var digest in digests)
            hash = HashChain.Link(hash, ++position, digest);
        return known with { Position = position, Hash = hash };
    }

    /// <summary>The digests of events that were read from a journal.</summary>
    public static IReadOnlyList<ChainHash> Digests(IEnumerable<RecordedEvent> events) => [.. events.Select(HashChain.Digest)];
}
