using System.Collections.Immutable;

namespace Quorate.Policies;

/// <summary>
/// The last signature counter seen of every passkey, as a pure value. Counters go strictly up, except for passkeys that
/// have none (zero for ever), and except for the assertion seen last: an intent that is judged again after a crash still
/// has its approvals.
/// </summary>
public sealed class PasskeyCounters
{
    readonly record struct Seen(uint Count, Digest Intent);

    readonly ImmutableDictionary<string, Seen> seen;

    PasskeyCounters(ImmutableDictionary<string, Seen> seen) => this.seen = seen;

    /// <summary>Nothing seen: the counters are those of the registrations.</summary>
    public static PasskeyCounters Empty { get; } = new(ImmutableDictionary.Create<string, Seen>(StringComparer.Ordinal));

    /// <summary>What has been seen, to be stored: credential in hexadecimal, counter, and what the assertion was about.</summary>
    public IEnumerable<(string Credential, uint Count, Digest Subject)> Entries =>
        seen.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value.Count, pair.Value.Intent));

    /// <summary>These with what was stored on top.</summary>
    public PasskeyCounters With(IEnumerable<(string Credential, uint Count, Digest Subject)> entries) =>
        new(seen.SetItems(entries.Select(e => KeyValuePair.Create(e.Credential, new Seen(e.Count, e.Subject)))));

    /// <summary>The last counter of a credential.</summary>
    public uint LastOf(PasskeyCredential credential)
    {
        ArgumentNullException.ThrowIfNull(credential);
        return seen.TryGetValue(credential.Name, out var last) ? last.Count : credential.SignCount;
    }

    /// <summary>Takes an assertion's counter, if it may follow: WebAuthn L3, section 7.2, step 22.</summary>
    /// <param name="credential">Whose counter.</param>
    /// <param name="count">What the assertion says.</param>
    /// <param name="intent">What the assertion is about.</param>
    /// <param name="counters">The counters afterwards; these where it may not.</param>
    public bool TryAdvance(PasskeyCredential credential, uint count, Digest intent, out PasskeyCounters counters)
    {
        counters = this;
        var last = LastOf(credential);
        if (seen.TryGetValue(credential.Name, out var before) && before == new Seen(count, intent))
            return true;
        if (count <= last && (count != 0 || last != 0))
            return false;
        counters = new(seen.SetItem(credential.Name, new(count, intent)));
        return true;
    }
}
