using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using static Quorate.Testing.FuzzTarget;

namespace Quorate.Threshold.Tests.Fuzzing;

/// <summary>The decoders of a DKLs23 key's life, with what a refresh of a 2-of-2 key says and stores as samples.</summary>
static class Dkls23LifecycleTargets
{
    internal static IEnumerable<FuzzTarget> All()
    {
        var shares = Dkls23Runs.Key(2, 2, PartySet.Range(2));
        var plan = ResharePlan<Secp256k1>.Refresh(shares[new(1)].Package, PartySet.Range(2), 1);
        using var phase1 = LifecycleRuns.Reshare(2, plan, shares.ToDictionary(s => s.Key, s => s.Value.Share)).Run();
        var pending = phase1.Outputs<PendingSharing<Secp256k1>>();

        var setup = Dkls23LifecycleRuns.Setup(3, pending);
        var said = Targets.Said(setup, keep: true);
        yield return Message<Dkls23Setup.Contribution>(said[1]);
        yield return Message<PairwiseKeys>(said[2]);
        yield return Message<PairwiseTrial>(said[3]);
        var setups = setup.Outputs<PairwiseSetups>();
        yield return Wire(PairwiseSetups.Read, (s, writer) => s.Write(writer), setups.Select(s => Targets.Written(s.Write)));

        var holdings = shares.Values.Select(s => new Dkls23KeyHolding(s)).ToArray();
        List<byte[]> stored = [Targets.Written(holdings[0].Write)];
        foreach (var (holding, sharing, own) in holdings.Zip(pending, setups))
            holding.Add(sharing, own);
        stored.Add(Targets.Written(holdings[0].Write));
        using var phase2 = Dkls23LifecycleRuns.Acknowledge(4, holdings, 1).Run();
        var certificate = phase2.Output<ReshareCertificate<Secp256k1>>(new(1));
        holdings[0].Accept(certificate);
        stored.Add(Targets.Written(holdings[0].Write));
        yield return Wire(Dkls23KeyHolding.Read, (h, writer) => h.Write(writer), stored) with { AllocationLimit = (400, 200_000) };
        yield return Wire(ReshareCertificate<Secp256k1>.Read, (c, writer) => c.Write(writer), [Targets.Written(certificate.Write)]) with
        {
            Name = "ReshareCertificate with set-ups",
        };
    }
}
