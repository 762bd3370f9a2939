using System.Buffers.Text;
using System.Net;
using System.Text;
using Quorate.Client.Webhooks;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;

namespace Quorate.Client.Tests.Webhooks;

public sealed class WebhookReceiverTests
{
    const string Id = "evt_0197a1b2-0000-7000-8000-000000000001";

    static readonly byte[] body = Encoding.UTF8.GetBytes(
        $$$"""{"id":"{{{Id}}}","type":"transfer.broadcast","timestamp":"2026-11-21T11:59:00Z","resource":"trf_x","resourceKind":"transfer","vault":"v","wallet":"w","sequence":"7","status":"broadcast","subStatus":"","data":{"transaction":0},"resumeToken":"t","later":1}""");

    readonly ManualTime time = new();

    static Ed25519Key Key(byte fill) => new(Enumerable.Repeat(fill, 32).ToArray());

    static string Jwk(Ed25519Key key, string id) => $$"""{"kty":"OKP","crv":"Ed25519","kid":"{{id}}","x":"{{Base64Url.EncodeToString(key.EncodedPublicKey)}}"}""";

    static WebhookKeys Keys(params Ed25519Key[] keys) => WebhookKeys.ParseJwks(Jwks(keys));

    static byte[] Jwks(params Ed25519Key[] keys) => Encoding.UTF8.GetBytes($$"""{"keys":[{"kty":"RSA","n":"AQ","e":"AQ"},{{string.Join(',', keys.Select((k, i) => Jwk(k, $"k{i}")))}}]}""");

    Dictionary<string, string> Signed(Ed25519Key key, TimeSpan? ago = null, byte[]? content = null)
    {
        var at = (time.GetUtcNow() - (ago ?? TimeSpan.Zero)).ToUnixTimeSeconds();
        return new()
        {
            ["webhook-id"] = Id, ["webhook-timestamp"] = $"{at}",
            ["webhook-signature"] = $"v1a,{Convert.ToBase64String(key.Sign([.. Encoding.UTF8.GetBytes($"{Id}.{at}."), .. content ?? body]))}",
        };
    }

    static Task<ReceivedWebhook> ReceiveAsync(WebhookReceiver receiver, Dictionary<string, string> headers, byte[] content) => receiver.ReceiveAsync(headers.GetValueOrDefault, content);

    async Task<WebhookFault> FaultAsync(Action<Dictionary<string, string>> change, byte[]? content = null)
    {
        using var key = Key(1);
        var headers = Signed(key);
        change(headers);
        return (await ReceiveAsync(new(Keys(key), time: time), headers, content ?? body)).Fault;
    }

    // libraries/go/webhook_asymmetric_test.go of standard-webhooks, TestAsymmetricWebhookSign: the one v1a signature that the project publishes.
    [Fact]
    public async Task The_signature_that_Standard_Webhooks_publishes_is_ours()
    {
        using var key = new Ed25519Key(Convert.FromBase64String("VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk="));
        const string content = "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}";
        const string signature = "v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==";
        Assert.Equal(signature, $"v1a,{Convert.ToBase64String(key.Sign(Encoding.UTF8.GetBytes(content)))}");

        var receiver = new WebhookReceiver(WebhookKeys.Parse($"whpk_{Convert.ToBase64String(key.EncodedPublicKey)}"), time: new Then(1614265330));
        var headers = new Dictionary<string, string> { ["webhook-id"] = "msg_p5jXN8AQM9LWM0D4loKWxJek", ["webhook-timestamp"] = "1614265330", ["webhook-signature"] = signature };
        // Signed, and no event of ours.
        Assert.Equal(WebhookFault.MalformedEvent, (await ReceiveAsync(receiver, headers, "{\"test\": 2432232314}"u8.ToArray())).Fault);
        Assert.Equal(WebhookFault.WrongSignature, (await ReceiveAsync(receiver, headers, "{\"test\":2432232314}"u8.ToArray())).Fault);
    }

