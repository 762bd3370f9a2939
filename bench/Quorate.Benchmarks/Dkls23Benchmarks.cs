using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Secrets;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Benchmarks;

/// <summary>DKLs23: what one party computes, allocates and sends in each phase. All of it runs on one thread.</summary>
static class Dkls23Benchmarks
{
    static readonly byte[] Digest = new byte[32];

    /// <summary>All sizes, or those given as t-of-n.</summary>
    internal static void Run(string[] args)
    {
        // Large committees run so seldom that their first run must find compiled code.
        Take(2, 2, keys: 10, signatures: 60, new(7), new(4), new(3), new(2));
        foreach (var (t, n, keys, signatures) in new[] { (2, 2, 10, 60), (2, 3, 10, 60), (3, 5, 4, 32), (5, 9, 2, 16), (9, 15, 1, 8) })
            if (args.Length == 0 || args.Contains($"{t}-of-{n}"))
                Measure(t, n, keys, signatures);
    }

    /// <summary>Milliseconds of one party's work in 2-of-3 beside @0xcarbon/dkls23-wasm.</summary>
    /// <returns>Null where the peer is missing.</returns>
    internal static (string Phase, double Ours, double Theirs)[]? Against()
    {
        var (keygen, sign) = (new PhaseClock(7), new PhaseClock(4));
        // First until the code is compiled.
        Take(2, 3, keys: 10, signatures: 60, new(7), new(4), new(3), new(2));
        Take(2, 3, keys: 10, signatures: 60, keygen, sign, new(3), new(2));
        return Against(keygen, sign, 2, 3);
    }

    static (string Phase, double Ours, double Theirs)[]? Against(PhaseClock keygen, PhaseClock sign, int t, int n)
    {
        if (NodePeer.Measure("carbon-dkls23.mjs", t, n) is not { } peer)
            return null;
        var signing = ("sign", Enumerable.Range(0, 4).Sum(k => sign.Median(k).Milliseconds), Enumerable.Range(1, 4).Sum(k => peer[$"sign{k}"]));
        return peer.TryGetValue("keygen", out var theirs)
            ? [("keygen", Enumerable.Range(0, 7).Sum(k => keygen.Median(k).Milliseconds), theirs), signing]
            : [signing];
    }

    static void Measure(int t, int n, int keys, int signatures)
    {
        var (keygen, sign, presign, online) = (new PhaseClock(7), new PhaseClock(4), new PhaseClock(3), new PhaseClock(2));
        Take(t, n, keys, signatures, keygen, sign, presign, online);
        Console.WriteLine($"DKLs23 {t}-of-{n}");
        FrostBenchmarks.Print("keygen", keygen, ["commit", "echo", "open", "echo", "transfers", "finish", "confirm"]);
        FrostBenchmarks.Print("sign", sign, ["commit, extend", "multiply", "check, share", "combine"]);
        FrostBenchmarks.Print("presign", presign, ["commit, extend", "multiply", "check"]);
        FrostBenchmarks.Print("online", online, ["share", "combine"]);
        // The peer's key generation grows to minutes with n².
        if (n <= 5 && Against(keygen, sign, t, n) is { } rows)
            foreach (var (phase, ours, theirs) in rows)
                Console.WriteLine($"  against @0xcarbon/dkls23-wasm  {phase,-7} {ours,9:F3} ms, peer {theirs,9:F3} ms: {theirs / ours,5:F1} times as fast");
    }

    static void Take(int t, int n, int keys, int signatures, PhaseClock keygen, PhaseClock sign, PhaseClock presign, PhaseClock online)
    {
        var (committee, quorum) = (PartySet.Range(n), PartySet.Range(t));
        for (var run = 0; run < keys; run++)
        {
            var id = SessionId.Random(SystemRandom.Shared);
            var shares = keygen.Run(committee, p => new Dkls23Keygen(id, p, committee, t, SystemRandom.Shared));
            for (var i = 0; i < signatures / keys; i++)
            {
                var session = SessionId.Random(SystemRandom.Shared);
                sign.Run(quorum, p => new Dkls23Sign(session, shares[p.Value - 1], quorum, Digest, new BanList(), SystemRandom.Shared));
                var presignatures = presign.Run(quorum, p => new Dkls23Presign(session, shares[p.Value - 1], quorum, new BanList(), SystemRandom.Shared));
                online.Run(quorum, p => new Dkls23Online(
                    session, shares[p.Value - 1], quorum, Bip32Path.Root, Digest, presignatures[p.Value - 1], new SpentPresignatures(), new BanList()));
            }
            foreach (var share in shares)
                share.Dispose();
        }
    }
}
