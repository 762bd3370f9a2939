using System.Security.Cryptography;
using Quorate.Cryptography.Hashing;
using Quorate.Journal.Chain;
using Quorate.Journal.Export;
using Quorate.Journal.Snapshots;
using Quorate.Testing;

namespace Quorate.Journal.Tests.Chain;

public class ChainVectorTests
{
    [Fact]
    public void The_hashes_are_those_of_the_specification()
    {
        var hash = HashChain.Genesis(VectorFile.Journal);
        Assert.Equal(VectorFile.Root.Hash("genesis"), hash);
        foreach (var (expected, recorded) in VectorFile.Root.GetProperty("events").EnumerateArray().Zip(VectorFile.Events()))
        {
            var encoded = new byte[EventEncoding.SizeOf(recorded)];
            EventEncoding.Write(recorded, encoded);
            Assert.Equal(expected.Text("encoding"), Convert.ToHexStringLower(encoded));
            Assert.Equal(expected.Hash("digest"), HashChain.Digest(recorded));
            hash = HashChain.Link(hash, recorded.Position, HashChain.Digest(recorded));
            Assert.Equal(expected.Hash("hash"), hash);
        }
    }

    [Fact]
    public void The_digest_of_a_snapshot_is_the_specification_s()
    {
        var s = VectorFile.Root.GetProperty("snapshot");
        var snapshot = new Snapshot(s.Text("stream"), s.GetProperty("version").GetInt64(), s.Text("type"), s.GetProperty("schemaVersion").GetInt32(), s.Bytes("state"));

        Assert.Equal(s.Hash("digest"), snapshot.Digest());
    }

    [Fact]
    public async Task The_exported_vector_verifies()
    {
        var file = VectorFile.Root.Bytes("export");
        Assert.Equal(VectorFile.Root.Text("exportSha256"), Convert.ToHexStringLower(SHA256.HashData(file)));

        var report = await ExportVerifier.VerifyAsync(new MemoryStream(file));

        Assert.True(report.Chain.IsIntact);
        Assert.Equal((3L, 2L), (report.Chain.Events, report.Chain.Streams));
        Assert.Equal(VectorFile.Root.GetProperty("cosignature").Text("note"), Assert.Single(report.Notes).ToString());
    }

    [Fact]
    public void The_specification_prints_the_vectors()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/spec/journal.md"));
        var root = VectorFile.Root;

        Assert.Contains(root.Text("genesis"), page, StringComparison.Ordinal);
        Assert.Contains(root.Text("exportSha256"), page, StringComparison.Ordinal);
        Assert.Contains(root.GetProperty("snapshot").Text("digest"), page, StringComparison.Ordinal);
        Assert.Contains(root.GetProperty("cosignature").Text("verifierKey"), page, StringComparison.Ordinal);
        Assert.Contains(root.GetProperty("cosignature").Text("note").Split('\n')[^2], page, StringComparison.Ordinal);
        foreach (var e in root.GetProperty("events").EnumerateArray())
            Assert.All((string[])["encoding", "digest", "hash"], part => Assert.Contains(e.Text(part), page, StringComparison.Ordinal));
        Assert.All(HashTag.All, tag => Assert.Contains(tag.Text, page, StringComparison.Ordinal));
    }

    [Fact]
    public void The_journal_s_tags_are_none_of_cryptography_s_and_differ_from_each_other()
    {
        var others = typeof(Tags).GetFields().Select(f => f.GetValue(null)).OfType<Tag>().Select(t => t.Text).ToHashSet();

        Assert.NotEmpty(others);
        Assert.Equal(HashTag.All.Length, HashTag.All.Select(t => t.Text).Distinct().Count());
        Assert.All(HashTag.All, tag => Assert.DoesNotContain(tag.Text, others));
    }
}
