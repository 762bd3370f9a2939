using System.Runtime.Intrinsics.X86;
using System.Text.Json;

namespace Quorate.System.Tests.Shell;

public sealed class KeygenSignVerifyTests : IDisposable
{
    const string Passphrase = "correct horse battery staple";
    readonly Shell shell = new();

    public void Dispose() => shell.Dispose();

    [Theory]
    [InlineData("frost-ed25519", "")]
    [InlineData("frost-ed25519", "--derive m/0/5")]
    [InlineData("frost-secp256k1", "--derive m/1")]
    [InlineData("frost-bip340", "")]
    [InlineData("frost-bip340", "--derive m/0/7 --taproot")]
    public void A_quorum_of_sealed_shares_signs_and_the_key_file_verifies(string scheme, string choice)
    {
        string[] options = choice.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        Keygen(scheme);
        var signed = shell.Run(Passphrase, ["sign", "--json", "-s", "key/share-3.json", "key/share-1.json", "-m", "hello", .. options]);
        Assert.Equal(0, signed.ExitCode);
        var signature = JsonDocument.Parse(signed.Output).RootElement.GetProperty("signature").GetString()!;

        Assert.Equal((0, "valid\n"), Verify("hello", signature, options));
        Assert.Equal(1, Verify("hellO", signature, options).ExitCode);
        Assert.Equal(1, Verify("hello", signature, ["--derive", "m/8"]).ExitCode);
        Assert.Equal(1, Verify("hello", "00" + signature[2..], options).ExitCode);
    }

    [Fact]
    public void Share_files_are_for_their_owner_only_and_never_overwritten()
    {
        Keygen("frost-ed25519");
        foreach (var file in Directory.GetFiles(shell.PathOf("key")))
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        var before = File.ReadAllText(shell.PathOf("key/share-1.json"));
        AssertRefused("not empty", Passphrase, "keygen", "--out", "key");
        Assert.Equal(before, File.ReadAllText(shell.PathOf("key/share-1.json")));
    }

    [Fact]
    public void Too_few_shares_are_refused() =>
        WithKey(() => AssertRefused("2 shares sign with this key, not 1", Passphrase, "sign", "-s", "key/share-1.json", "-m", "x"));

    [Fact]
    public void The_same_share_twice_is_refused() =>
        WithKey(() => AssertRefused("twice", Passphrase, "sign", "-s", "key/share-1.json", "key/share-1.json", "-m", "x"));

    [Fact]
    public void A_wrong_passphrase_is_refused() =>
        WithKey(() => AssertRefused("wrong passphrase", "another", "sign", "-s", "key/share-1.json", "key/share-2.json", "-m", "x"));

    [Fact]
    public void A_hardened_step_is_refused() =>
        WithKey(() => AssertRefused("hardened", Passphrase, "sign", "-s", "key/share-1.json", "key/share-2.json", "-m", "x", "--derive", "m/0'"));

    [Fact]
    public void A_share_of_another_key_is_refused() => WithKey(() =>
    {
        Assert.Equal(0, shell.Run(Passphrase, "keygen", "--out", "other").ExitCode);
        AssertRefused("another key or epoch", Passphrase, "sign", "-s", "key/share-1.json", "other/share-2.json", "-m", "x");
    });

    [Theory]
    [InlineData("\"party\": 1", "\"party\": 2")]
    [InlineData("\"epoch\": 0", "\"epoch\": 1")]
    [InlineData("\"iterations\": 600000", "\"iterations\": 600001")]
    [InlineData("\"iterations\": 600000", "\"iterations\": 1")]
    [InlineData("\"scheme\": \"frost-ed25519\"", "\"scheme\": \"frost-secp256k1\"")]
    public void A_sealed_file_with_a_changed_field_is_refused(string from, string to) => WithKey(() =>
    {
        Edit("key/share-1.json", text => text.Replace(from, to, StringComparison.Ordinal));
        AssertRefused("share-1.json", Passphrase, "sign", "-s", "key/share-1.json", "key/share-2.json", "-m", "x");
    });

    [Fact]
    public void A_truncated_file_and_a_missing_file_are_refused() => WithKey(() =>
    {
        Edit("key/share-1.json", text => text[..^20]);
        AssertRefused("share-1.json", Passphrase, "sign", "-s", "key/share-1.json", "key/share-2.json", "-m", "x");
        AssertRefused("nowhere.json", Passphrase, "sign", "-s", "nowhere.json", "-m", "x");
        AssertRefused("not a key file", Passphrase, "verify", "-k", "key/share-2.json", "-m", "x", "--signature", "00");
    });

    [Fact]
    public void Unsealed_shares_need_no_passphrase_but_a_decision()
    {
        AssertRefused("--no-passphrase", null, "keygen", "--out", "key");
        var made = shell.Run(null, "keygen", "--out", "key", "--no-passphrase");
        Assert.Equal(0, made.ExitCode);
        Assert.Contains("not be sealed", made.Error, StringComparison.Ordinal);
        Assert.Equal(0, shell.Run(null, "sign", "-s", "key/share-1.json", "key/share-2.json", "-m", "x").ExitCode);
    }

    [Theory]
    [InlineData("keygen", "--out", "key", "-t", "4", "-n", "3")]
    [InlineData("keygen", "--out", "key", "-t", "0")]
    [InlineData("keygen", "--out", "key", "-n", "100000")]
    [InlineData("keygen", "--out", "key", "--scheme", "rsa")]
    [InlineData("keygen")]
    [InlineData("sign", "-m", "x")]
    [InlineData("nonsense")]
    public void Bad_arguments_end_with_code_two_and_write_nothing(params string[] arguments)
    {
        var result = shell.Run(Passphrase, arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.NotEmpty(result.Error);
        Assert.Empty(Directory.GetFileSystemEntries(shell.Directory));
    }

    [Theory]
    [InlineData("--help", "keygen")]
    [InlineData("keygen", "--help", "Example")]
    [InlineData("sign", "--help", "Example")]
    [InlineData("verify", "--help", "Example")]
    [InlineData("version", "quorate 0.")]
    public void Help_and_version_say_what_there_is(params string[] argumentsThenText)
    {
        var result = shell.Run(null, argumentsThenText[..^1]);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains(argumentsThenText[^1], result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_processor_without_what_the_curve_needs_is_told_so()
    {
        if (!Fma.IsSupported)
            return;
        shell.Environment["DOTNET_EnableAVX2"] = "0";
        AssertRefused("fused multiply-add", Passphrase, "keygen", "--scheme", "frost-secp256k1", "--out", "key");
        Keygen("frost-ed25519");
    }

    void Keygen(string scheme) => Assert.Equal(0, shell.Run(Passphrase, "keygen", "--scheme", scheme, "-t", "2", "-n", "3", "--out", "key").ExitCode);

    void WithKey(Action test)
    {
        Keygen("frost-ed25519");
        test();
    }

    void Edit(string name, Func<string, string> change)
    {
        var before = File.ReadAllText(shell.PathOf(name));
        var after = change(before);
        Assert.NotEqual(before, after);
        File.WriteAllText(shell.PathOf(name), after);
    }

    (int ExitCode, string Output) Verify(string message, string signature, string[] options)
    {
        var result = shell.Run(null, ["verify", "-k", "key/key.json", "-m", message, "--signature", signature, .. options]);
        return (result.ExitCode, result.Output);
    }

    void AssertRefused(string because, string? passphrase, params string[] arguments)
    {
        var result = shell.Run(passphrase, arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(because, result.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("   at ", result.Error, StringComparison.Ordinal);
    }
}
