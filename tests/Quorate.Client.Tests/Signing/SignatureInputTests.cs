using Quorate.Client.Signing;
using Quorate.Cryptography.Signatures;

namespace Quorate.Client.Tests.Signing;

public sealed class SignatureInputTests
{
    // RFC 9421, appendix B.2.6, with the key of B.1.4.
    const string Example = """sig-b26=("date" "@method" "@path" "@authority" "content-type" "content-length");created=1618884473;keyid="test-key-ed25519" """;

    static readonly Dictionary<string, string> request = new()
    {
        ["date"] = "Tue, 20 Apr 2021 02:07:55 GMT", ["@method"] = "POST", ["@path"] = "/foo", ["@authority"] = "example.com",
        ["content-type"] = "application/json", ["content-length"] = "18",
    };

    [Fact]
    public void The_example_of_the_RFC_verifies_and_is_what_its_key_signs()
    {
        Assert.True(SignatureInput.TryParse(Example.Trim(), out var input, out _));
        Assert.Equal(("sig-b26", "test-key-ed25519", 1618884473L, 6), (input.Label, input.KeyId, input.Created!.Value.ToUnixTimeSeconds(), input.Components.Length));
        var message = input.BaseOf(name => request.GetValueOrDefault(name), out _)!;
        using var key = new Ed25519Key(Convert.FromBase64String("n4Ni+HpISpVObnQMW0wOhCKROaIKqKtW/2ZYb2p9KcU="));
        Assert.Equal("JrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=", Convert.ToBase64String(key.EncodedPublicKey));
        Assert.Equal("wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw==", Convert.ToBase64String(key.Sign(message)));
        Assert.Equal(Example.Trim(), input.ToString());
    }

    [Fact]
    public void A_component_that_the_request_does_not_have_is_named()
    {
        Assert.True(SignatureInput.TryParse("""s=("@method" "x-none");created=1""", out var input, out _));
        Assert.Null(input.BaseOf(name => name == "@method" ? "GET" : null, out var missing));
        Assert.Equal("x-none", missing);
    }

    [Theory]
    [InlineData("")]
    [InlineData("sig")]
    [InlineData("Sig=()")]
    [InlineData("sig=(@method)")]
    [InlineData("""sig=("@method" )""")]
    [InlineData("""sig=("@method"  "@path")""")]
    [InlineData("""sig=("@method" "@method")""")]
    [InlineData("""sig=("@method";req)""")]
    [InlineData("""sig=("@query-param";name="a")""")]
    [InlineData("""sig=("@method");created=01""")]
    [InlineData("""sig=("@method");created="1" """)]
    [InlineData("""sig=("@method");created=-1""")]
    [InlineData("""sig=("@method");created=999999999999""")]
    [InlineData("""sig=("@method");created=1;created=1""")]
    [InlineData("""sig=("@method");keyid=abc""")]
    [InlineData("""sig=("@method");keyid="a\"b" """)]
    [InlineData("""sig=("@method");other=1""")]
    [InlineData("""sig=("@method");created=1, sig2=("@path")""")]
    [InlineData("""sig=("@method");created=1 """)]
    [InlineData("""sig=("@method""")]
    public void What_is_not_canonical_is_refused_with_a_reason(string header)
    {
        Assert.False(SignatureInput.TryParse(header, out _, out var problem));
        Assert.NotEmpty(problem);
    }

    [Fact]
    public void The_longest_header_and_the_most_components_are_bounds()
    {
        string Of(int count) => $"sig=({string.Join(' ', Enumerable.Range(0, count).Select(i => $"\"a{i}\""))})";
        Assert.True(SignatureInput.TryParse(Of(SignatureInput.MaxComponents), out _, out _));
        Assert.False(SignatureInput.TryParse(Of(SignatureInput.MaxComponents + 1), out _, out _));
        Assert.False(SignatureInput.TryParse($"sig=(\"{new string('a', SignatureInput.MaxLength)}\")", out _, out _));
    }

    [Fact]
    public void A_digest_is_read_in_one_spelling_only()
    {
        // RFC 9530, appendix D, of {"hello": "world"} and a line feed.
        const string Value = "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:";
        Assert.Equal(Value, ContentDigest.Of("{\"hello\": \"world\"}\n"u8));
        Assert.True(ContentDigest.TryParse(Value, out var hash));
        Assert.Equal(32, hash.Length);
        Assert.All([null, "", Value.Replace("256", "512", StringComparison.Ordinal), Value + " ", Value[..^2] + ":", " " + Value], text => Assert.False(ContentDigest.TryParse(text, out _)));
    }
}
