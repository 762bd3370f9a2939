using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Quorate.Client.Signing;
using Quorate.Rpc;
using Quorate.Server.ApiKeys;
using Quorate.V1;
using Role = Quorate.Server.ApiKeys.Role;

namespace Quorate.Server.Tests.Api;

/// <summary>Who is let in: by signed requests alone, each once, from where and for as long as the key says.</summary>
public sealed class AuthenticationTests(ApiServer server) : IClassFixture<ApiServer>
{
    static readonly Uri vaults = new("/v1/vaults", UriKind.Relative);

    [Fact]
    public async Task A_signed_request_is_answered_in_JSON_and_in_gRPC_and_the_caller_is_who_signed()
    {
        using var http = server.Http();
        Assert.Equal("alice", (await http.GetFromJsonAsync<JsonObject>("/v1/caller"))!["member"]!.GetValue<string>());
        Assert.Equal("alice", (await server.CallAsync<V1.ApiKey>(KeysReflection.Descriptor, new GetCallerRequest())).Name);
        using var made = await http.PostAsJsonAsync("/v1/vaults?", new { name = "In JSON" });
        Assert.Equal((HttpStatusCode.Created, "\"1\""), (made.StatusCode, made.Headers.ETag!.Tag));
    }

    [Fact]
    public async Task P256_signs_as_well_as_Ed25519()
    {
        var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var q = ecdsa.ExportParameters(false).Q;
        var id = await server.AddKeyAsync("p256", null, KeyAlgorithm.P256, [.. q.X!, .. q.Y!], [Role.Viewer]);
        using var key = RequestKey.P256(id, ecdsa);
        using var channel = server.Channel(key);
        Assert.Equal("p256", ((V1.ApiKey)await ApiServer.CallAsync(channel, KeysReflection.Descriptor.Services[0].FindMethodByName("GetCaller"), new GetCallerRequest())).Name);
    }

    [Fact]
    public async Task Without_a_signature_nothing_but_health_is_answered()
    {
        using var http = new HttpClient { BaseAddress = server.Json };
        Assert.Equal((HttpStatusCode.Unauthorized, "signature_missing"), await CodeAsync(http.GetAsync(vaults)));
        using var channel = Rpc.Client.RpcChannel.ForAddress(server.Grpc);
        var refused = await Assert.ThrowsAsync<RpcException>(() => ApiServer.CallAsync(channel, VaultsReflection.Descriptor.Services[0].FindMethodByName("ListVaults"), new ListVaultsRequest()));
        Assert.Equal((StatusCode.Unauthenticated, "signature_missing"), (refused.StatusCode, refused.GetProblem()!.Code));
        await ApiServer.CallAsync(channel, Grpc.Health.V1.HealthReflection.Descriptor.Services[0].FindMethodByName("Check"), new Grpc.Health.V1.HealthCheckRequest());
    }

