using System.Diagnostics;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;

namespace Quorate.Benchmarks;

/// <summary>FROST after RFC 9591: what one party computes, allocates and sends in each phase.</summary>
static class FrostBenchmarks
{
    static readonly byte[] Message = new byte[32];
    static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    internal static void Run(string[] args)
    {
        foreach (var (t, n) in new[] { (2, 3), (3, 5), (7, 10), (34, 100), (67, 100) })
        {
            var runs = n <= 10 ? 200 : 1;
            Measure(FrostSuite.Secp256k1, "secp256k1", t, n, runs);
            Measure(FrostSuite.Ed25519, "ed25519", t, n, runs);
        }
    }

    /// <summary>Milliseconds of one party's work beside @noble/curves: key generation, the phases of signing, verification.</summary>
    /// <returns>Null where the peer is missing.</returns>
    internal static (string Phase, double Ours, double Theirs)[]? Against<C>(FrostSuite<C> suite, string peerSuite, int t, int n, int runs) where C : struct, ICurve<C> =>
        Against(Take(suite, t, n, runs), peerSuite, t, n);

    static (string Phase, double Ours, double Theirs)[]? Against((PhaseClock Keygen, PhaseClock Sign, double Verify) taken, string peerSuite, int t, int n)
    {
        if (NodePeer.Measure("noble-frost.mjs", t, n, "--suite", peerSuite) is not { } noble)
            return null;
        var (keygen, sign, verify) = taken;
        return
        [
            ("dkg", Enumerable.Range(0, 5).Sum(k => keygen.Median(k).Milliseconds), noble["dkg"]),
            .. ((string[])["round1", "round2", "aggregate"]).Select((phase, k) => (phase, sign.Median(k).Milliseconds, noble[phase])),
            ("verify", verify, noble["verify"]),
        ];
    }

    static void Measure<C>(FrostSuite<C> suite, string peerSuite, int t, int n, int runs) where C : struct, ICurve<C>
    {
        var taken = Take(suite, t, n, runs);
        Console.WriteLine($"{suite.ContextString} {t}-of-{n}");
        Print("keygen", taken.Keygen, ["commit", "receive, echo", "verify, share", "derive, prove", "confirm"]);
        Print("sign", taken.Sign, ["round 1", "round 2", "aggregate"]);
        Console.WriteLine($"  verify                 {taken.Verify,9:F3} ms");
        if (n <= 10 && Against(taken, peerSuite, t, n) is { } rows)
            foreach (var (phase, ours, theirs) in rows)
                Console.WriteLine($"  against @noble/curves  {phase,-10} {ours,9:F3} ms, peer {theirs,9:F3} ms: {theirs / ours,5:F1} times as fast");
    }

    static (PhaseClock Keygen, PhaseClock Sign, double Verify) Take<C>(FrostSuite<C> suite, int t, int n, int runs) where C : struct, ICurve<C>
    {
        var committee = PartySet.Range(n);
        var quorum = PartySet.Range(t);
        // Until the JIT is done with the code: its last tier comes seconds after the first call.
        for (var begun = Stopwatch.GetTimestamp(); n <= 10 && Stopwatch.GetElapsedTime(begun) < WarmUp;)
            Once(new(5), new(3), []);

        var keygen = new PhaseClock(5);
        var sign = new PhaseClock(3);
        var verify = new List<double>();
        for (var run = 0; run < runs; run++)
            Once(keygen, sign, verify);
        verify.Sort();
        return (keygen, sign, verify[verify.Count / 2]);

        void Once(PhaseClock keygen, PhaseClock sign, List<double> verify)
        {
            var id = SessionId.Random(SystemRandom.Shared);
            var shares = keygen.Run(committee, p => new FrostKeygen<C>(suite, id, p, committee, t, SystemRandom.Shared));
            for (var i = 0; i < 3; i++)
            {
                var signature = sign.Run(quorum, p => new FrostSign<C>(suite, id, shares[p.Value - 1], quorum, Message, SystemRandom.Shared))[0];
                var begun = Stopwatch.GetTimestamp();
                if (!signature.Verify(suite, shares[0].Package.GroupKey, Message))
                    throw new InvalidOperationException("The signature does not verify.");
                verify.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
            foreach (var share in shares)
                share.Dispose();
        }
    }

    internal static void Print(string protocol, PhaseClock clock, string[] phases)
    {
        var total = 0.0;
        for (var k = 0; k < phases.Length; k++)
        {
            var (milliseconds, allocated) = clock.Median(k);
            total += milliseconds;
            Console.WriteLine($"  {protocol,-7} {phases[k],-14} {milliseconds,9:F3} ms {allocated / 1024.0,9:F1} KiB allocated");
        }
        Console.WriteLine($"  {protocol,-7} {"in all",-14} {total,9:F3} ms {clock.BytesSent,9} bytes sent");
    }
}
