using Quorate.Cryptography.Curves;
using Quorate.Testing;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Threshold.Tests.Lifecycle.Parties;

namespace Quorate.Threshold.Tests.Dkls23;

/// <summary>
/// The theorem of docs/spec/lifecycle.md with set-ups, under random weather: whatever certificates there are, public or
/// withheld, every receiver of the highest one holds its share and the set-ups of that certificate, and showing it to
/// everybody makes them all sign.
/// </summary>
public sealed class Dkls23WeatherTests
{
    public static TheoryData<ulong> Seeds(int count) => [.. Enumerable.Range(0, count).Select(i => (ulong)i)];

    [Theory, MemberData(nameof(Seeds), 3)]
    public void No_weather_loses_the_key_or_its_set_ups(ulong seed) => Weather(seed, steps: 12);

    [Theory, MemberData(nameof(Seeds), 40), Trait("Category", "Slow")]
    public void No_long_weather_loses_the_key_or_its_set_ups(ulong seed) => Weather(1000 + seed, steps: 40);

    static void Weather(ulong seed, int steps)
    {
        using var random = new SeededRandom(seed, "weather");
        using var c = new Dkls23Committee(3000 + seed, 2, Set(1, 2, 3));
        List<ReshareCertificate<Secp256k1>> certificates = [];
        for (var step = 0; step < steps; step++)
        {
            var host = c.Hosts.ElementAt(random.Below(c.Hosts.Count()));
            switch (random.Below(6))
            {
                case 0 or 1 when Dealers(host.Package) is { } dealers:
                    var to = new PartySet(PartyId.Range(4).OrderBy(_ => random.Below(1000)).Take(2 + random.Below(2)));
                    var plan = ResharePlan<Secp256k1>.Reshare(host.Package, dealers, to, 2 + random.Below(to.Count - 1), c.Hosts.Max(h => h.NextEpoch));
                    c.Prepare(plan, Storm, [.. plan.Parties.Where(_ => random.Below(8) == 0)]);
                    break;
                case 2 or 3 when host.Pending.Count > 0:
                    // Whoever lost a message is left with nothing; a spy among the parties may get everything all the same.
                    certificates.AddRange(c.Certify(host.Pending[random.Below(host.Pending.Count)].Package.Epoch, Storm).Values.Take(1));
                    break;
                case 4 when certificates.Count > 0:
                    c.Show(certificates[random.Below(certificates.Count)], host.Me);
                    break;
                case 5:
                    c.Restart(host.Me);
                    break;
            }
            AssertAlive();
        }
        if (certificates.MaxBy(x => x.Package.Epoch) is { } last)
            c.ShowAll(last);
        var package = c.Hosts.MaxBy(h => h.Package.Epoch)!.Package;
        Assert.True(c.Signs([.. package.Parties.TakeLast(package.Threshold)]));
        Assert.All(c.Bans.Values, b => Assert.Empty(b.Peers));

        Simulation Storm(Simulation network)
        {
            if (random.Below(3) == 0)
                network.With(m => random.Below(30) == 0 ? [] : [m.Bytes]);
            return network;
        }

        PartySet? Dealers(PublicKeyPackage<Secp256k1> package)
        {
            var able = package.Parties.Where(p => c[p].Share?.Package.Equals(package) == true).ToArray();
            return able.Length >= package.Threshold ? new(able) : null;
        }

        void AssertAlive()
        {
            var top = certificates.MaxBy(x => x.Package.Epoch);
            Assert.All((top?.Package ?? c.Initial).Parties, p => Assert.True(
                c[p].Share is { } share && share.Package.Equals(top?.Package ?? c.Initial) && (top is null || share.SetupId.SequenceEqual(top.SetupId))
                || c[p].Pending.Any(q => q.HasShare && q.Package.Equals(top?.Package)) && c[p].SetupsFor(top!.Package)!.Id.SequenceEqual(top.SetupId),
                $"{p} has nothing of epoch {top?.Package.Epoch ?? 0}"));
        }
    }
}
