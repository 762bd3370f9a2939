using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Dkls23;

/// <summary>
/// Where the host remembers with whom a key is never used again. A port: <see cref="Ban"/> returns only when the ban
/// outlives a crash, since a cheat that is tried again tells more each time.
/// </summary>
public interface IBanList
{
    /// <summary>Whether <paramref name="peer"/> is banned for the key of 32 bytes.</summary>
    bool IsBanned(ReadOnlySpan<byte> keyId, PartyId peer);

    /// <summary>Bans <paramref name="peer"/> for the key. Harmless when repeated.</summary>
    void Ban(ReadOnlySpan<byte> keyId, PartyId peer);
}
