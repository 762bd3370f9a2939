using System.Security.Cryptography;
using Quorate.Testing;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;
using static Quorate.Testing.FuzzTarget;

namespace Quorate.Threshold.Tests.Fuzzing;

/// <summary>The decoders of DKLs23, with what a 2-of-2 key says and stores as samples.</summary>
static class Dkls23Targets
{
    static readonly PartySet two = PartySet.Range(2);

    internal static IEnumerable<FuzzTarget> All()
    {
        var keygen = Dkls23Runs.Keygen(1, 2, two);
        var said = Targets.Said(keygen, keep: true);
        yield return Message<Dkls23Keygen.Commitment>(said[1]);
        yield return Message<Dkls23Keygen.Opening>(said[2]);
        yield return Message<Dkls23Keygen.Contribution>(said[3]);
        yield return Message<Dkls23Keygen.Confirmation>(said[4]);

        var shares = two.ToDictionary(p => p, keygen.Output<Dkls23KeyShare>);
        yield return Wire(Dkls23KeyShare.Read, (s, writer) => s.Write(writer), shares.Values.Select(s => Targets.Written(s.Write)));
        yield return Wire(PairwiseSetup.Read, (s, writer) => s.Write(writer), shares.Values.Select(s => Targets.Written(s.Setup(two.Except(s.Me).Single()).Write)));

        said = Targets.Said(Dkls23Runs.Sign(1, shares, two, SHA256.HashData([1])));
        yield return Message<Dkls23Sign.Commitment>(said[1]);
        yield return Message<Dkls23Sign.Transfers>(said[2]);
        yield return Message<Dkls23Sign.Product>(said[3]);
        yield return Wire(MultiplicationMessage.Read, (m, writer) => m.Write(writer), said[3].Select(p => p[^MultiplicationMessage.Size..]));
        yield return Message<Dkls23Sign.SignatureShare>(said[4]);
    }
}
