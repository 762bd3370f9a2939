using System.Collections.Frozen;

namespace Quorate.Policies;

/// <summary>
/// Accounts a rule names: directly, through lists of the address book, or as the wallet itself or nobody. An entry of the
/// book that is not active yet is <see cref="Truth.Maybe"/>: it can not be paid, but it can be denied.
/// </summary>
sealed class AccountSet(FrozenDictionary<Account, long> activeFrom, bool hasSelf, bool hasNobody)
{
    /// <summary>Every account with the Unix second from which it is active.</summary>
    internal FrozenDictionary<Account, long> ActiveFrom => activeFrom;

    internal bool HasSelf => hasSelf;

    internal bool HasNobody => hasNobody;

    internal bool IsEmpty => activeFrom.Count == 0 && !hasSelf && !hasNobody;

    internal Truth Contains(Act act, long now)
    {
        if (act.IsToSelf && hasSelf)
            return Truth.Yes;
        return act.Counterparty is null ? Truths.Of(hasNobody && !act.IsToSelf) : Contains(act.Counterparty, now);
    }

    internal Truth Contains(Account account, long now) =>
        !activeFrom.TryGetValue(account, out var from) ? Truth.No : from <= now ? Truth.Yes : Truth.Maybe;

    /// <summary>Whether everything in <paramref name="other"/> is here, and active here no later.</summary>
    internal bool Includes(AccountSet other) =>
        (hasSelf || !other.HasSelf) && (hasNobody || !other.HasNobody)
        && other.ActiveFrom.All(pair => activeFrom.TryGetValue(pair.Key, out var from) && from <= pair.Value);

    internal bool Overlaps(AccountSet other) =>
        (hasSelf && other.HasSelf) || (hasNobody && other.HasNobody) || activeFrom.Keys.Any(other.ActiveFrom.ContainsKey);
}
