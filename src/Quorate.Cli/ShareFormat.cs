using Quorate.Cryptography.Curves;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Cli;

/// <summary>How one party's stored state is written and read, and the share of the key within it.</summary>
sealed record ShareFormat<TShare, C>(
    Func<TShare, KeyShare<C>> KeyShare, Action<TShare, WireWriter> Write, ShareFormat<TShare, C>.Reading Read)
    where TShare : class, IDisposable where C : struct, ICurve<C>
{
    internal delegate TShare Reading(ref WireReader reader);
}

static class ShareFormats
{
    internal static ShareFormat<Dkls23KeyShare, Secp256k1> Dkls23 { get; } = new(s => s.Share, (s, writer) => s.Write(writer), Dkls23KeyShare.Read);

    internal static ShareFormat<KeyShare<C>, C> Plain<C>() where C : struct, ICurve<C> =>
        new(s => s, (s, writer) => s.Write(writer), KeyShare<C>.Read);
}
