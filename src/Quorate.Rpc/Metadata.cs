using System.Buffers;
using System.Collections;

namespace Quorate.Rpc;

/// <summary>
/// The headers and trailers of a call that belong to the application: an ordered list in which a key may stand several
/// times. A key that ends in -bin has bytes as its value, every other printable ASCII.
/// </summary>
public sealed class Metadata : IReadOnlyList<Metadata.Entry>
{
    /// <summary>The end of the keys whose values are bytes.</summary>
    public const string BinaryHeaderSuffix = "-bin";

    internal const string StatusDetails = "grpc-status-details-bin";

    static readonly SearchValues<char> keyCharacters = SearchValues.Create("0123456789abcdefghijklmnopqrstuvwxyz-_.");

    readonly List<Entry> entries = [];

    /// <inheritdoc/>
    public int Count => entries.Count;

    /// <inheritdoc/>
    public Entry this[int index] => entries[index];

    /// <summary>Appends a text entry.</summary>
    /// <exception cref="ArgumentException">The key is malformed, reserved or binary, or the value is not printable ASCII.</exception>
    public void Add(string key, string value) => entries.Add(new(key, value));

    /// <summary>Appends a binary entry.</summary>
    /// <exception cref="ArgumentException">The key is malformed, reserved or does not end in -bin.</exception>
    public void Add(string key, byte[] value) => entries.Add(new(key, value));

    /// <summary>Appends an entry.</summary>
    public void Add(Entry entry) => entries.Add(entry);

    /// <summary>The last entry under a key, in any case; null if there is none.</summary>
    public Entry? Get(string key) => entries.FindLast(e => e.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    /// <summary>All entries under a key, in any case.</summary>
    public IEnumerable<Entry> GetAll(string key) => entries.Where(e => e.Key.Equals(key, StringComparison.OrdinalIgnoreCase));

    /// <summary>The last text value under a key; null if there is none.</summary>
    /// <exception cref="InvalidOperationException">The key is binary.</exception>
    public string? GetValue(string key) => Get(key)?.Value;

    /// <summary>The last binary value under a key; null if there is none.</summary>
    public byte[]? GetValueBytes(string key) => Get(key)?.ValueBytes;

    /// <inheritdoc/>
    public IEnumerator<Entry> GetEnumerator() => entries.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>One key with its value.</summary>
    public sealed class Entry
    {
        readonly string? text;
        readonly byte[]? bytes;

        /// <summary>A text entry.</summary>
        /// <exception cref="ArgumentException">As <see cref="Add(string, string)"/>.</exception>
        public Entry(string key, string value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = Checked(key);
            if (IsBinary)
                throw new ArgumentException($"The value of {Key} is bytes, by its name.", nameof(value));
            if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
                throw new ArgumentException($"The value of {Key} is not printable ASCII.", nameof(value));
            text = value;
        }

        /// <summary>A binary entry. The array is not copied.</summary>
        /// <exception cref="ArgumentException">As <see cref="Add(string, byte[])"/>.</exception>
        public Entry(string key, byte[] value)
        {
            ArgumentNullException.ThrowIfNull(value);
            Key = Checked(key);
            if (!IsBinary)
                throw new ArgumentException($"The name of a binary entry ends in -bin; {Key} does not.", nameof(key));
            bytes = value;
        }

        /// <summary>The key, in lower case.</summary>
        public string Key { get; }

        /// <summary>Whether the value is bytes.</summary>
        public bool IsBinary => Key.EndsWith(BinaryHeaderSuffix, StringComparison.Ordinal);

        /// <summary>The text.</summary>
        /// <exception cref="InvalidOperationException">The entry is binary.</exception>
        public string Value => text ?? throw new InvalidOperationException($"{Key} is binary.");

        /// <summary>The bytes; of a text entry, its ASCII.</summary>
        public byte[] ValueBytes => bytes ?? System.Text.Encoding.ASCII.GetBytes(text!);

        static string Checked(string key)
        {
            ArgumentException.ThrowIfNullOrEmpty(key);
            var lower = key.ToLowerInvariant();
            if (lower.AsSpan().ContainsAnyExcept(keyCharacters))
                throw new ArgumentException($"'{key}' is not a metadata key: letters, digits, '-', '_' and '.' are.", nameof(key));
            // gRPC keeps its prefix for itself; the one below is how its own libraries send rich statuses.
            if (lower.StartsWith("grpc-", StringComparison.Ordinal) && lower != StatusDetails)
                throw new ArgumentException($"'{key}' is reserved for gRPC.", nameof(key));
            return lower;
        }
    }
}
