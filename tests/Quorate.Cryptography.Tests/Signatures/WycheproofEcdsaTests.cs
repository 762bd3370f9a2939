using System.Security.Cryptography;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;
using Xunit.Abstractions;

namespace Quorate.Cryptography.Tests.Signatures;

public class WycheproofEcdsaTests(ITestOutputHelper output)
{
    [Fact]
    public void Every_case_of_ecdsa_secp256k1_sha256_has_its_published_result()
    {
        if (!SharedVectors.TryReadJson("wycheproof/ecdsa_secp256k1_sha256_test.json", out var suite, out var reason))
        {
            output.WriteLine(reason);
            return;
        }

        var wrong = new List<string>();
        var count = 0;
        foreach (var group in suite.GetProperty("testGroups").EnumerateArray())
        {
            Assert.True(Point<Secp256k1>.TryDecodeSec1(group.GetProperty("publicKey").Hex("uncompressed"), out var key));
            foreach (var test in group.GetProperty("tests").EnumerateArray())
            {
                count++;
                var isValid = EcdsaSignature.TryDecodeDer(test.Hex("sig"), out var signature)
                    && signature.Verify(key, SHA256.HashData(test.Hex("msg")!));
                if (isValid != (test.GetProperty("result").GetString() == "valid"))
                    wrong.Add($"{test.GetProperty("tcId")}: {test.GetProperty("comment")}");
            }
        }
        output.WriteLine($"{count} cases");
        Assert.Equal(suite.GetProperty("numberOfTests").GetInt32(), count);
        Assert.Empty(wrong);
    }
}
