namespace Quorate.Chains.Bitcoin;

/// <summary>A record of a PSBT: the key with its type in front, and the value.</summary>
readonly struct PsbtEntry(ReadOnlyMemory<byte> key, ReadOnlyMemory<byte> value)
{
    public ReadOnlyMemory<byte> Key { get; } = key;

    public ReadOnlyMemory<byte> Value { get; } = value;

    /// <summary>The key's type; types above 252 take several bytes and none of them is known.</summary>
    public byte Type => Key.Span[0];

    /// <summary>The key without its type.</summary>
    public ReadOnlyMemory<byte> KeyData => Key[1..];
}

/// <summary>
/// The records of one map of a PSBT, ascending by key. BIP 174 leaves their order open; that order makes it one, so that a
/// PSBT has one encoding.
/// </summary>
sealed class PsbtMap
{
    readonly List<PsbtEntry> entries = [];

    internal IReadOnlyList<PsbtEntry> Entries => entries;

    /// <summary>The value of a key that is its type alone; null where it is absent.</summary>
    internal ReadOnlyMemory<byte>? this[byte type]
    {
        get
        {
            foreach (var entry in entries)
            {
                if (entry.Type == type && entry.Key.Length == 1)
                    return entry.Value;
            }
            return null;
        }
    }

    /// <summary>All records of a type.</summary>
    internal IEnumerable<PsbtEntry> All(byte type)
    {
        foreach (var entry in entries)
        {
            if (entry.Type == type)
                yield return entry;
        }
    }

    /// <summary>Adds a record in its place.</summary>
    internal PsbtMap Add(byte type, ReadOnlySpan<byte> keyData, ReadOnlyMemory<byte> value)
    {
        byte[] key = [type, .. keyData];
        var place = entries.Count;
        while (place > 0 && entries[place - 1].Key.Span.SequenceCompareTo(key) > 0)
            place--;
        entries.Insert(place, new(key, value));
        return this;
    }

    /// <summary>Reads records up to the separator, as in <see cref="PsbtOrder"/>.</summary>
    internal static PsbtMap Read(ref ByteReader reader, PsbtOrder order)
    {
        var map = new PsbtMap();
        while (true)
        {
            var keyLength = reader.ReadCount(1);
            if (keyLength == 0)
                break;
            var key = reader.Read(keyLength);
            _ = new ByteReader(key).ReadCompactSize(); // the type, in its shortest form
            map.entries.Add(new(key, reader.ReadBytes()));
        }
        if (order == PsbtOrder.Any)
            map.entries.Sort((a, b) => a.Key.Span.SequenceCompareTo(b.Key.Span));
        for (var i = 1; i < map.entries.Count; i++)
        {
            var comparison = map.entries[i - 1].Key.Span.SequenceCompareTo(map.entries[i].Key.Span);
            if (comparison == 0)
                throw reader.Malformed("a key is there twice");
            if (comparison > 0)
                throw reader.Malformed("the keys of a map are not in ascending order");
        }
        return map;
    }

    internal void Write(ByteWriter writer)
    {
        foreach (var entry in entries)
        {
            writer.WriteBytes(entry.Key.Span);
            writer.WriteBytes(entry.Value.Span);
        }
        writer.Write((byte)0);
    }

    /// <summary>The same map without the records of some types.</summary>
    internal PsbtMap Without(params ReadOnlySpan<byte> types)
    {
        var rest = new PsbtMap();
        foreach (var entry in entries)
        {
            if (!types.Contains(entry.Type))
                rest.entries.Add(entry);
        }
        return rest;
    }
}

/// <summary>In which order the keys of a map may come.</summary>
enum PsbtOrder
{
    /// <summary>Ascending: the one encoding that is signed.</summary>
    Canonical,

    /// <summary>As other software has left them.</summary>
    Any,
}
