using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// Where the host remembers with whom a key is never used again, in any epoch and under any path. A port:
/// <see cref="Ban"/> returns only when the ban outlives a crash, since a cheat that is tried again tells more each time.
/// One that cannot write throws, which ends the session, and the host does not sign until it can.
/// </summary>
/// <remarks>
/// If people lift a ban, then for a machine that was broken, and after <see cref="Dkls23KeyShare.SetupId"/> has changed.
/// </remarks>
public interface IBanList
{
    /// <summary>Whether <paramref name="peer"/> is banned for the key of 32 bytes.</summary>
    bool IsBanned(ReadOnlySpan<byte> keyId, PartyId peer);

    /// <summary>Bans <paramref name="peer"/> for the key. Harmless when repeated.</summary>
    void Ban(ReadOnlySpan<byte> keyId, PartyId peer);
}
