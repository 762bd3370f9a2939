using System.Security.Cryptography;
using Quorate.Client.Signing;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Client.Tests.Signing;

public sealed class RequestSignerTests
{
    readonly ManualTime time = new();
    readonly List<(HttpRequestMessage Request, byte[] Body)> got = [];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_sent_carries_a_signature_over_what_it_means(bool isEd25519)
    {
        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var ed25519 = new Ed25519Key(new byte[32]);
        using var key = isEd25519 ? RequestKey.Ed25519("key_1", new byte[32]) : RequestKey.P256("key_1", ECDsa.Create(ecdsa.ExportParameters(true)));
        using var client = new HttpClient(new RequestSigner(key, new Receiver(got), time));
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://Wallet.Example:8080/v1/transfers?a=b%20c") { Content = new StringContent("{}") };
        request.Headers.Add("Idempotency-Key", "abc");
        using var answer = await client.SendAsync(request);

        var (sent, body) = got.Single();
        string Header(string name) => string.Join(", ", sent.Headers.GetValues(name));
        Assert.True(SignatureInput.TryParse(Header("Signature-Input"), out var input, out _));
        Assert.Equal(["@method", "@path", "@query", "content-digest", "@authority", "idempotency-key"], input.Components.ToArray());
        Assert.Equal(("key_1", time.GetUtcNow().ToUnixTimeSeconds()), (input.KeyId, input.Created!.Value.ToUnixTimeSeconds()));
        Assert.Equal("{}"u8.ToArray(), body);
        var signed = input.BaseOf(name => name switch
        {
            "@method" => "POST", "@path" => "/v1/transfers", "@query" => "?a=b%20c", "@authority" => "wallet.example:8080",
            "content-digest" => ContentDigest.Of(body), "idempotency-key" => "abc", _ => null,
        }, out _)!;
        var signature = Convert.FromBase64String(Header("Signature")["sig=:".Length..^1]);
        Assert.True(isEd25519 ? Ed25519Signature.Verify(ed25519.EncodedPublicKey, signed, signature)
            : ecdsa.VerifyData(signed, signature, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));
    }

    [Fact]
    public async Task Two_requests_that_are_the_same_have_different_nonces()
    {
        using var key = RequestKey.Ed25519("key_1", new byte[32]);
        using var client = new HttpClient(new RequestSigner(key, new Receiver(got), time));
        for (var i = 0; i < 2; i++)
            (await client.GetAsync(new Uri("http://wallet.example/v1/vaults"))).Dispose();
        Assert.Equal(2, got.Select(g => g.Request.Headers.GetValues("Signature").Single()).Distinct().Count());
    }

    [Fact]
    public void A_key_on_another_curve_is_the_callers_mistake()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Throws<ArgumentException>(() => RequestKey.P256("key_1", other));
        Assert.Throws<ArgumentException>(() => RequestKey.Ed25519("key_1", new byte[31]));
    }

    sealed class Receiver(List<(HttpRequestMessage Request, byte[] Body)> got) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            got.Add((request, request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken)));
            return new();
        }
    }
}
