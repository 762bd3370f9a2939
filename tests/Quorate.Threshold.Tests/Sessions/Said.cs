using System.Security.Cryptography;
using Quorate.Threshold.Sessions;

namespace Quorate.Threshold.Tests.Sessions;

/// <summary>What sessions say in a run that delivers everything at once and in turn.</summary>
static class Said
{
    /// <summary>Runs the sessions to their outputs and disposes them: the first 20 bytes of SHA-256 over all their frames.</summary>
    internal static string Digest(IEnumerable<Session> started)
    {
        Session[] sessions = [.. started];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        while (sessions.SelectMany(s => s.TakeOutgoing(), (s, m) => (From: s, Message: m)).ToArray() is { Length: > 0 } sent)
        {
            foreach (var (from, outgoing) in sent)
            {
                hash.AppendData(outgoing.Bytes.Span);
                foreach (var to in sessions.Where(s => s != from && (outgoing.To ?? s.Me) == s.Me))
                    to.Receive(from.Me, outgoing.Bytes.Span);
            }
        }
        Assert.All(sessions, s => Assert.True(s is { IsRunning: false, Abort: null }));
        foreach (var session in sessions)
            session.Dispose();
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 20));
    }
}
