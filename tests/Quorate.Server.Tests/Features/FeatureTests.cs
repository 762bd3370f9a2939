using FsCheck;
using FsCheck.Fluent;
using Quorate.Cryptography.Secrets;
using Quorate.Server.Features;
using Quorate.Server.Ids;
using Quorate.Server.Tests.Store;
using Quorate.Testing;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Features;

public sealed class FeatureTests
{
    static readonly FeatureCommand.Set set = new(Noon, "solana", 25, [], "alice", null);

    /// <summary>As many vaults as somebody may have, with ids as they are drawn in earnest.</summary>
    static readonly ResourceId[] vaults = Drawn();

    static ResourceId[] Drawn()
    {
        IRandom random = new SeededRandom(8, "vaults");
        var ids = new IdSource(new ManualTime(), random);
        return [.. Enumerable.Range(0, 4_000).Select(_ => ids.Next(ResourceKind.Vault))];
    }

    static string Answer(Feature feature, FeatureCommand command) => Feature.Decider.Answer(feature, command);

    static Feature At(int percentage, string name = "solana") => Feature.Decider.After(set with { Name = name, Percentage = percentage, Vaults = [Id(ResourceKind.Vault)] });

    [Theory]
    [InlineData("")]
    [InlineData("Solana")]
    [InlineData("1solana")]
    [InlineData("sol/ana")]
    [InlineData("sol ana")]
    [InlineData("solana-solana-solana-solana-solana-solana-solana-so")]
    public void A_name_is_one_that_configuration_and_streams_can_have(string name) => Assert.Equal("invalid_feature", Answer(Feature.None, set with { Name = name }));

    [Fact]
    public void What_it_is_set_to_is_a_percentage_and_vaults()
    {
        Assert.Equal("invalid_percentage", Answer(Feature.None, set with { Percentage = -1 }));
        Assert.Equal("invalid_percentage", Answer(Feature.None, set with { Percentage = 101 }));
        Assert.Equal("invalid_text", Answer(Feature.None, set with { By = "" }));
        Assert.Equal("invalid_text", Answer(Feature.None, set with { Reason = "a\nb" }));
        Assert.Equal("accepted", Answer(Feature.None, set with { Vaults = [.. vaults.Take(Feature.MaxVaults)] }));
        Assert.Equal("invalid_vaults", Answer(Feature.None, set with { Vaults = [.. vaults.Take(Feature.MaxVaults + 1)] }));
        Assert.Throws<ArgumentException>(() => Answer(Feature.None, set with { Vaults = [Id(ResourceKind.Wallet)] }));
    }

    [Fact]
    public void Every_change_is_kept_with_who_and_when_and_what_is_none_is_not_recorded()
    {
        var (one, two) = (Id(ResourceKind.Vault, 1), Id(ResourceKind.Vault, 2));
        var feature = Feature.Decider.After(set, set with { At = Noon.AddDays(1), Percentage = 50, Vaults = [one, two, one], By = "bob", Reason = "it works" });
        Assert.Equal([(25, "alice", Noon, null), (50, "bob", Noon.AddDays(1), "it works")], feature.History.Select(h => (h.Percentage, h.By, h.At, h.Reason)));
        Assert.Equal(2, feature.Current!.Vaults.Length);
        Assert.Equal("nothing", Answer(feature, set with { Percentage = 50, Vaults = [two, one], By = "carol", Reason = "again" }));
        Assert.Equal("accepted", Answer(feature, set with { Percentage = 50, Vaults = [two] }));
        Assert.Equal("accepted", Answer(feature, set with { Percentage = 51, Vaults = [two, one] }));
    }

    [Fact]
    public void Every_command_may_be_sent_twice() => Feature.Decider.HoldUnderAnyCommands(
        [set, set with { Percentage = 0 }, set with { Percentage = 100, Vaults = [vaults[1], vaults[0]] }, set with { Vaults = [vaults[0]] }, set with { Percentage = 300 }], []);

    [Fact]
    public void A_percentage_that_grows_only_adds_and_the_same_vault_is_always_on_the_same_side()
    {
        var percentages = Gen.OneOf(Gen.Elements(0, 1, 49, 50, 99, 100), Gen.Choose(0, 100));
        Prop.ForAll(percentages.Two().ToArbitrary(), pair =>
        {
            var (small, large) = (At(Math.Min(pair.Item1, pair.Item2)), At(Math.Max(pair.Item1, pair.Item2)));
            foreach (var vault in vaults.Take(200))
            {
                Assert.True(!small.IsOn(vault) || large.IsOn(vault));
                Assert.Equal(small.IsOn(vault), Feature.Decider.After(set with { Percentage = (small.Current!.Percentage + 1) % 101 }, set with { Percentage = small.Current!.Percentage }).IsOn(vault));
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void So_many_of_a_hundred_have_it_and_of_two_features_not_the_same_ones()
    {
        Assert.DoesNotContain(vaults, At(0).IsOn);
        Assert.All(vaults, vault => Assert.True(At(100).IsOn(vault)));
        // 4,000 vaults: four standard deviations are 2.9 of a hundred.
        foreach (var percentage in (int[])[10, 25, 50, 90])
            Assert.InRange(vaults.Count(At(percentage).IsOn) / 40.0, percentage - 3.2, percentage + 3.2);
        Assert.InRange(vaults.Count(v => At(50).IsOn(v) && At(50, "taproot").IsOn(v)) / 40.0, 22, 28);
    }

    [Fact]
    public void A_vault_that_is_named_has_it_in_any_case_and_nobody_has_what_was_never_set()
    {
        Assert.True(At(0).IsOn(Id(ResourceKind.Vault)));
        Assert.False(Feature.None.IsOn(Id(ResourceKind.Vault)));
    }

    [Fact]
    public void A_vaults_place_is_recorded_for_ever()
    {
        var vault = ResourceId.Parse("vlt_01890a5d-ac96-774b-bcce-b302099a8057");
        Assert.Equal((PlaceSolana, PlaceTaproot), (Feature.PlaceOf("solana", vault), Feature.PlaceOf("taproot", vault)));
    }

    // SHA-256 of "solana/vlt_…" and "taproot/vlt_…", the first eight bytes as a number, of that the last two digits; by Python's hashlib.
    const int PlaceSolana = 12, PlaceTaproot = 0;
}
