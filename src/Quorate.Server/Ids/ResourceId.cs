using System.Globalization;

namespace Quorate.Server.Ids;

/// <summary>
/// The id of a resource: three letters, an underscore, a UUID of version 7 (RFC 9562) in its usual text in lower case, 40
/// characters in all. Ids of one kind sort as they were made, to the millisecond.
/// </summary>
readonly record struct ResourceId
{
    /// <summary>Characters in an id's text.</summary>
    internal const int TextLength = 40;

    /// <summary>Letters before the underscore.</summary>
    internal const int PrefixLength = 3;

    static readonly (ResourceKind Kind, string Prefix)[] prefixes =
    [
        (ResourceKind.Vault, "vlt"), (ResourceKind.Wallet, "wal"), (ResourceKind.Address, "adr"), (ResourceKind.Transfer, "trf"),
        (ResourceKind.Transaction, "txn"), (ResourceKind.Signature, "sig"), (ResourceKind.Policy, "pol"), (ResourceKind.Act, "act"),
        (ResourceKind.Ceremony, "cer"), (ResourceKind.Contact, "con"), (ResourceKind.Webhook, "whk"), (ResourceKind.ApiKey, "key"),
        (ResourceKind.Event, "evt"),
    ];

    /// <summary>An id of these parts.</summary>
    /// <exception cref="ArgumentException">No such kind, or not a UUID of version 7.</exception>
    internal ResourceId(ResourceKind kind, Guid value)
    {
        if (!Enum.IsDefined(kind))
            throw new ArgumentException("No such kind.", nameof(kind));
        if (!IsVersion7(value))
            throw new ArgumentException("An id is a UUID of version 7.", nameof(value));
        (Kind, Value) = (kind, value);
    }

    /// <summary>What it names.</summary>
    internal ResourceKind Kind { get; }

    /// <summary>The UUID.</summary>
    internal Guid Value { get; }

    /// <summary>When it was drawn, to the millisecond.</summary>
    internal DateTimeOffset MadeAt
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes, bigEndian: true, out _);
            return DateTimeOffset.FromUnixTimeMilliseconds((long)(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16));
        }
    }

    /// <summary>Reads an id's one text, nothing around it.</summary>
    /// <exception cref="FormatException">The text is no id.</exception>
    internal static ResourceId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException("Not an id: a prefix of three letters, an underscore, a UUID of version 7 in lower case.");

    /// <summary>Reads an id's one text, nothing around it.</summary>
    internal static bool TryParse(string? text, out ResourceId id)
    {
        id = default;
        if (text is not { Length: TextLength } || text[PrefixLength] != '_')
            return false;
        var kind = Array.Find(prefixes, p => text.StartsWith(p.Prefix, StringComparison.Ordinal)).Kind;
        // Round trip: the framework's reader takes upper case as well.
        if (kind == 0 || !Guid.TryParseExact(text.AsSpan(4), "D", out var value) || !IsVersion7(value)
            || !text.AsSpan(4).SequenceEqual(value.ToString("D", CultureInfo.InvariantCulture)))
            return false;
        id = new(kind, value);
        return true;
    }

    /// <summary>Whether ids begin with these letters.</summary>
    internal static bool IsPrefix(ReadOnlySpan<char> letters)
    {
        foreach (var (_, prefix) in prefixes)
            if (letters.SequenceEqual(prefix))
                return true;
        return false;
    }

    /// <summary>Reads an id of one kind.</summary>
    internal static bool TryParse(string? text, ResourceKind kind, out ResourceId id) => TryParse(text, out id) && id.Kind == kind;

    /// <summary>This id, if it is of the kind.</summary>
    /// <exception cref="ArgumentException">It is of another.</exception>
    internal ResourceId Require(ResourceKind kind) =>
        Kind == kind ? this : throw new ArgumentException($"{this} is no id of a {kind}.");

    /// <summary>The text that <see cref="Parse"/> reads; empty for no id.</summary>
    public override string ToString()
    {
        var kind = Kind;
        return kind == 0 ? "" : $"{Array.Find(prefixes, p => p.Kind == kind).Prefix}_{Value:D}";
    }

    static bool IsVersion7(Guid value) => value.Version == 7 && value.Variant is >= 8 and <= 11;
}
