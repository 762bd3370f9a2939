using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Quorate.Policies;

/// <summary>Members a rule names, directly and through groups, which are shared among all sets that name them.</summary>
sealed class MemberSet(FrozenSet<string> named, ImmutableArray<FrozenSet<string>> groups)
{
    /// <summary>Every member, some perhaps repeatedly.</summary>
    internal IEnumerable<string> Members => named.Concat(groups.SelectMany(group => group));

    internal bool Contains(string member)
    {
        if (named.Contains(member))
            return true;
        foreach (var group in groups)
            if (group.Contains(member))
                return true;
        return false;
    }

    internal bool Includes(MemberSet other) => other.Members.All(Contains);
}
