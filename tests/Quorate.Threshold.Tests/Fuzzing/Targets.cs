using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.ChillDkg;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Proofs;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using Quorate.Threshold.Tests.Sharing;
using static Quorate.Testing.FuzzTarget;

namespace Quorate.Threshold.Tests.Fuzzing;

/// <summary>Every decoder of Quorate.Threshold, with what honest runs say and store as samples. A new one is added here.</summary>
static class Targets
{
    internal static readonly FuzzTarget[] All =
    [
        Frames(),
        .. Frost(FrostSuite.Ed25519), .. Frost(FrostSuite.Secp256k1),
        .. Stored<Ed25519>(KeyScheme.FrostEd25519), .. Stored<Secp256k1>(KeyScheme.FrostSecp256k1),
        .. Lifecycle(FrostSuite.Ed25519), .. Lifecycle(FrostSuite.Secp256k1),
        .. Bip340(), .. ChillDkg(), .. Dkls23Targets.All(),
    ];

    static FuzzTarget Frames()
    {
        List<byte[]> frames = [];
        foreach (var run in (Simulation[])[FrostRuns.Keygen(FrostSuite.Ed25519, 1, 2, PartySet.Range(3)), Sign(FrostSuite.Ed25519)])
            using (run.With(m =>
            {
                frames.Add(m.Bytes);
                return [m.Bytes];
            }))
                run.Run();
        return new(typeof(Frame), nameof(Frame), frames, input =>
        {
            if (input.Length < 33 || !Frame.BelongsTo(input.AsSpan(1, 32), input))
                return null;
            try
            {
                var frame = Frame.Read(input);
                using var writer = new WireWriter();
                frame.Write(input.AsSpan(1, 32), writer);
                return writer.Written.ToArray();
            }
            catch (WireException)
            {
                return null;
            }
        });
    }

    static IEnumerable<FuzzTarget> Frost<C>(FrostSuite<C> suite) where C : struct, ICurve<C>
    {
        var keygen = Said(FrostRuns.Keygen(suite, 1, 2, PartySet.Range(3)));
        yield return Message<FrostKeygen<C>.Commitment>(keygen[1]);
        yield return Message<FrostKeygen<C>.Share>(keygen[2]);
        yield return Message<FrostKeygen<C>.Confirmation>(keygen[3]);
        yield return Wire(SchnorrProof<C>.Read, (proof, writer) => proof.Write(writer), keygen[3]);
        var sign = Said(Sign(suite));
        yield return Message<FrostSign<C>.Commitments>(sign[1]);
        yield return Message<FrostSign<C>.SignatureShare>(sign[2]);
        using var run = Sign(suite).Run();
        yield return new(typeof(SchnorrSignature<>), $"SchnorrSignature<{C.Name}>", [run.Outputs<SchnorrSignature<C>>()[0].Encode()], input =>
            SchnorrSignature<C>.TryDecode(input, out var signature) ? signature.Encode() : null);
    }

    static IEnumerable<FuzzTarget> Stored<C>(KeyScheme scheme) where C : struct, ICurve<C>
    {
        var keys = Enumerable.Range(1, 4).SelectMany(n => Dealt<C>.Key(scheme, (ulong)n, (n + 1) / 2, PartySet.Range(n)).Values).ToArray();
        yield return Wire(PublicKeyPackage<C>.Read, (p, writer) => p.Write(writer), keys.Select(k => Written(k.Package.Write)));
        yield return Wire(KeyShare<C>.Read, (k, writer) => k.Write(writer), keys.Select(k => Written(k.Write)));
    }

    static IEnumerable<FuzzTarget> Lifecycle<C>(FrostSuite<C> suite) where C : struct, ICurve<C>
    {
        var shares = Dealt<C>.Key(suite.Scheme, 1, 2, PartySet.Range(3));
        var plan = ResharePlan<C>.Refresh(shares[new(1)].Package, PartySet.Range(2), 1);
        var phase1 = LifecycleRuns.Reshare(1, plan, shares);
        var said = Said(phase1, keep: true);
        yield return Message<CommittedPoints<C>>(said[1]);
        yield return Message<DealtScalar<C>>(said[2]);
        var pending = phase1.Outputs<PendingSharing<C>>();
        yield return Wire(PendingSharing<C>.Read, (p, writer) => p.Write(writer), pending.Select(p => Written(p.Write)));

        var phase2 = LifecycleRuns.Acknowledge(2, pending);
        yield return Message<ReshareAcknowledgement<C>.Acknowledgement>(Said(phase2, keep: true)[1]);
        var certificate = phase2.Output<ReshareCertificate<C>>(new(1));
        yield return Wire(ReshareCertificate<C>.Read, (c, writer) => c.Write(writer), [Written(certificate.Write)]);

        List<byte[]> holdings = [];
        foreach (var party in (int[])[1, 3])
        {
            using var holding = new KeyHolding<C>(shares[new(party)]);
            holdings.Add(Written(holding.Write));
            holding.Add(pending[party - 1]);
            holdings.Add(Written(holding.Write));
            holding.Accept(certificate);
            holdings.Add(Written(holding.Write));
        }
        yield return Wire(KeyHolding<C>.Read, (h, writer) => h.Write(writer), holdings) with { AllocationLimit = (400, 200_000) };
    }

