using Quorate.Testing;
using Xunit.Abstractions;

namespace Quorate.Node.Tests.Processes;

/// <summary>kill −9 within ceremonies of real processes.</summary>
public sealed class CeremonyKillTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Killed_within_a_ceremony_all_have_its_keys_or_none_and_it_is_carried_out()
    {
        await using var kills = await CeremonyKills.StartAsync();
        string[] ends =
        [
            await kills.AfterAsync("new wallet", "ceremony-attempted", isLead: false),
            await kills.AfterAsync("new wallet", "stored", isLead: true),
            await kills.AfterAsync("refresh", "ceremony-attested", isLead: false),
            await kills.AfterAsync("reshare", "ceremony-certified", isLead: true),
        ];
        foreach (var end in ends)
            output.WriteLine(end);
        Assert.DoesNotContain("never reached", ends);
        await kills.RequireLiveSignatureAsync();
    }

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("new wallet")]
    [InlineData("refresh")]
    [InlineData("reshare")]
    [InlineData("repair")]
    [InlineData("import")]
    [InlineData("backup")]
    public async Task Killed_after_every_step_all_have_it_or_none_and_it_is_carried_out(string kind)
    {
        await using var kills = await CeremonyKills.StartAsync();
        var (ends, random) = (new List<string>(), new SeededRandom(5, kind));
        foreach (var isLead in (bool[])[true, false])
        {
            foreach (var step in CeremonyKills.Steps)
                Add(step, await kills.AfterAsync(kind, step, isLead));
            for (var i = 0; i < 3; i++)
            {
                var at = random.Below(1_500);
                Add($"{at} ms", await kills.AtAsync(kind, at, isLead));
            }

            void Add(string when, string end)
            {
                ends.Add(end);
                output.WriteLine($"{kind}, {(isLead ? "lead" : "another")}, {when}: {end}");
            }
        }
        output.WriteLine($"{ends.Count(end => end != "never reached")} kills: {ends.Count(end => end == "all")} all, {ends.Count(end => end == "none")} none");
        Assert.True(ends.Count(end => end != "never reached") >= 12);
        Assert.Contains("all", ends);
        await kills.RequireLiveSignatureAsync();
    }
}
