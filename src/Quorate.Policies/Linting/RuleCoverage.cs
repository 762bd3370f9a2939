using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Quorate.Policies;

/// <summary>
/// Whether one rule speaks about everything another one does. Only what can be shown: false may also mean that nobody
/// knows. Limits and approvals are not looked at here.
/// </summary>
static class RuleCoverage
{
    /// <summary>Whether <paramref name="wide"/> matches wherever <paramref name="narrow"/> matches for sure.</summary>
    internal static bool Includes(PolicyRule wide, PolicyRule narrow) =>
        Includes(wide.Wallets, narrow.Wallets)
        && Includes(wide.Chains, narrow.Chains)
        && (wide.Initiators is null || (narrow.Initiators is not null && wide.Initiators.Includes(narrow.Initiators)))
        && (wide.ExceptInitiators is null || wide.ExceptInitiators.Members.All(member =>
            narrow.ExceptInitiators?.Contains(member) == true || narrow.Initiators?.Contains(member) == false))
        && (wide.ValidFrom is null || narrow.ValidFrom >= wide.ValidFrom)
        && (wide.ValidUntil is null || narrow.ValidUntil <= wide.ValidUntil)
        && (wide.During.IsEmpty || (!narrow.During.IsEmpty && Includes(wide.During, narrow.During)))
        && (wide.Outside.IsEmpty || (!narrow.Outside.IsEmpty && Includes(narrow.Outside, wide.Outside)))
        && (wide.What.IsEmpty || (!narrow.What.IsEmpty && narrow.What.All(n => wide.What.Any(w => Includes(w, n)))));

    /// <summary>Whether asking for <paramref name="wide"/> asks for everything that <paramref name="narrow"/> asks for.</summary>
    internal static bool Includes(ImmutableArray<Quorum> wide, ImmutableArray<Quorum> narrow) => narrow.All(n => wide.Any(w =>
        w.Group == n.Group && w.Count >= n.Count && (!w.InitiatorMayApprove || n.InitiatorMayApprove)));

    /// <summary>Minutes of the week in which one of these hours holds, where all are in one zone; else null.</summary>
    internal static bool[]? MinutesOf(ImmutableArray<Hours> hours)
    {
        if (hours.Any(h => h.Zone.Id != hours[0].Zone.Id))
            return null;
        var week = new bool[7 * Hours.MinutesOfDay];
        foreach (var minutes in hours.Select(h => h.MinutesOfWeek()))
            for (var i = 0; i < week.Length; i++)
                week[i] |= minutes[i];
        return week;
    }

    static bool Includes(ImmutableArray<Hours> wide, ImmutableArray<Hours> narrow) =>
        wide[0].Zone.Id == narrow[0].Zone.Id
        && MinutesOf(wide) is { } w && MinutesOf(narrow) is { } n && !w.Zip(n).Any(minute => minute.Second && !minute.First);

    static bool Includes(Pattern wide, Pattern narrow) =>
        wide.Kind == narrow.Kind
        && (wide.Assets is null || (narrow.Assets is not null && wide.Assets.Includes(narrow.Assets)))
        && (wide.Above is null || narrow.Above >= wide.Above)
        && (wide.AtMost is null || narrow.AtMost <= wide.AtMost)
        && (wide.MaxBytes is null || narrow.MaxBytes <= wide.MaxBytes)
        && Includes(wide.CodeHashes, narrow.CodeHashes)
        && Includes(wide.Functions, narrow.Functions)
        && (wide.Counterparties is null || (narrow.Counterparties is not null && wide.Counterparties.Includes(narrow.Counterparties)))
        && (wide.ExceptCounterparties is null
            || (narrow.ExceptCounterparties is not null && narrow.ExceptCounterparties.Includes(wide.ExceptCounterparties))
            // An account may be the wallet's own without the rule knowing, so "self" is never known to be absent.
            || (narrow.Counterparties is { HasSelf: false } named && !wide.ExceptCounterparties.HasSelf && !named.Overlaps(wide.ExceptCounterparties)))
        && wide.Arguments.All(w => narrow.Arguments.Any(n => Includes(w, n)));

    static bool Includes(ArgumentCondition wide, ArgumentCondition narrow) =>
        wide.Position == narrow.Position
        && Includes(wide.OneOf, narrow.OneOf)
        && (wide.Accounts is null || (narrow.Accounts is not null && wide.Accounts.Includes(narrow.Accounts)))
        && (wide.Above is null || narrow.Above >= wide.Above)
        && (wide.AtMost is null || narrow.AtMost <= wide.AtMost);

    static bool Includes<T>(FrozenSet<T>? wide, FrozenSet<T>? narrow) =>
        wide is null || (narrow is not null && wide.IsSupersetOf(narrow));
}
