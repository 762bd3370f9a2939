using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Quorate.Client;
using Quorate.Server.Limits;
using Role = Quorate.Server.ApiKeys.Role;
using Xunit.Abstractions;

namespace Quorate.Server.Tests.Api;

/// <summary>
/// Many callers at once for a few seconds, over gRPC and JSON: whatever is not done is refused as more than a limit allows, and what was
/// answered as done is there, once. How fast it goes is measured in bench/.
/// </summary>
public sealed class LoadTests(ITestOutputHelper output)
{
    const int Callers = 64;
    static readonly TimeSpan duration = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sixty_four_callers_get_answers_or_limits_and_nothing_is_lost_or_doubled(bool isLimited)
    {
        var much = new Rate(Rate.MaxQuota, TimeSpan.FromSeconds(1));
        var few = new Rate(5, TimeSpan.FromSeconds(1));
        await using var server = new ApiServer { With = options => options with { Limits = new() { Reads = isLimited ? few : much, Writes = isLimited ? few : much } } };
        await server.InitializeAsync();
        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => server.AddKeyAsync($"caller-{i}", "alice", [Role.Admin, Role.Viewer])));
        var events = new ConcurrentDictionary<string, int>();
        using var heard = new CancellationTokenSource();
        using var listener = new QuorateClient(server.Grpc, keys[0], new() { Timeout = TimeSpan.FromMinutes(1), Attempts = 20 });
        var listening = ListenAsync(listener, events, heard.Token);

        var (made, limited, reads) = (new ConcurrentQueue<string>(), 0, 0);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Callers).Select(async caller =>
        {
            using var client = new QuorateClient(server.Grpc, keys[caller % keys.Length], new() { Attempts = 1, Timeout = TimeSpan.FromMinutes(1) });
            using var json = server.Http($"caller-{caller % keys.Length}");
            for (var i = 0; clock.Elapsed < duration; i++)
            {
                try
                {
                    var vault = await client.Vaults.CreateVaultAsync(new() { Name = $"{caller}/{i}" });
                    made.Enqueue(vault.Id);
                    Assert.Equal(vault.Name, (await client.Vaults.GetVaultAsync(new() { Vault = vault.Id })).Name);
                    Interlocked.Increment(ref reads);
                }
                catch (QuorateException refused) when (refused.Code == "limit_exceeded")
                {
                    Assert.NotNull(refused.RetryAfter);
                    Interlocked.Increment(ref limited);
                }
                using var answer = await json.GetAsync(new Uri("/v1/vaults?pageSize=5", UriKind.Relative));
                Assert.True(answer.StatusCode == HttpStatusCode.OK || (answer.StatusCode == HttpStatusCode.TooManyRequests && answer.Headers.RetryAfter is not null), $"{answer}");
                Interlocked.Increment(ref answer.IsSuccessStatusCode ? ref reads : ref limited);
            }
        })).WaitAsync(TimeSpan.FromMinutes(3));
        output.WriteLine($"{made.Count} made, {reads} read, {limited} limited in {clock.Elapsed.TotalSeconds:0.0} s");

        Assert.NotEmpty(made);
        Assert.Equal(isLimited, limited > 0);
        // Each once in the store, and once among the events.
        var kept = await listener.Vaults.AllVaultsAsync(new() { PageSize = 200 }).Select(v => v.Id).ToArrayAsync();
        Assert.Equal(made.Order(StringComparer.Ordinal), kept.Order(StringComparer.Ordinal));
        var waiting = Stopwatch.StartNew();
        while (events.Count < made.Count && waiting.Elapsed < TimeSpan.FromMinutes(1))
            await Task.Delay(50);
        Assert.Equal(made.Count, events.Count);
        Assert.All(events, e => Assert.Equal(1, e.Value));
        await heard.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listening);
    }

    static async Task ListenAsync(QuorateClient client, ConcurrentDictionary<string, int> events, CancellationToken cancellation)
    {
        await foreach (var happened in client.Events.StreamEventsAsync(new() { Since = Google.Protobuf.WellKnownTypes.Timestamp.FromDateTime(DateTime.UtcNow.AddMinutes(-1)), Types_ = { "vault.opened" } }, cancellation))
            events.AddOrUpdate(happened.Resource, 1, (_, n) => n + 1);
    }
}
