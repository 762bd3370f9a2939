using Quorate.Server.Tests.Api;
using Quorate.Testing;

namespace Quorate.Server.Tests.Errors;

/// <summary>How much is asked.</summary>
static class LimitErrors
{
    internal static async Task ReachAsync(ErrorsReached reached)
    {
        await using (var few = new ApiServer { With = o => o with { Limits = new() { Reads = new(2, TimeSpan.FromHours(1)) } } })
        {
            await few.InitializeAsync();
            using var http = few.Http();
            for (var i = 0; i < 3; i++)
                await reached.GetAsync(http, "", "/v1/vaults");
            await reached.GetAsync(http, "limit_exceeded", "/v1/vaults");
        }
        await using (var forgetful = new ApiServer { With = o => o with { Limits = new() { MaxNonces = 2 } } })
        {
            await forgetful.InitializeAsync();
            using var http = forgetful.Http();
            for (var i = 0; i < 2; i++)
                await reached.GetAsync(http, "", "/v1/vaults");
            await reached.GetAsync(http, "too_many_requests", "/v1/vaults");
        }
        using var redis = new RedisProcess();
        await using var shared = new ApiServer { With = o => o with { Limits = new() { Redis = new(redis.ConnectionString) } } };
        await shared.InitializeAsync();
        using var alice = shared.Http();
        await reached.PostAsync(alice, "invalid_document", "/v1/ceremonies", new { order = new { } });
        redis.Kill();
        await reached.PostAsync(alice, "limiter_unavailable", "/v1/ceremonies", new { order = new { } });
    }
}