    sealed class Then(long seconds) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(seconds);
    }

    [Fact]
    public async Task A_delivery_is_read_as_an_event_and_what_is_new_in_it_is_ignored()
    {
        using var key = Key(1);
        var (fault, happened) = await ReceiveAsync(new(Keys(key), time: time), Signed(key), body);
        Assert.Equal(WebhookFault.None, fault);
        Assert.Equal((Id, "transfer.broadcast", 7L, "broadcast", "t"), (happened!.Id, happened.Type, happened.Sequence, happened.Status, happened.ResumeToken));
        Assert.Equal(0, happened.Data.GetProperty("transaction").GetInt32());
    }

    [Fact]
    public async Task Every_change_of_a_byte_is_noticed()
    {
        for (var i = 0; i < body.Length; i += 7)
        {
            var changed = body.ToArray();
            changed[i] ^= 1;
            Assert.Equal(WebhookFault.WrongSignature, await FaultAsync(_ => { }, changed));
        }
        Assert.Equal(WebhookFault.WrongSignature, await FaultAsync(h => h["webhook-id"] = Id[..^1] + "2"));
        Assert.Equal(WebhookFault.WrongSignature, await FaultAsync(h => h["webhook-timestamp"] = $"{long.Parse(h["webhook-timestamp"]) + 1}"));
        Assert.Equal(WebhookFault.WrongSignature, await FaultAsync(_ => { }, [.. body, (byte)' ']));
    }

    [Theory]
    [InlineData("webhook-id")]
    [InlineData("webhook-timestamp")]
    [InlineData("webhook-signature")]
    public async Task A_header_that_is_missing_is_said_so(string header) => Assert.Equal(WebhookFault.MissingHeader, await FaultAsync(h => h.Remove(header)));

    [Theory]
    [InlineData("webhook-id", "")]
    [InlineData("webhook-id", "a.b")]
    [InlineData("webhook-timestamp", "")]
    [InlineData("webhook-timestamp", "-1")]
    [InlineData("webhook-timestamp", "+1")]
    [InlineData("webhook-timestamp", " 1")]
    [InlineData("webhook-timestamp", "01")]
    [InlineData("webhook-timestamp", "1e9")]
    [InlineData("webhook-timestamp", "9223372036854775807")]
    [InlineData("webhook-timestamp", "99999999999999999999")]
    public async Task A_header_that_is_none_is_said_so(string header, string value) => Assert.Equal(WebhookFault.MalformedHeader, await FaultAsync(h => h[header] = value));

    [Theory]
    [InlineData("")]
    [InlineData("v1a,")]
    [InlineData("v1a,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=")]
    [InlineData("v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=")]
    [InlineData("v1a,!!!!")]
    public async Task A_signature_of_another_kind_is_none(string signature)
    {
        Assert.Equal(WebhookFault.WrongSignature, await FaultAsync(h => h["webhook-signature"] = signature));
        Assert.Equal(WebhookFault.None, await FaultAsync(h => h["webhook-signature"] = $"{signature} {h["webhook-signature"]}"));
    }

    [Theory]
    [InlineData(300, WebhookFault.None)]
    [InlineData(301, WebhookFault.TooOld)]
    [InlineData(-300, WebhookFault.None)]
    [InlineData(-301, WebhookFault.TooNew)]
    public async Task It_is_in_time_within_five_minutes(int secondsAgo, WebhookFault expected)
    {
        using var key = Key(1);
        Assert.Equal(expected, (await ReceiveAsync(new(Keys(key), time: time), Signed(key, TimeSpan.FromSeconds(secondsAgo)), body)).Fault);
    }

    [Fact]
    public async Task An_id_is_taken_once_and_only_of_what_is_signed()
    {
        using var key = Key(1);
        using var other = Key(2);
        var seen = new HashSet<string>();
        var receiver = new WebhookReceiver(Keys(key), (id, _) => Task.FromResult(seen.Add(id)), time);
        Assert.Equal(WebhookFault.WrongSignature, (await ReceiveAsync(receiver, Signed(other), body)).Fault);
        Assert.Empty(seen);
        Assert.True((await ReceiveAsync(receiver, Signed(key), body)).IsValid);
        Assert.Equal(WebhookFault.Repeated, (await ReceiveAsync(receiver, Signed(key), body)).Fault);
    }

    [Fact]
    public async Task What_is_signed_and_no_event_or_another_one_is_said_so()
    {
        using var key = Key(1);
        foreach (var text in (string[])["", "{}", "[]", "null", "{\"id\":1}", Encoding.UTF8.GetString(body).Replace(Id, "evt_other"), Encoding.UTF8.GetString(body) + "{}", Encoding.UTF8.GetString(body).Replace("\"7\"", "7")])
        {
            var content = Encoding.UTF8.GetBytes(text);
            Assert.Equal(WebhookFault.MalformedEvent, (await ReceiveAsync(new(Keys(key), time: time), Signed(key, content: content), content)).Fault);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":[]}""")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[1]}""")]
    [InlineData("""{"keys":[{"kty":"OKP","crv":"X25519","x":"AAAA"}]}""")]
    [InlineData("""{"keys":[{"kty":"OKP","crv":"Ed25519"}]}""")]
    [InlineData("""{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AAAA"}]}""")]
    [InlineData("""{"keys":[{"kty":"OKP","crv":"Ed25519","x":"!"}]}""")]
    public void A_set_without_a_key_of_use_is_none(string jwks) => Assert.Throws<FormatException>(() => WebhookKeys.ParseJwks(Encoding.UTF8.GetBytes(jwks)));

    [Fact]
    public async Task Keys_are_fetched_once_again_after_a_roll_over_and_not_for_everybody_who_sends_nonsense()
    {
        using var old = Key(1);
        using var next = Key(2);
        using var stranger = Key(3);
        var server = new KeyServer { Document = Jwks(old) };
        using var client = new HttpClient(server);
        using var cache = new WebhookKeyCache(client, new("https://server.example/v1/webhooks/w/jwks.json"), time: time);
        var receiver = new WebhookReceiver(cache, time: time);
        Assert.True((await ReceiveAsync(receiver, Signed(old), body)).IsValid);
        Assert.True((await ReceiveAsync(receiver, Signed(old), body)).IsValid);
        Assert.Equal(1, server.Requests);

        server.Document = Jwks(old, next);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.True((await ReceiveAsync(receiver, Signed(next), body)).IsValid);
        Assert.Equal(2, server.Requests);
        for (var i = 0; i < 50; i++)
            Assert.Equal(WebhookFault.WrongSignature, (await ReceiveAsync(receiver, Signed(stranger), body)).Fault);
        Assert.Equal(2, server.Requests);

        // What was fetched is good while the server is away.
        time.Advance(TimeSpan.FromMinutes(2));
        server.Document = null;
        Assert.Equal(WebhookFault.WrongSignature, (await ReceiveAsync(receiver, Signed(stranger), body)).Fault);
        Assert.Equal(3, server.Requests);
        Assert.True((await ReceiveAsync(receiver, Signed(old), body)).IsValid);
    }

    sealed class KeyServer : HttpMessageHandler
    {
        internal byte[]? Document { get; set; }

        internal int Requests { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests++;
            return Task.FromResult(Document is null ? new(HttpStatusCode.ServiceUnavailable) : new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Document) });
        }
    }
}
