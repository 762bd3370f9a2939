using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Cryptography.Tests.Signatures;

public class Bip340VectorTests
{
    static readonly string[][] rows = [.. OfficialVectors.Lines("bip340.csv").Skip(1).Select(line => line.Split(','))];

    public static TheoryData<int> All() => [.. rows.Select(row => int.Parse(row[0]))];

    public static TheoryData<int> WithKey() => [.. rows.Where(row => row[1].Length > 0).Select(row => int.Parse(row[0]))];

    static byte[] Hex(int index, int column) => Convert.FromHexString(rows[index][column]);

    [Theory]
    [MemberData(nameof(All))]
    public void Verification_has_the_published_result(int index)
    {
        var isValid = Bip340PublicKey.TryDecode(Hex(index, 2), out var key)
            && Bip340Signature.TryDecode(Hex(index, 5), out var signature)
            && signature.Verify(key, Hex(index, 4));
        Assert.Equal(rows[index][6] == "TRUE", isValid);
    }

    [Theory]
    [MemberData(nameof(WithKey))]
    public void The_key_signs_as_published(int index)
    {
        Assert.True(Bip340Key.TryImport(Hex(index, 1), out var key));
        using (key)
        {
            Assert.Equal(Hex(index, 2), key.PublicKey.Encode());
            Assert.Equal(Hex(index, 5), key.Sign(Hex(index, 4), Hex(index, 3)).Encode());
        }
    }

    [Fact]
    public void The_valid_ones_pass_as_a_batch_and_no_invalid_one_hides_among_them()
    {
        var valid = rows.Where(row => row[6] == "TRUE").Select(Parse).ToArray();
        Assert.True(Verify(valid));

        var tested = 0;
        foreach (var row in rows.Where(row => row[6] == "FALSE"))
        {
            // Some are refused earlier, as bytes.
            if (!Bip340PublicKey.TryDecode(Convert.FromHexString(row[2]), out _)
                || !Bip340Signature.TryDecode(Convert.FromHexString(row[5]), out _))
                continue;
            tested++;
            for (var at = 0; at <= valid.Length; at += valid.Length)
                Assert.False(Verify([.. valid[..at], Parse(row), .. valid[at..]]));
        }
        Assert.True(tested >= 6);

        static (Bip340PublicKey Key, ReadOnlyMemory<byte> Message, Bip340Signature Signature) Parse(string[] row)
        {
            Assert.True(Bip340Signature.TryDecode(Convert.FromHexString(row[5]), out var signature));
            return (Bip340PublicKey.Decode(Convert.FromHexString(row[2])), Convert.FromHexString(row[4]), signature);
        }

        static bool Verify((Bip340PublicKey Key, ReadOnlyMemory<byte> Message, Bip340Signature Signature)[] items) =>
            Bip340Batch.Verify(
                Array.ConvertAll(items, item => item.Key),
                Array.ConvertAll(items, item => item.Message),
                Array.ConvertAll(items, item => item.Signature),
                new SeededRandom(1));
    }
}
