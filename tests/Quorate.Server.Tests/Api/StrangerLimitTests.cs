using System.Net;
using System.Text.Json.Nodes;
using Quorate.Server.Limits;
using Quorate.Testing;

namespace Quorate.Server.Tests.Api;

/// <summary>Whoever is not known is answered so often and no more, and who is known is not counted.</summary>
public sealed class StrangerLimitTests
{
    static ApiServer Limited(params IPNetwork[] exempt) => new() { With = o => o with { Limits = new() { Strangers = new(4, TimeSpan.FromHours(1)), Exempt = [.. exempt] } } };

    static async Task<(int Status, string Code, string? Limit)> AskAsync(HttpClient http)
    {
        using var response = await http.GetAsync(new Uri("/v1/vaults", UriKind.Relative));
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        if (response.StatusCode == HttpStatusCode.TooManyRequests)
        {
            Assert.InRange(response.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 3_600);
            Assert.StartsWith("\"strangers\";r=0;t=", response.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
        }
        return ((int)response.StatusCode, (string?)body["code"] ?? "", (string?)body["limit"]);
    }

    [Fact]
    public async Task What_is_signed_by_nobody_is_checked_so_often_from_one_address_exactly_and_what_is_signed_by_somebody_is_not_counted()
    {
        await using var server = Limited();
        await server.InitializeAsync();
        using var alice = server.Http();
        using var forger = server.Tampered(r =>
        {
            r.Headers.Remove("Content-Digest");
            r.Headers.TryAddWithoutValidation("Content-Digest", Client.Signing.ContentDigest.Of("{}"u8));
        });
        for (var i = 0; i < 20; i++)
            Assert.Equal(200, (await AskAsync(alice)).Status);
        // Many at once: one and a half of the quota, and not one more.
        var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => AskAsync(forger)));
        Assert.Equal(6, answers.Count(a => a is (401, "signature_invalid", null)));
        Assert.Equal(58, answers.Count(a => a is (429, "limit_exceeded", "strangers")));
        // Nothing is checked any more from there, whoever it would be.
        Assert.Equal(429, (await AskAsync(alice)).Status);
        using var unsigned = new HttpClient { BaseAddress = server.Json };
        Assert.Equal(429, (await AskAsync(unsigned)).Status);
        // Health and public documents are for anybody.
        using var document = await unsigned.GetAsync(new Uri("/v1/openapi.json", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, document.StatusCode);
    }

    [Fact]
    public async Task A_proxys_network_can_be_left_out()
    {
        await using var server = Limited(IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128"));
        await server.InitializeAsync();
        using var unsigned = new HttpClient { BaseAddress = server.Json };
        for (var i = 0; i < 20; i++)
            Assert.Equal((401, "signature_missing", null), await AskAsync(unsigned));
    }

    [Fact]
    public async Task What_is_given_back_can_be_taken_again_and_no_more_than_there_was()
    {
        var limiter = new MemoryLimiter(new ManualTime(), 1_000);
        Charge[] charges = [new(new Limit.Bucket("a", new(2, TimeSpan.FromHours(1))), "x", 1), new(new Limit.Sliding("b", new(3, TimeSpan.FromHours(1))), "x", 1)];
        foreach (var charge in charges)
        {
            for (var round = 0; round < 5; round++)
            {
                for (var i = 0; i < 3; i++)
                    Assert.Equal(TakenOutcome.Taken, (await limiter.TakeAsync([charge], default)).Outcome);
                Assert.Equal(TakenOutcome.Refused, (await limiter.TakeAsync([charge], default)).Outcome);
                for (var i = 0; i < 4; i++)
                    limiter.GiveBack(charge);
            }
        }
    }
}
