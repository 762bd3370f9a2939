using Quorate.Cryptography.Signatures;
using Quorate.Testing;
using Xunit.Abstractions;

namespace Quorate.Cryptography.Tests.Signatures;

public class Ed25519VectorTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_vector_of_RFC_8032_is_signed_and_verified_as_published()
    {
        var lines = OfficialVectors.Lines("rfc8032-ed25519.txt");
        Assert.Equal(5, lines.Length);
        foreach (var line in lines)
        {
            var parts = line.Split(':').Select(Convert.FromHexString).ToArray();
            using var key = new Ed25519Key(parts[0]);
            Assert.Equal(parts[1], key.EncodedPublicKey);
            Assert.Equal(parts[3], key.Sign(parts[2]));
            Assert.True(Ed25519Signature.Verify(parts[1], parts[2], parts[3]));
            Assert.True(Ed25519Signature.Verify(key.PublicKey, parts[2], parts[3]));
        }
    }

    [Fact]
    public void Every_case_of_Wycheproof_has_its_published_result()
    {
        if (!SharedVectors.TryReadJson("wycheproof/ed25519_test.json", out var suite, out var reason))
        {
            output.WriteLine(reason);
            return;
        }

        var wrong = new List<string>();
        var count = 0;
        foreach (var group in suite.GetProperty("testGroups").EnumerateArray())
        {
            var key = group.GetProperty("publicKey").Hex("pk");
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                count++;
                var isValid = Ed25519Signature.Verify(key, test.Hex("msg"), test.Hex("sig"));
                if (isValid != (test.GetProperty("result").GetString() == "valid"))
                    wrong.Add($"{test.GetProperty("tcId")}: {test.GetProperty("comment")}");
            }
        }
        output.WriteLine($"{count} cases");
        Assert.Equal(suite.GetProperty("numberOfTests").GetInt32(), count);
        Assert.Empty(wrong);
    }
}