    static IEnumerable<FuzzTarget> Bip340()
    {
        var shares = Bip340Runs.Deal(1, 2, 3);
        var key = TweakContext.Init(shares[new(1)].Package.GroupKey);
        var said = Said(Bip340Runs.Sign(1, shares, PartySet.Range(2), key, [1]));
        yield return Message<Bip340Sign.Nonce>(said[1]);
        yield return Message<Bip340Sign.PartialSignature>(said[2]);
        yield return new(typeof(PublicNonce), nameof(PublicNonce), said[1], input => PublicNonce.TryDecode(input, out var nonce) ? nonce.Encode() : null);
        yield return new(typeof(AggregateNonce), nameof(AggregateNonce), [.. said[1], new byte[66]], input =>
            AggregateNonce.TryDecode(input, out var nonce) ? nonce.Encode() : null);
        yield return new(typeof(ExtendedEncoding), nameof(ExtendedEncoding), [said[1][0][..33], new byte[33]], input =>
        {
            if (!ExtendedEncoding.TryDecode(input, out var point))
                return null;
            var encoded = new byte[33];
            ExtendedEncoding.Encode(point, encoded);
            return encoded;
        });
        yield return new(typeof(Tweak), nameof(Tweak), said[2], input =>
        {
            try
            {
                return Tweak.Read(input, isXOnly: false).Value.Encode();
            }
            catch (ArgumentException)
            {
                return null;
            }
        });
    }

    static IEnumerable<FuzzTarget> ChillDkg()
    {
        const int t = 2, n = 3;
        using var setup = new ChillDkgRuns(1, t, n);
        using var run = setup.Keygen();
        var said = Said(run, keep: true);
        yield return Message<Contribution>(said[1]);
        yield return Message<Aggregate>(said[2]);
        yield return Message<Agreement>([.. said[3], [1]]);
        yield return Message<Conclusion>([.. said[4], [1, .. new byte[65 * n]]]);
        yield return new(typeof(ParticipantMessage1), nameof(ParticipantMessage1), said[1], input =>
            ParticipantMessage1.TryDecode(input, t, n, out var message) ? message.Encode() : null);
        yield return new(typeof(CoordinatorMessage1), nameof(CoordinatorMessage1), said[2], input =>
            CoordinatorMessage1.TryDecode(input, t, n, out var message) ? message.Encode() : null);
        yield return new(typeof(InvestigationMessage), nameof(InvestigationMessage), [new byte[65 * n]], input =>
            InvestigationMessage.TryDecode(input, n, out var message) ? message.Encode() : null);

        var recovery = run.Output<ChillDkgOutput>(new(1)).Recovery;
        var transcript = recovery.Encode()[..DkgTranscript.Size(t, n)];
        yield return new(typeof(DkgTranscript), nameof(DkgTranscript), [transcript], input =>
            DkgTranscript.TryDecode(input, n, out var decoded) ? decoded.Encoded : null);
        yield return new(typeof(RecoveryData), nameof(RecoveryData), [recovery.Encode()], input =>
        {
            try
            {
                return RecoveryData.Decode(input).Encode();
            }
            catch (FormatException)
            {
                return null;
            }
        });

        using var random = new SeededRandom(1);
        yield return Message<AcknowledgeRecovery.Acknowledgment>([recovery.Acknowledge(setup.HostKeys[0], random)]);
    }

    static Simulation Sign<C>(FrostSuite<C> suite) where C : struct, ICurve<C> =>
        FrostRuns.Sign(suite, 1, Dealt<C>.Key(suite.Scheme, 1, 2, PartySet.Range(3)), PartySet.Range(2), [1]);

    /// <summary>The messages of an honest run by round.</summary>
    internal static Dictionary<byte, byte[][]> Said(Simulation run, bool keep = false)
    {
        List<(byte Round, byte[] Payload)> said = [];
        run.With(m =>
        {
            var frame = Frame.Read(m.Bytes);
            if (!frame.IsEcho)
                said.Add((frame.Round, frame.Payload.ToArray()));
            return [m.Bytes];
        }).Run();
        if (!keep)
            run.Dispose();
        return said.GroupBy(s => s.Round).ToDictionary(g => g.Key, g => g.Select(s => s.Payload).ToArray());
    }

    internal static byte[] Written(Action<WireWriter> write)
    {
        using var writer = new WireWriter();
        write(writer);
        return writer.Written.ToArray();
    }
}
