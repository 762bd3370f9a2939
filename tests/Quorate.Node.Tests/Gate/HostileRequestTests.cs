using Quorate.Node.Gate;
using Quorate.Testing;

namespace Quorate.Node.Tests.Gate;

/// <summary>What a hostile server puts together, against the rule itself.</summary>
public sealed class HostileRequestTests
{
    readonly Deployment acme = new();
    readonly HostileServer server;

    public HostileRequestTests() => server = new(acme, Deployment.Start.AddHours(1));

    [Fact]
    public void What_members_have_signed_is_permitted_and_nothing_else_of_ten_thousand()
    {
        Assert.All(server.Honest.Take(2), h => Assert.IsType<Ruling.Permit>(Rule(h).Ruling));
        Assert.All(server.Honest.Skip(2), h => Assert.IsType<Ruling.Refused>(Rule(h).Ruling));

        var random = new SeededRandom(40);
        var reasons = new Dictionary<Refusal, int>();
        for (var i = 0; i < 10_000; i++)
        {
            var request = server.Next(random);
            var (ruling, record) = Rule(request);
            if (ruling is Ruling.Refused refused)
                reasons[refused.Reason] = reasons.GetValueOrDefault(refused.Reason) + 1;
            else
                Assert.True(server.MayBePermitted(request), $"request {i} of seed 40");
            Assert.Equal(ruling is Ruling.Permit, record is NodeEvent.SigningAllowed);
        }
        // The generator reaches every part of the rule that a server's words can break.
        foreach (var reason in (Refusal[])[Refusal.WrongOrganisation, Refusal.UnknownWallet, Refusal.WrongEpoch, Refusal.UnknownChain,
            Refusal.Undecodable, Refusal.NotBound, Refusal.Denied, Refusal.NeedsApprovals, Refusal.NotAReplacement])
            Assert.True(reasons.GetValueOrDefault(reason) > 20, $"{reason}: {reasons.GetValueOrDefault(reason)}");
    }

    (Ruling Ruling, NodeEvent? Record) Rule(SigningRequest request)
    {
        if (request.Original is null)
            return Judgement.Rule(acme.State, request, RequestState.Unknown, Deployment.Judges, Deployment.Start);
        return Rule(request.Approved) is (Ruling.Permit, { } allowed)
            ? Judgement.Rule(acme.State.Evolve(allowed), request, RequestState.Unknown, Deployment.Judges, Deployment.Start, RequestState.Unknown.Evolve(allowed))
            : (new Ruling.Refused(Refusal.Denied, "What is to be replaced is not allowed."), null);
    }
}
