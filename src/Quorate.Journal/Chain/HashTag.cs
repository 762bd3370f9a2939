using System.Security.Cryptography;
using System.Text;

namespace Quorate.Journal.Chain;

/// <summary>
/// A domain tag of the journal's hashes: each is SHA-256(T ‖ T ‖ input) with T = SHA-256(tag), after BIP 340's pattern. The
/// journal references nothing of ours, hence a list of its own; a test keeps it disjoint from Cryptography's.
/// </summary>
sealed class HashTag
{
    /// <summary>The hash before the first event of a journal.</summary>
    internal static readonly HashTag Genesis = new("quorate/v1/journal/genesis");

    /// <summary>The digest of one event, without its place in the journal.</summary>
    internal static readonly HashTag Event = new("quorate/v1/journal/event");

    /// <summary>One step of the chain.</summary>
    internal static readonly HashTag Link = new("quorate/v1/journal/link");

    /// <summary>The digest of a snapshot.</summary>
    internal static readonly HashTag Snapshot = new("quorate/v1/journal/snapshot");

    /// <summary>All of them.</summary>
    internal static readonly HashTag[] All = [Genesis, Event, Link, Snapshot];

    /// <summary>Length in bytes of T ‖ T: one block of the hash.</summary>
    internal const int PrefixSize = 2 * SHA256.HashSizeInBytes;

    readonly byte[] prefix = new byte[PrefixSize];

    HashTag(string text)
    {
        Text = text;
        SHA256.HashData(Encoding.ASCII.GetBytes(text), prefix);
        prefix.AsSpan(0, SHA256.HashSizeInBytes).CopyTo(prefix.AsSpan(SHA256.HashSizeInBytes));
    }

    internal string Text { get; }

    /// <summary>T ‖ T, with which every input begins.</summary>
    internal ReadOnlySpan<byte> Prefix => prefix;
}
