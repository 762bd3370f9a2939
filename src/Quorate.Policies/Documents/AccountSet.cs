using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Quorate.Policies;

/// <summary>
/// Accounts a rule names: directly, through lists of the address book, or as the wallet itself or nobody. An entry of the
/// book that is not active yet is <see cref="Truth.Maybe"/>: it can not be paid, but it can be denied. Lists are shared
/// among all sets that name them, so a policy takes no more memory than its document.
/// </summary>
sealed class AccountSet(FrozenSet<Account> named, ImmutableArray<AddressList> lists, bool hasSelf, bool hasNobody)
{
    internal bool HasSelf => hasSelf;

    internal bool HasNobody => hasNobody;

    /// <summary>Every account, some perhaps repeatedly.</summary>
    internal IEnumerable<Account> Accounts => named.Concat(lists.SelectMany(list => list.ActiveFrom.Keys));

    internal bool IsEmpty => !hasSelf && !hasNobody && !Accounts.Any();

    internal Truth Contains(Act act, long now)
    {
        if (act.IsToSelf && hasSelf)
            return Truth.Yes;
        return act.Counterparty is null ? Truths.Of(hasNobody && !act.IsToSelf) : Contains(act.Counterparty, now);
    }

    internal Truth Contains(Account account, long now) =>
        FindActiveFrom(account) is not { } from ? Truth.No : from <= now ? Truth.Yes : Truth.Maybe;

    /// <summary>Whether everything in <paramref name="other"/> is here, and active here no later.</summary>
    internal bool Includes(AccountSet other) =>
        (hasSelf || !other.HasSelf) && (hasNobody || !other.HasNobody)
        && other.Accounts.All(account => FindActiveFrom(account) <= other.FindActiveFrom(account));

    internal bool Overlaps(AccountSet other) =>
        (hasSelf && other.HasSelf) || (hasNobody && other.HasNobody) || Accounts.Any(account => other.FindActiveFrom(account) is not null);

    /// <summary>The first Unix second at which the account may be paid; null where it is not named.</summary>
    long? FindActiveFrom(Account account)
    {
        if (named.Contains(account))
            return long.MinValue;
        long? earliest = null;
        foreach (var list in lists)
            if (list.ActiveFrom.TryGetValue(account, out var from))
                earliest = Math.Min(from, earliest ?? from);
        return earliest;
    }
}
