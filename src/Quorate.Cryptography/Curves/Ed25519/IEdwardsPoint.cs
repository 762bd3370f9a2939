namespace Quorate.Cryptography.Curves;

/// <summary>
/// A point of edwards25519 in one of two forms, and the group law on it: <see cref="EdwardsPoint"/>, which runs anywhere,
/// and <see cref="EdwardsLanes"/>, twice as fast where there is AVX2. The algorithms above are written once, over both.
/// </summary>
interface IEdwardsPoint<TPoint, TSummand>
    where TPoint : unmanaged, IEdwardsPoint<TPoint, TSummand>
    where TSummand : unmanaged
{
    static abstract TPoint Identity { get; }

    static abstract void Load(out TPoint r, in Point<Ed25519> p);

    Point<Ed25519> Store();

    /// <summary>p ← p + q. Without T, which doubling does not read, where only doublings follow.</summary>
    static abstract void Add(ref TPoint p, in TSummand q, bool wantsT = true);

    /// <summary>p ← p − q.</summary>
    static abstract void Subtract(ref TPoint p, in TSummand q);

    /// <summary>p ← 2^count·p for a public count ≥ 1.</summary>
    static abstract void Double(ref TPoint p, int count = 1);

    /// <summary>p in the form that addition takes.</summary>
    static abstract void Prepare(out TSummand r, in TPoint p);

    /// <summary>
    /// digit·P for a digit from −8 to 8, from the table P, 2P … 8P. Constant time: every entry is read, and the sign is
    /// applied by masks.
    /// </summary>
    static abstract void Lookup(out TSummand r, ReadOnlySpan<TSummand> table, long digit);
}
