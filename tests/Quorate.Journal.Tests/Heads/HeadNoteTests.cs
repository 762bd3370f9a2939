using System.Text;
using Quorate.Cryptography.Signatures;
using Quorate.Journal.Heads;
using Quorate.Journal.Tests.Stores;
using Quorate.Testing;

namespace Quorate.Journal.Tests.Heads;

public class HeadNoteTests
{
    static readonly Head head = new(VectorFile.Journal, 3, VectorFile.Events()[2].Hash);

    [Fact]
    public void The_note_of_the_specification_is_signed_read_and_verified()
    {
        var vector = VectorFile.Root.GetProperty("cosignature");
        using var signer = new TestSigner("auditor.example/w1", vector.Bytes("seed"));
        var seconds = vector.GetProperty("unixSeconds").GetInt64();

        Assert.Equal(vector.Text("verifierKey"), signer.Key.ToString());
        Assert.Equal(vector.Text("message"), Encoding.ASCII.GetString(HeadNote.Message(head, seconds)));
        Assert.Equal(vector.Text("note"), new HeadNote(head).CoSign(signer, new At(seconds)).ToString());
        var note = HeadNote.Parse(vector.Text("note"));
        Assert.Equal(head, note.Head);
        var signed = note.SignedBy([HeadKey.Parse(vector.Text("verifierKey"))], Ed25519Signature.Verify)!;
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(seconds), Assert.Single(signed).Value);
    }

    // The example that C2SP's tlog-cosignature prints, whose witness line shows where name, id and time stand.
    [Fact]
    public void A_signature_line_is_laid_out_as_C2SP_s()
    {
        using var signer = new TestSigner("witness.example.com/w1", 1);
        var line = new HeadNote(head).CoSign(signer, new At(1_679_315_147)).ToString().Split('\n')[4];
        var bytes = Convert.FromBase64String(line.Split(' ')[2]);
        var example = Convert.FromBase64String("jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==");

        Assert.StartsWith("— witness.example.com/w1 ", line, StringComparison.Ordinal);
        Assert.Equal(example.Length, bytes.Length);
        Assert.Equal(example[4..12], bytes[4..12]);
    }

    [Fact]
    public void Several_sign_and_each_once()
    {
        using var first = new TestSigner("first", 1);
        using var second = new TestSigner("second", 2);
        using var stranger = new TestSigner("stranger", 3);

        var note = new HeadNote(head).CoSign(first, Harness.Noon).CoSign(second, Harness.Noon).CoSign(first, new At(5)).CoSign(stranger, Harness.Noon);

        Assert.Equal(["second", "first", "stranger"], note.Signatures.Select(s => s.Name));
        var signed = note.SignedBy([first.Key, second.Key], Ed25519Signature.Verify)!;
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(5), signed[first.Key]);
        Assert.Equal(2, signed.Count);
        Assert.Empty(note.SignedBy([new("first", second.Key.PublicKey)], Ed25519Signature.Verify)!);
    }

    [Fact]
    public void A_signature_on_another_head_or_time_spoils_the_note()
    {
        using var signer = new TestSigner("first", 1);
        var note = new HeadNote(head).CoSign(signer, Harness.Noon).ToString();

        foreach (var other in (string[])[note.Replace("\n3\n", "\n4\n", StringComparison.Ordinal), Later(note)])
            Assert.Null(HeadNote.Parse(other).SignedBy([signer.Key], Ed25519Signature.Verify));

        string Later(string text)
        {
            var lines = text.Split('\n');
            var bytes = Convert.FromBase64String(lines[4].Split(' ')[2]);
            bytes[11] ^= 1;
            return text.Replace(lines[4], $"— first {Convert.ToBase64String(bytes)}", StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("quorate/v1/journal/000102030405060708090a0b0c0d0e0f\n3\n")]
    [InlineData("quorate/v1/journal/000102030405060708090A0B0C0D0E0F\n3\n0rbZWJqLpw0AbJ3mR/mxon9u1vp26nM7hk0cENWYX24=\n\n")]
    [InlineData("quorate/v1/journal/000102030405060708090a0b0c0d0e0f\n03\n0rbZWJqLpw0AbJ3mR/mxon9u1vp26nM7hk0cENWYX24=\n\n")]
    [InlineData("quorate/v1/journal/000102030405060708090a0b0c0d0e0f\n-3\n0rbZWJqLpw0AbJ3mR/mxon9u1vp26nM7hk0cENWYX24=\n\n")]
    [InlineData("quorate/v1/journal/000102030405060708090a0b0c0d0e0f\n3\n0rbZWJqLpw0AbJ3mR/mxon9u1vp26nM7hk0cENWYX2==\n\n")]
    [InlineData("quorate/v1/journal/000102030405060708090a0b0c0d0e0f\n3\n0rbZWJqLpw0AbJ3mR/mxon9u1vp26nM7hk0cENWYX24=\n\n— a b\n")]
    [InlineData("quorate/v1/journal/000102030405060708090a0b0c0d0e0f\n3\n0rbZWJqLpw0AbJ3mR/mxon9u1vp26nM7hk0cENWYX24=\n\nx")]
    [InlineData("quorate/v1/journal/000102030405060708090a0b0c0d0e0f\n3\n0rbZWJqLpw0AbJ3mR/mxon9u1vp26nM7hk0cENWYX24=\nextension\n\n")]
    public void What_is_not_written_the_one_way_is_no_note(string text) => Assert.Throws<FormatException>(() => HeadNote.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("auditor.example/w1+92b859cb+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea")]
    [InlineData("auditor.example/w2+92b859ca+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea")]
    [InlineData("auditor.example/w1+92b859ca+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea")]
    [InlineData("auditor.example/w1+92b859ca+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1E=")]
    [InlineData("two words+92b859ca+BNdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea")]
    public void A_mistyped_key_is_refused(string text) => Assert.Throws<FormatException>(() => HeadKey.Parse(text));

    [Fact]
    public void A_fuzzed_note_is_refused_or_is_what_it_says()
    {
        using var first = new TestSigner("first", 1);
        var samples = new[] { new HeadNote(head), new HeadNote(head).CoSign(first, Harness.Noon) }.Select(n => Encoding.UTF8.GetBytes(n.ToString())).ToArray();
        using var fuzzer = new Fuzzer(11);
        fuzzer.Run(new(typeof(HeadNote), "HeadNote", samples, input =>
        {
            try
            {
                return Encoding.UTF8.GetBytes(HeadNote.Parse(new UTF8Encoding(false, true).GetString(input)).ToString());
            }
            catch (Exception refused) when (refused is FormatException or DecoderFallbackException)
            {
                return null;
            }
        }), 20_000);
    }

    [Fact]
    public void A_head_is_shown_to_extend_another_by_digests_alone()
    {
        var events = VectorFile.Events();
        var known = new Head(VectorFile.Journal, 1, events[0].Hash);
        var digests = HeadExtension.Digests(events[1..]);

        Assert.Equal(head, HeadExtension.Follow(known, digests));
        Assert.Equal(head, HeadExtension.Follow(Head.Genesis(VectorFile.Journal), HeadExtension.Digests(events)));
        Assert.NotEqual(head, HeadExtension.Follow(known, [.. digests.Reverse()]));
        Assert.NotEqual(head, HeadExtension.Follow(known with { Position = 0 }, digests));
        Assert.Throws<ArgumentException>(() => HeadExtension.Follow(known, new ChainHash[JournalLimits.MaxExtensionDigests + 1]));
    }

    sealed class At(long seconds) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(seconds);
    }
}
