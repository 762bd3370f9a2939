using Quorate.Server.Ids;
using Quorate.Testing;

namespace Quorate.Server.Tests.Ids;

public sealed class ResourceIdTests
{
    [Fact]
    public void Every_kind_has_one_text_that_is_read_back()
    {
        var source = new IdSource(new ManualTime(), new SeededRandom(1));
        foreach (var kind in Enum.GetValues<ResourceKind>())
        {
            var id = source.Next(kind);
            Assert.True(ResourceId.TryParse(id.ToString(), kind, out var read));
            Assert.Equal(id, read);
            Assert.True(Policies.Naming.IsValid(id.ToString()));
            Assert.False(ResourceId.TryParse(id.ToString(), kind == ResourceKind.Vault ? ResourceKind.Wallet : ResourceKind.Vault, out _));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("wal_")]
    [InlineData("xyz_01936f2e-8f00-7abc-8def-0123456789ab")]
    [InlineData("WAL_01936f2e-8f00-7abc-8def-0123456789ab")]
    [InlineData("wal_01936F2E-8f00-7abc-8def-0123456789ab")]
    [InlineData("wal_01936f2e-8f00-4abc-8def-0123456789ab")]
    [InlineData("wal_01936f2e-8f00-7abc-0def-0123456789ab")]
    [InlineData("wal-01936f2e-8f00-7abc-8def-0123456789ab")]
    [InlineData("wal_01936f2e8f007abc8def0123456789ab")]
    [InlineData("wal_01936f2e-8f00-7abc-8def-0123456789ab ")]
    public void Whatever_is_written_otherwise_is_no_id(string text) => Assert.False(ResourceId.TryParse(text, out _));

    [Fact]
    public void Ids_of_one_source_ascend_even_when_the_clock_goes_back()
    {
        var time = new ManualTime();
        var source = new IdSource(time, new SeededRandom(2));
        var ids = new List<string>();
        for (var i = 0; i < 10_000; i++)
        {
            ids.Add(source.Next(ResourceKind.Event).ToString());
            if (i % 1_000 == 0)
                time.Advance(TimeSpan.FromMilliseconds(1));
        }
        Assert.Equal(ids.Order(StringComparer.Ordinal), ids);
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void An_id_tells_the_time_it_was_drawn_at()
    {
        var time = new ManualTime();
        var bytes = new IdSource(time, new SeededRandom(3)).Next().ToByteArray(bigEndian: true);
        var milliseconds = bytes.Take(6).Aggregate(0L, (sum, b) => sum << 8 | b);
        Assert.Equal(time.GetUtcNow().ToUnixTimeMilliseconds(), milliseconds);
    }
}
