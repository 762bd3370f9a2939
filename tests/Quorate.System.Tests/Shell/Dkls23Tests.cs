using System.Security.Cryptography;
using System.Text.Json;
using Quorate.Cryptography.Hashing;
using Quorate.Testing.Native;

namespace Quorate.System.Tests.Shell;

public sealed class Dkls23Tests : IDisposable
{
    readonly Shell shell = new();

    public void Dispose() => shell.Dispose();

    [Theory]
    [InlineData("sha256", "")]
    [InlineData("sha256d", "m/0/5")]
    [InlineData("keccak256", "m/44/60/0")]
    public void A_quorum_of_sealed_shares_signs_ecdsa_and_libsecp256k1_agrees(string hash, string path)
    {
        string[] options = path.Length == 0 ? ["--hash", hash] : ["--hash", hash, "--derive", path];
        Assert.Equal(0, shell.Run("secret", "keygen", "--protocol", "dkls23", "-t", "2", "-n", "3", "--out", "key").ExitCode);
        var run = shell.Run("secret", ["sign", "--json", "-s", "key/share-3.json", "key/share-1.json", "-m", "hello", .. options]);
        Assert.Equal(0, run.ExitCode);
        var json = JsonDocument.Parse(run.Output).RootElement;
        byte[] Field(string name) => Convert.FromHexString(json.GetProperty(name).GetString()!);

        var digest = hash switch
        {
            "sha256" => SHA256.HashData("hello"u8),
            "sha256d" => SHA256.HashData(SHA256.HashData("hello"u8)),
            _ => Keccak256.HashData("hello"u8),
        };
        Assert.Equal("dkls23", json.GetProperty("scheme").GetString());
        Assert.Equal(digest, Field("digest"));
        Assert.True(Libsecp256k1.EcdsaVerifyEncoded(Field("signature"), digest, Field("publicKey")));
        var compact = new byte[64];
        Assert.True(Libsecp256k1.EcdsaParseDer(compact, Field("der")));
        Assert.Equal(Field("signature"), compact);
        var recovered = new byte[33];
        Assert.True(Libsecp256k1.EcdsaRecover(recovered, digest, compact, json.GetProperty("recoveryId").GetInt32()));
        Assert.Equal(Field("publicKey"), recovered);

        foreach (var form in (string[])["signature", "der"])
        {
            Assert.Equal(0, Verify("hello", json.GetProperty(form).GetString()!, options));
            Assert.Equal(1, Verify("hellO", json.GetProperty(form).GetString()!, options));
        }
        Assert.Equal(1, Verify("hello", json.GetProperty("signature").GetString()!, ["--hash", hash, "--derive", "m/8"]));
        Assert.Equal(1, Verify("hello", "00" + json.GetProperty("signature").GetString()![2..], options));
        Assert.Equal(1, Verify("hello", HighS(compact), options));
    }

    [Fact]
    public void What_a_person_reads_has_the_same_forms()
    {
        Keygen();
        var run = shell.Run(null, "sign", "-s", "key/share-1.json", "key/share-2.json", "-m", "x", "--hash", "sha256");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            ["public key", "signature ", "DER       ", "recovery i", "digest    "],
            run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l[..10]));
    }

    [Fact]
    public void A_digest_is_never_taken_from_outside_and_its_hash_is_always_named()
    {
        Keygen();
        AssertRefused("--hash", "sign", "-s", "key/share-1.json", "key/share-2.json", "-m", "x");
        AssertRefused("none", "sign", "-s", "key/share-1.json", "key/share-2.json", "-m", "x", "--hash", "none");
        Assert.Equal(0, shell.Run(null, "keygen", "--out", "schnorr", "--no-passphrase").ExitCode);
        AssertRefused("--hash", "sign", "-s", "schnorr/share-1.json", "schnorr/share-2.json", "-m", "x", "--hash", "sha256");
    }

    [Fact]
    public void Exactly_the_threshold_signs_and_one_party_alone_never()
    {
        Keygen();
        AssertRefused("Exactly 2", "sign", "-s", "key/share-1.json", "key/share-2.json", "key/share-3.json", "-m", "x", "--hash", "sha256");
        AssertRefused("2 shares", "sign", "-s", "key/share-1.json", "-m", "x", "--hash", "sha256");
        AssertRefused("--threshold is 2", "keygen", "--protocol", "dkls23", "-t", "1", "-n", "1", "--out", "other", "--no-passphrase");
        AssertRefused("--taproot", "sign", "-s", "key/share-1.json", "key/share-2.json", "-m", "x", "--hash", "sha256", "--taproot");
    }

    [Fact]
    public void A_failed_check_bans_on_the_disk_and_for_good()
    {
        Keygen();
        // The last 32 bytes are the seed with party 3, before it the transfers: these 128 bits are party 1's Δ for party 2.
        var share = shell.PathOf("key/share-1.json");
        var fields = JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(File.ReadAllText(share))!;
        var bytes = Convert.FromHexString(fields["share"].GetString()!);
        bytes[^(2 * (2 + 16 + 3 * 2048 + 32) - 2)] ^= 1;
        File.WriteAllText(share, File.ReadAllText(share).Replace(fields["share"].GetString()!, Convert.ToHexStringLower(bytes), StringComparison.Ordinal));

        string[] sign = ["sign", "-s", "key/share-1.json", "key/share-2.json", "-m", "x", "--hash", "sha256"];
        var failed = shell.Run(null, sign);
        Assert.Equal(3, failed.ExitCode);
        Assert.Contains("FailedTransferCheck", failed.Error, StringComparison.Ordinal);
        Assert.Matches("^\n[0-9a-f]{64} 2\n$", File.ReadAllText(share + ".bans"));
        AssertRefused("P1 has banned P2", sign);
        Assert.Equal(0, shell.Run(null, "sign", "-s", "key/share-3.json", "key/share-2.json", "-m", "x", "--hash", "sha256").ExitCode);
    }

    void Keygen() => Assert.Equal(0, shell.Run(null, "keygen", "--protocol", "dkls23", "--out", "key", "--no-passphrase").ExitCode);

    int Verify(string message, string signature, string[] options) =>
        shell.Run(null, ["verify", "-k", "key/key.json", "-m", message, "--signature", signature, .. options]).ExitCode;

    static string HighS(byte[] compact)
    {
        var s = -Quorate.Cryptography.Curves.Scalar<Quorate.Cryptography.Curves.Secp256k1>.Decode(compact.AsSpan(32));
        return Convert.ToHexStringLower([.. compact[..32], .. s.Encode()]);
    }

    void AssertRefused(string because, params string[] arguments)
    {
        var result = shell.Run(null, arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(because, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
