using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Quorate.Journal.Heads;

/// <summary>
/// A head with the signatures of those who have seen it: a small text file that can be mailed, printed or published. The
/// format is C2SP's signed note with timestamped Ed25519 co-signatures (cosignature/v1); docs/spec/journal.md says what a
/// signature states. Immutable: adding a signature makes another note.
/// </summary>
public sealed class HeadNote
{
    /// <summary>One signature line.</summary>
    /// <param name="Name">The signer's name.</param>
    /// <param name="KeyId">The hash of name and key, eight hexadecimal digits.</param>
    /// <param name="UnixSeconds">When it was signed, by the signer's clock.</param>
    /// <param name="Bytes">The Ed25519 signature, 64 bytes.</param>
    public sealed record Signature(string Name, string KeyId, long UnixSeconds, ReadOnlyMemory<byte> Bytes);

    const string OriginPrefix = "quorate/v1/journal/";
    const string Dash = "— ";
    const int SignatureSize = 64;
    const int LineSize = 4 + 8 + SignatureSize;

    HeadNote(Head head, IReadOnlyList<Signature> signatures) => (Head, Signatures) = (head, signatures);

    /// <summary>A note without signatures.</summary>
    public HeadNote(Head head) : this(head, [])
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentOutOfRangeException.ThrowIfNegative(head.Position);
    }

    /// <summary>The head.</summary>
    public Head Head { get; }

    /// <summary>The signatures, in order; none has been verified.</summary>
    public IReadOnlyList<Signature> Signatures { get; }

    /// <summary>
    /// The note with one more signature, in place of an older one by the same key. Sign the head of a history that you have
    /// checked to extend the last one you signed (<see cref="HeadExtension"/>), or your signature says nothing.
    /// </summary>
    /// <exception cref="InvalidOperationException">The note has <see cref="JournalLimits.MaxNoteSignatures"/> already.</exception>
    public HeadNote CoSign(IHeadSigner signer, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(time);
        var seconds = time.GetUtcNow().ToUnixTimeSeconds();
        var signature = signer.Sign(Message(Head, seconds));
        if (signature.Length != SignatureSize)
            throw new ArgumentException($"A signature of {signature.Length} bytes; it has {SignatureSize}.", nameof(signer));
        var others = Signatures.Where(s => s.Name != signer.Key.Name || s.KeyId != signer.Key.Id).ToArray();
        return others.Length < JournalLimits.MaxNoteSignatures
            ? new(Head, [.. others, new(signer.Key.Name, signer.Key.Id, seconds, signature)])
            : throw new InvalidOperationException($"The note has {JournalLimits.MaxNoteSignatures} signatures.");
    }

    /// <summary>
    /// The note with the signatures of another one on the same head, where this one has none of the same key.
    /// </summary>
    /// <exception cref="ArgumentException">The other one is on another head.</exception>
    /// <exception cref="InvalidOperationException">More than <see cref="JournalLimits.MaxNoteSignatures"/> in all.</exception>
    public HeadNote Join(HeadNote other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Head != Head)
            throw new ArgumentException($"A note on {other.Head} does not belong to one on {Head}.", nameof(other));
        Signature[] all = [.. Signatures, .. other.Signatures.Where(s => !Signatures.Any(mine => mine.Name == s.Name && mine.KeyId == s.KeyId))];
        return all.Length <= JournalLimits.MaxNoteSignatures
            ? new(Head, all)
            : throw new InvalidOperationException($"The notes have {all.Length} signatures; one has {JournalLimits.MaxNoteSignatures}.");
    }

    /// <summary>
    /// Which of these keys have signed the head. Lines of other keys count for nothing; a line of one of these keys that
    /// does not verify spoils the note, because somebody has tampered with it.
    /// </summary>
    /// <returns>The keys with the times they signed at; null if a line of a known key does not verify.</returns>
    public IReadOnlyDictionary<HeadKey, DateTimeOffset>? SignedBy(IEnumerable<HeadKey> keys, Ed25519Verification verify)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(verify);
        var signed = new Dictionary<HeadKey, DateTimeOffset>();
        foreach (var key in keys)
            foreach (var line in Signatures.Where(s => s.Name == key.Name && s.KeyId == key.Id))
            {
                if (!verify(key.PublicKey, Message(Head, line.UnixSeconds), line.Bytes.Span))
                    return null;
                signed[key] = DateTimeOffset.FromUnixTimeSeconds(line.UnixSeconds);
            }
        return signed;
    }

    /// <summary>What a signature is over: <c>cosignature/v1</c>, the time, and the note's text, each line ended by a newline.</summary>
    public static byte[] Message(Head head, long unixSeconds)
    {
        ArgumentNullException.ThrowIfNull(head);
        ArgumentOutOfRangeException.ThrowIfNegative(unixSeconds);
        return Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {unixSeconds}\n{Text(head)}"));
    }

    /// <summary>Reads a note strictly: what it accepts is what <see cref="ToString"/> writes.</summary>
    /// <exception cref="FormatException">It is none; the message says in which line.</exception>
    public static HeadNote Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > JournalLimits.MaxNoteBytes)
            throw new FormatException($"A head note has at most {JournalLimits.MaxNoteBytes} bytes.");
        var lines = text.Split('\n');
        if (lines.Length < 5 || lines[3].Length != 0 || lines[^1].Length != 0)
            throw new FormatException("A head note is three lines, an empty one, signatures, and ends in a newline.");
        var head = new Head(Origin(lines[0]), Position(lines[1]), Hash(lines[2]));
        var signatures = lines[4..^1];
        if (signatures.Length > JournalLimits.MaxNoteSignatures)
            throw new FormatException($"A head note has at most {JournalLimits.MaxNoteSignatures} signatures.");
        var note = new HeadNote(head, [.. signatures.Select((line, i) => SignatureLine(line, i + 5))]);
        return note.ToString() == text ? note : throw new FormatException("The head note is not written the one way it is to be written.");
    }

    /// <summary>The note as it is stored.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(Text(Head)).Append('\n');
        foreach (var signature in Signatures)
            text.Append(Dash).Append(signature.Name).Append(' ').Append(Encode(signature)).Append('\n');
        return text.ToString();
    }

    static string Text(Head head) => string.Create(CultureInfo.InvariantCulture,
        $"{OriginPrefix}{head.Journal:N}\n{head.Position}\n{Convert.ToBase64String(head.Hash.ToArray())}\n");

    static string Encode(Signature signature)
    {
        var bytes = new byte[LineSize];
        Convert.FromHexString(signature.KeyId).CopyTo(bytes, 0);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(4), signature.UnixSeconds);
        signature.Bytes.Span.CopyTo(bytes.AsSpan(12));
        return Convert.ToBase64String(bytes);
    }

    static Guid Origin(string line) =>
        line.StartsWith(OriginPrefix, StringComparison.Ordinal) && Guid.TryParseExact(line[OriginPrefix.Length..], "N", out var journal)
            ? journal
            : throw new FormatException($"Line 1 of a head note is {OriginPrefix} and the journal's id.");

    static long Position(string line) => long.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var position)
        ? position
        : throw new FormatException("Line 2 of a head note is a position.");

    static ChainHash Hash(string line)
    {
        Span<byte> hash = stackalloc byte[ChainHash.Size];
        return line.Length == 44 && Convert.TryFromBase64String(line, hash, out var length) && length == hash.Length
            ? ChainHash.FromBytes(hash)
            : throw new FormatException("Line 3 of a head note is 32 bytes in base64.");
    }

    static Signature SignatureLine(string line, int number)
    {
        var parts = line.Split(' ');
        var bytes = new byte[LineSize];
        if (parts.Length != 3 || parts[0] != Dash.TrimEnd() || parts[1].Length is 0 or > HeadKey.MaxNameLength || parts[1].Any(c => c is <= ' ' or > '~' or '+')
            || parts[2].Length != (LineSize + 2) / 3 * 4 || !Convert.TryFromBase64String(parts[2], bytes, out var length) || length != bytes.Length
            || BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(4)) is not (>= 0 and <= MaxUnixSeconds))
            throw new FormatException($"Line {number} of the head note is no signature.");
        return new(parts[1], Convert.ToHexStringLower(bytes.AsSpan(0, 4)), BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(4)), bytes.AsMemory(12));
    }

    /// <summary>The end of the year 9999.</summary>
    const long MaxUnixSeconds = 253_402_300_799;
}
