using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Vault;

/// <summary>Key holdings of the first party, as stored bytes so that every test has its own and wipes it.</summary>
static class Holdings
{
    static readonly PartySet parties = PartySet.Range(3);
    static readonly PartySet pair = PartySet.Range(2);

    static readonly Lazy<byte[][]> ed25519 = new(() => Generations(FrostSuite.Ed25519));
    static readonly Lazy<byte[][]> secp256k1 = new(() => Generations(FrostSuite.Secp256k1));
    static readonly Lazy<byte[][]> dkls23 = new(Dkls23Generations);

    /// <summary>2 of 3: 0 as generated, 1 with a pending sharing of epoch 1, 2 with that in force.</summary>
    internal static KeyHolding<Ed25519> Frost(int generation = 0) => Read<Ed25519>(ed25519.Value[generation]);

    /// <summary>The same on the other curve.</summary>
    internal static KeyHolding<Secp256k1> Secp256k1Frost(int generation = 0) => Read<Secp256k1>(secp256k1.Value[generation]);

    /// <summary>2 of 2: 0 as generated, 1 refreshed, of epoch 1.</summary>
    internal static Dkls23KeyHolding Dkls23(int generation = 0)
    {
        var reader = new WireReader(dkls23.Value[generation]);
        return Dkls23KeyHolding.Read(ref reader);
    }

    internal static byte[] Bytes(Action<WireWriter> write)
    {
        using var writer = new WireWriter();
        write(writer);
        return writer.Written.ToArray();
    }

    static KeyHolding<C> Read<C>(byte[] bytes) where C : struct, ICurve<C>
    {
        var reader = new WireReader(bytes);
        return KeyHolding<C>.Read(ref reader);
    }

    static byte[][] Generations<C>(FrostSuite<C> suite) where C : struct, ICurve<C>
    {
        var shares = FrostRuns.Key(suite, 1, 2, parties);
        var package = shares[parties[0]].Package;
        var plan = ResharePlan<C>.Refresh(package, parties, 1);
        using var phase1 = LifecycleRuns.Reshare(2, plan, shares).Run();
        var pending = phase1.Outputs<PendingSharing<C>>();
        using var phase2 = LifecycleRuns.Acknowledge(3, pending).Run();
        var certificate = phase2.Output<ReshareCertificate<C>>(parties[0]);

        using var holding = new KeyHolding<C>(shares[parties[0]]);
        var first = Bytes(holding.Write);
        holding.Add(pending.First(p => p.Me == parties[0]));
        var second = Bytes(holding.Write);
        holding.Accept(certificate);
        foreach (var other in pending.Where(p => p.Me != parties[0]))
            other.Dispose();
        foreach (var other in shares.Values.Where(s => s.Me != parties[0]))
            other.Dispose();
        return [first, second, Bytes(holding.Write)];
    }

    static byte[][] Dkls23Generations()
    {
        var holdings = Dkls23Runs.Key(4, 2, pair).Values.Select(s => new Dkls23KeyHolding(s)).ToArray();
        var first = Bytes(holdings[0].Write);
        Dkls23LifecycleRuns.Complete(5, ResharePlan<Secp256k1>.Refresh(holdings[0].Package, pair, 1), holdings);
        var second = Bytes(holdings[0].Write);
        foreach (var holding in holdings)
            holding.Dispose();
        return [first, second];
    }
}
