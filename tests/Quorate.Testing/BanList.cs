using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Testing;

/// <summary>Bans in memory, open to inspection.</summary>
public sealed class BanList : IBanList
{
    readonly HashSet<(string Key, PartyId Peer)> bans = [];

    /// <summary>Everybody banned for any key.</summary>
    public IEnumerable<PartyId> Peers => bans.Select(b => b.Peer).Distinct().Order();

    public bool IsBanned(ReadOnlySpan<byte> keyId, PartyId peer) => bans.Contains((Convert.ToHexString(keyId), peer));

    public void Ban(ReadOnlySpan<byte> keyId, PartyId peer) => bans.Add((Convert.ToHexString(keyId), peer));
}
