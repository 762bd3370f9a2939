using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Quorate.Server.Ids;
using Quorate.Server.Webhooks;
using Quorate.Testing;
using Quorate.Testing.Interop;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Webhooks;

/// <summary>One try, over real connections.</summary>
public sealed class WebhookSenderTests : IDisposable
{
    static readonly byte[] body = "{\"a\":1}"u8.ToArray();

    readonly WebhookSecret secret = new(Enumerable.Repeat((byte)7, WebhookSecret.Size).ToArray());
    readonly List<string> resolved = [];

    public void Dispose() => secret.Dispose();

    Webhook Hook(string url)
    {
        var id = Id(ResourceKind.Webhook);
        using var key = secret.KeyOf(id.ToString(), "k1");
        return Webhook.Evolve(Webhook.None, new WebhookEvent.WebhookRegistered(Noon, id, url, ["*"], "k1", new(key.EncodedPublicKey.ToArray())));
    }

    async Task<Attempt> SendAsync(string url, WebhookOptions options, Func<string, CancellationToken, Task<IPAddress[]>>? resolve = null)
    {
        using var client = WebhookConnector.Create(new(options.AllowedNetworks), options, (host, token) =>
        {
            resolved.Add(host);
            return resolve is null ? Dns.GetHostAddressesAsync(host, token) : resolve(host, token);
        });
        return (await new WebhookSender(client, options, TimeProvider.System).SendAsync(Hook(url), secret, "evt_1", body, default))!;
    }

