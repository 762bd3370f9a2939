using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Cli;

/// <summary>
/// Bans beside a share file, one line each: the key's id in hexadecimal and the party's number. A ban is on the disk
/// before the session that found the reason has ended.
/// </summary>
sealed class BanFile(string path) : IBanList
{
    public bool IsBanned(ReadOnlySpan<byte> keyId, PartyId peer)
    {
        var line = Line(keyId, peer);
        return OnDisk(() => File.Exists(path) && File.ReadLines(path).Contains(line));
    }

    public void Ban(ReadOnlySpan<byte> keyId, PartyId peer)
    {
        if (IsBanned(keyId, peer))
            return;
        var line = Line(keyId, peer);
        OnDisk(() =>
        {
            using var stream = new FileStream(path, FileMode.Append, FileAccess.Write);
            using var writer = new StreamWriter(stream);
            // On a line of its own, even after one that a crash cut short.
            writer.Write($"\n{line}\n");
            writer.Flush();
            stream.Flush(flushToDisk: true);
            return true;
        });
    }

    /// <summary>Ends the command where a member of the quorum is banned.</summary>
    internal void Refuse(Dkls23KeyShare share, PartySet quorum)
    {
        foreach (var peer in quorum.Except(share.Me))
            if (IsBanned(share.KeyId, peer))
                throw new CliException($"{share.Me} has banned {peer} for this key after a failed check: see {path}.");
    }

    static string Line(ReadOnlySpan<byte> keyId, PartyId peer) => $"{Convert.ToHexStringLower(keyId)} {peer.Value}";

    T OnDisk<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{path}: {problem.Message}");
        }
    }
}
