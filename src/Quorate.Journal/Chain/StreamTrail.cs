namespace Quorate.Journal.Chain;

/// <summary>
/// The events of one stream in 16 bytes: its last version, and a digest of the versions and positions up to it, for
/// comparing one walk over a stream with another. Not a hash that withstands an attacker: every event on either walk is
/// checked against the chain when it is read.
/// </summary>
readonly record struct StreamTrail(long Version, ulong Digest)
{
    // The golden ratio's bits: odd, so that no step loses what was before it.
    const ulong Factor = 0x9e3779b97f4a7c15;

    internal StreamTrail Behind(long version, long position) =>
        unchecked(new(version, (((Digest * Factor) + (ulong)version) * Factor) + (ulong)position));
}