    public static TheoryData<string, string> Changes => new()
    {
        { "method", "signature_invalid" }, { "path", "signature_invalid" }, { "query", "signature_invalid" }, { "content", "digest_mismatch" }, { "digest", "signature_invalid" },
        { "idempotency key", "signature_incomplete" }, { "if-match", "signature_incomplete" }, { "signature", "signature_invalid" }, { "label", "signature_malformed" },
        { "short signature", "signature_malformed" }, { "another key", "signature_invalid" }, { "no key", "signature_incomplete" }, { "two", "signature_malformed" },
        { "components", "signature_incomplete" }, { "nonce", "signature_invalid" }, { "created", "signature_invalid" }, { "algorithm", "signature_invalid" },
        { "absent component", "signature_malformed" }, { "garbage", "signature_malformed" }, { "no digest", "signature_malformed" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Whatever_is_changed_under_way_is_noticed(string change, string code)
    {
        using var http = server.Tampered(request => Change(request, change));
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/vaults?a=1") { Content = JsonContent.Create(new { name = "x" }) };
        Assert.Equal((HttpStatusCode.Unauthorized, code), await CodeAsync(http.SendAsync(request)));
    }

    static void Change(HttpRequestMessage request, string what)
    {
        void Replace(string header, Func<string, string> by)
        {
            var value = by(request.Headers.GetValues(header).Single());
            request.Headers.Remove(header);
            request.Headers.TryAddWithoutValidation(header, value);
        }
        switch (what)
        {
            case "method": request.Method = HttpMethod.Get; break;
            case "path": request.RequestUri = new(request.RequestUri!, "/v1/wallets?a=1"); break;
            case "query": request.RequestUri = new(request.RequestUri!, "/v1/vaults?a=2"); break;
            case "content": request.Content = JsonContent.Create(new { name = "y" }); break;
            case "digest": Replace("Content-Digest", _ => ContentDigest.Of("{}"u8)); break;
            case "no digest": request.Headers.Remove("Content-Digest"); break;
            case "idempotency key": request.Headers.Add("Idempotency-Key", "k"); break;
            case "if-match": request.Headers.Add("If-Match", "\"1\""); break;
            case "signature": Replace("Signature", v => v[..10] + (v[10] == 'A' ? 'B' : 'A') + v[11..]); break;
            case "label": Replace("Signature", v => "x" + v); break;
            case "short signature": Replace("Signature", _ => "sig=:AAAA:"); break;
            case "another key": Replace("Signature-Input", OtherKey); break;
            case "no key": Replace("Signature-Input", v => v.Replace("keyid=\"key_", "keyid=\"vlt_", StringComparison.Ordinal)); break;
            case "two": request.Headers.TryAddWithoutValidation("Signature-Input", "b=(\"@method\")"); break;
            case "components": Replace("Signature-Input", v => v.Replace("\"content-digest\" ", "", StringComparison.Ordinal)); break;
            case "nonce": Replace("Signature-Input", v => v.Replace("nonce=\"", "nonce=\"0", StringComparison.Ordinal)); break;
            case "created": Replace("Signature-Input", v => v.Replace("created=1", "expires=99999999999;created=1", StringComparison.Ordinal)); break;
            case "algorithm": Replace("Signature-Input", v => v.Replace("alg=\"ed25519\"", "alg=\"ecdsa-p256-sha256\"", StringComparison.Ordinal)); break;
            case "absent component": Replace("Signature-Input", v => v.Replace("(\"@method\"", "(\"x-absent\" \"@method\"", StringComparison.Ordinal)); break;
            case "garbage": Replace("Signature-Input", _ => "sig=@"); break;
            default: throw new ArgumentOutOfRangeException(nameof(what));
        }
    }

    // A key that nobody has: the last digit is another.
    static string OtherKey(string input)
    {
        var end = input.IndexOf("\";nonce", StringComparison.Ordinal);
        return input[..(end - 1)] + (input[end - 1] == '0' ? '1' : '0') + input[end..];
    }

    [Theory]
    [InlineData(-61.5)]
    [InlineData(62)]
    public async Task A_clock_that_is_more_than_a_minute_wrong_is_told_so(double seconds)
    {
        using var http = server.Http(time: new Shifted(TimeSpan.FromSeconds(seconds)));
        Assert.Equal((HttpStatusCode.Unauthorized, "signature_expired"), await CodeAsync(http.GetAsync(vaults)));
    }

    [Fact]
    public async Task What_came_once_does_not_come_twice_and_what_the_process_before_may_have_seen_neither()
    {
        await using var own = new ApiServer();
        await own.InitializeAsync();
        var kept = new List<(string Name, string Value)>();
        using (var first = own.Tampered(r => kept.AddRange(r.Headers.Select(h => (h.Key, h.Value.Single())))))
            Assert.Equal(HttpStatusCode.OK, (await CodeAsync(first.GetAsync(vaults))).Status);
        async Task<(HttpStatusCode, string)> AgainAsync()
        {
            using var replay = new HttpClient { BaseAddress = own.Json };
            using var request = new HttpRequestMessage(HttpMethod.Get, vaults);
            foreach (var (name, value) in kept)
                request.Headers.TryAddWithoutValidation(name, value);
            // The authority that was signed.
            request.Headers.Host = authority;
            return await CodeAsync(replay.SendAsync(request));
        }
        authority = own.Json.Authority;
        Assert.Equal((HttpStatusCode.Unauthorized, "signature_replayed"), await AgainAsync());
        await Task.Delay(1_100);
        await own.RestartAsync();
        Assert.Equal((HttpStatusCode.Unauthorized, "signature_expired"), await AgainAsync());
    }

    string authority = "";

    [Fact]
    public async Task A_key_is_good_for_its_networks_its_time_and_until_it_is_revoked()
    {
        await server.AddKeyAsync("elsewhere", null, [Role.Viewer], ["10.0.0.0/8"]);
        using (var http = server.Http("elsewhere"))
            Assert.Equal((HttpStatusCode.Forbidden, "network_not_allowed"), await CodeAsync(http.GetAsync(vaults)));
        await server.AddKeyAsync("brief", null, [Role.Viewer], lifetime: TimeSpan.FromSeconds(0.5));
        await Task.Delay(600);
        using (var http = server.Http("brief"))
            Assert.Equal((HttpStatusCode.Unauthorized, "key_expired"), await CodeAsync(http.GetAsync(vaults)));
        var key = await server.AddKeyAsync("revoked", null, [Role.Viewer], ["127.0.0.0/8", "::1/128"]);
        using (var http = server.Http("revoked"))
        {
            Assert.Equal(HttpStatusCode.OK, (await CodeAsync(http.GetAsync(vaults))).Status);
            await server.CallAsync<V1.ApiKey>(KeysReflection.Descriptor, new RevokeKeyRequest { ApiKey = key.Id, Reason = "lost" });
            Assert.Equal((HttpStatusCode.Unauthorized, "key_revoked"), await CodeAsync(http.GetAsync(vaults)));
        }
    }

    [Fact]
    public async Task A_key_that_was_rotated_is_good_beside_the_new_one_for_as_long_as_was_said()
    {
        using var old = await server.AddKeyAsync("rotated", null, [Role.Viewer]);
        using var seed = Cryptography.Signatures.Ed25519Key.Generate(Cryptography.Secrets.SystemRandom.Shared);
        using var exported = seed.ExportSeed();
        using var next = RequestKey.Ed25519(old.Id, exported.Expose());
        await server.CallAsync<V1.ApiKey>(KeysReflection.Descriptor, new RotateKeyRequest
        {
            ApiKey = old.Id, PublicKey = Google.Protobuf.ByteString.CopyFrom(seed.EncodedPublicKey), OldUntil = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTime(DateTime.UtcNow.AddSeconds(2)),
        });
        async Task<string> TryAsync(RequestKey key)
        {
            using var http = server.Tampered(_ => { }, key);
            return (await CodeAsync(http.GetAsync(vaults))).Code;
        }
        Assert.Equal(("", ""), (await TryAsync(old), await TryAsync(next)));
        await Task.Delay(2_100);
        Assert.Equal(("key_expired", ""), (await TryAsync(old), await TryAsync(next)));
    }

    [Fact]
    public async Task Nobody_acts_in_anothers_name()
    {
        await server.AddKeyAsync("service", null, [Role.Admin]);
        var vault = await server.CallAsync<Vault>(VaultsReflection.Descriptor, new CreateVaultRequest { Name = "Names" });
        async Task<string> FreezeAsync(string caller, string by) => (await Assert.ThrowsAsync<RpcException>(() => server.CallAsync<Vault>(
            VaultsReflection.Descriptor, new FreezeVaultRequest { Vault = vault.Id, By = by, Reason = "x" }, caller))).GetProblem()!.Code;
        Assert.Equal(("not_that_member", "no_member"), (await FreezeAsync("alice", "bob"), await FreezeAsync("service", "bob")));
        Assert.True((await server.CallAsync<Vault>(VaultsReflection.Descriptor, new FreezeVaultRequest { Vault = vault.Id, Reason = "x" })).Frozen);
    }

    internal static async Task<(HttpStatusCode Status, string Code)> CodeAsync(Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        return (response.StatusCode, response.IsSuccessStatusCode ? "" : (await response.Content.ReadFromJsonAsync<JsonObject>())!["code"]!.GetValue<string>());
    }

    sealed class Shifted(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + by;
    }
}