    [Theory]
    [InlineData("http://127.0.0.1:{0}/")]
    [InlineData("http://127.1:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f000001:{0}/")]
    [InlineData("http://0177.0.0.1:{0}/")]
    [InlineData("http://localhost:{0}/")]
    [InlineData("http://LOCALHOST:{0}/")]
    [InlineData("http://0.0.0.0:{0}/")]
    [InlineData("http://0:{0}/")]
    [InlineData("http://[::1]:{0}/")]
    [InlineData("http://[::]:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://[::ffff:7f00:1]:{0}/")]
    [InlineData("http://[0:0:0:0:0:ffff:127.0.0.1]:{0}/")]
    [InlineData("https://127.0.0.1:{0}/")]
    [InlineData("https://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("https://localhost:{0}/")]
    [InlineData("https://169.254.169.254/latest/meta-data/")]
    [InlineData("https://[fd00:ec2::254]/")]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/")]
    public async Task However_it_is_written_an_address_of_this_machine_or_network_is_not_called(string url)
    {
        await using var endpoint = new Endpoint();
        var attempt = await SendAsync(string.Format(null, url, new Uri(endpoint.Url).Port), new() { Timeout = TimeSpan.FromSeconds(5) });
        Assert.Equal("address_refused", attempt.Error);
        Assert.Empty(endpoint.All);
    }

    [Fact]
    public async Task A_name_is_resolved_once_and_what_came_out_is_what_is_called()
    {
        await using var endpoint = new Endpoint();
        var answers = new Queue<IPAddress[]>([[IPAddress.Parse("10.0.0.1"), IPAddress.Loopback], [IPAddress.Parse("10.0.0.1")], [IPAddress.Parse("10.0.0.1"), IPAddress.Parse("::1")]]);
        var url = endpoint.Url.Replace("127.0.0.1", "rebinding.example", StringComparison.Ordinal);
        Task<IPAddress[]> Resolve(string host, CancellationToken token) => Task.FromResult(answers.Dequeue());
        var options = DeliveryWorld.Options;
        Assert.NotNull((await SendAsync(url, options, Resolve)).Status);
        Assert.Equal("address_refused", (await SendAsync(url, options, Resolve)).Error);
        Assert.Equal("address_refused", (await SendAsync(url, options, Resolve)).Error);
        Assert.Equal(3, resolved.Count);
    }

    [Fact]
    public async Task Without_TLS_the_public_internet_is_not_called()
    {
        Assert.Equal("address_refused", (await SendAsync("http://public.example/", new(), (_, _) => Task.FromResult<IPAddress[]>([IPAddress.Parse("8.8.8.8")]))).Error);
        Assert.Equal("name_not_resolved", (await SendAsync("https://nowhere.example/", new(), (_, _) => throw new System.Net.Sockets.SocketException((int)System.Net.Sockets.SocketError.HostNotFound))).Error);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_a_failure_and_is_not_followed(int status)
    {
        await using var target = new Endpoint();
        await using var endpoint = new Endpoint((_, response) =>
        {
            response.StatusCode = status;
            response.RedirectLocation = target.Url;
            return Task.CompletedTask;
        });
        var attempt = await SendAsync(endpoint.Url, DeliveryWorld.Options);
        Assert.Equal((status, "redirected"), (attempt.Status, attempt.Error));
        Assert.Empty(target.All);
    }

    [Fact]
    public async Task Of_an_answer_no_more_is_read_than_is_kept()
    {
        await using var endpoint = new Endpoint(async (_, response) =>
        {
            response.StatusCode = 400;
            var chunk = Encoding.UTF8.GetBytes(new string('x', 1 << 16) + "\u0000\n");
            while (true)
                await response.OutputStream.WriteAsync(chunk);
        });
        var attempt = await SendAsync(endpoint.Url, DeliveryWorld.Options).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal((400, "refused", new string('x', WebhookSender.MaxExcerpt)), (attempt.Status, attempt.Error, attempt.Excerpt));
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_is_none_and_one_whose_body_does_not_is_one()
    {
        var never = new TaskCompletionSource();
        var options = DeliveryWorld.Options with { Timeout = TimeSpan.FromMilliseconds(600) };
        await using (var silent = new Endpoint((_, _) => never.Task))
            Assert.Equal("timed_out", (await SendAsync(silent.Url, options)).Error);
        await using var trickling = new Endpoint(async (_, response) =>
        {
            await response.OutputStream.WriteAsync("begun"u8.ToArray());
            await response.OutputStream.FlushAsync();
            await never.Task;
        });
        var attempt = await SendAsync(trickling.Url, options with { Timeout = TimeSpan.FromSeconds(2) });
        Assert.Equal((200, null, "begun"), (attempt.Status, attempt.Error, attempt.Excerpt));
        never.SetResult();

        var closed = new Endpoint();
        await closed.DisposeAsync();
        Assert.Equal("not_connected", (await SendAsync(closed.Url, options)).Error);
    }

    [Fact]
    public async Task Node_verifies_what_is_sent_with_its_own_cryptography()
    {
        await using var endpoint = new Endpoint();
        await SendAsync(endpoint.Url, DeliveryWorld.Options);
        var came = endpoint.All[0];
        Assert.Equal("Quorate-Webhooks/1", came.UserAgent);
        using var node = new JsonLineProcess("node", Repository.PathOf("tests/interop/webhooks.mjs"), TimeSpan.FromSeconds(60));
        var hook = Hook(endpoint.Url);
        JsonNode? Verify(byte[] content) => node.Call("webhook.verify", new()
        {
            ["jwks"] = new JsonObject
            {
                ["keys"] = new JsonArray(new JsonObject { ["kty"] = "OKP", ["crv"] = "Ed25519", ["x"] = System.Buffers.Text.Base64Url.EncodeToString(hook.Keys[0].PublicKey.Bytes.Span) }),
            },
            ["delivery"] = came.Id, ["timestamp"] = came.Timestamp, ["signature"] = came.Signatures, ["body"] = Convert.ToBase64String(content),
        });
        Assert.Equal("[0]", Verify(came.Body)!.ToJsonString());
        Assert.Equal("[-1]", Verify([.. came.Body, 1])!.ToJsonString());
    }

    [Fact]
    public void A_key_follows_from_the_secret_the_endpoint_and_its_own_id_and_another_secret_signs_nothing()
    {
        using var other = new WebhookSecret(new byte[WebhookSecret.Size]);
        var hook = Hook("https://example.com/");
        Assert.NotNull(WebhookSignature.Of(hook, secret, "evt_1", Noon, body));
        Assert.Null(WebhookSignature.Of(hook, other, "evt_1", Noon, body));
        var keys = new HashSet<string>();
        foreach (var (webhook, key) in ((string, string)[])[("whk_1", "k1"), ("whk_1", "k2"), ("whk_2", "k1")])
        {
            using var own = secret.KeyOf(webhook, key);
            Assert.True(keys.Add(Convert.ToHexString(own.EncodedPublicKey)));
        }
    }

    [Fact]
    public void The_secret_is_a_file_that_its_owner_alone_reads_and_stays_the_same()
    {
        var directory = Directory.CreateTempSubdirectory("quorate-webhook-").FullName;
        try
        {
            var path = Path.Combine(directory, WebhookSecret.FileName);
            string KeyOf()
            {
                using var random = new SeededRandom(1);
                using var opened = WebhookSecret.OpenFile(path, random);
                using var key = opened.KeyOf("whk_1", "k1");
                return Convert.ToHexString(key.EncodedPublicKey);
            }
            var first = KeyOf();
            Assert.Equal(first, KeyOf());
            Assert.Equal([path], Directory.GetFiles(directory));
            if (!OperatingSystem.IsWindows())
            {
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
                Assert.Throws<IOException>(KeyOf);
                File.SetUnixFileMode(path, UnixFileMode.UserRead);
                Assert.Equal(first, KeyOf());
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
        Assert.Throws<FormatException>(() => WebhookSecret.Parse("AAAA"));
        Assert.Throws<FormatException>(() => WebhookSecret.Parse("nonsense!"));
        Assert.Throws<FormatException>(() => WebhookSecret.Parse(Convert.ToBase64String(new byte[33])));
        Assert.Throws<ArgumentException>(() => new WebhookSecret(new byte[31]));
    }

    [Fact]
    public void Tries_are_spread_over_more_than_a_day_and_an_endpoint_may_ask_for_more()
    {
        var options = new WebhookOptions();
        var failed = new Attempt(Noon, TimeSpan.Zero, 503, "refused", "", null);
        using var random = new SeededRandom(5);
        var (sum, tries) = (TimeSpan.Zero, 0);
        while (RetrySchedule.After(++tries, failed, options, random) is { } wait)
        {
            Assert.InRange(wait, options.Waits[tries - 1], options.Waits[tries - 1] * 1.2000001);
            sum += wait;
        }
        Assert.Equal(options.Waits.Length + 1, tries);
        Assert.True(sum > TimeSpan.FromHours(24));
        Assert.Equal(TimeSpan.FromHours(1), RetrySchedule.After(1, failed with { RetryAfter = TimeSpan.FromHours(1) }, options, random));
        Assert.Equal(TimeSpan.FromHours(12), RetrySchedule.After(1, failed with { RetryAfter = TimeSpan.FromDays(365) }, options, random));
        Assert.InRange(RetrySchedule.After(1, failed with { RetryAfter = TimeSpan.FromSeconds(-5) }, options, random)!.Value, options.Waits[0], options.Waits[0] * 1.2000001);
    }
}
