using Google.Protobuf.Reflection;
using Quorate.Client.Calls;
using Quorate.Client.Signing;
using Quorate.Rpc;
using Quorate.Testing;
using Quorate.V1;
using static Quorate.Client.Tests.Calls.MoodyServer;

namespace Quorate.Client.Tests.Calls;

/// <summary>The client against a server that is not always well.</summary>
public sealed class QuorateClientTests
{
    static readonly FileDescriptor[] contract =
    [
        .. typeof(VaultsReflection).Assembly.GetTypes().Where(t => t.Namespace == "Quorate.V1" && t.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(t => (FileDescriptor)t.GetProperty("Descriptor")!.GetValue(null)!),
    ];

    public static IEnumerable<object[]> Methods => contract.SelectMany(f => f.Services).SelectMany(s => s.Methods.Select(m => new object[] { s.Name, m.Name }));

    [Theory]
    [MemberData(nameof(Methods))]
    public void Every_method_of_the_API_has_one(string service, string method)
    {
        var client = typeof(QuorateClient).GetProperty(service)?.PropertyType;
        Assert.NotNull(client?.GetMethod($"{method}Async"));
        var response = contract.SelectMany(f => f.Services).Single(s => s.Name == service).FindMethodByName(method).OutputType;
        if (method.StartsWith("List", StringComparison.Ordinal) && response.FindFieldByName("next_page_token") is not null)
            Assert.NotNull(client.GetMethod($"All{method["List".Length..]}Async"));
    }

    [Fact]
    public async Task What_changes_something_is_sent_again_as_the_same_request()
    {
        await using var server = await StartAsync();
        using var client = server.Client();
        server.Vaults.Failures.Enqueue(Problem("overloaded", StatusCode.Unavailable, true));
        server.Vaults.Failures.Enqueue(new(new(StatusCode.Unavailable, "the connection is gone")));
        server.Vaults.Failures.Enqueue(Problem("idempotency_key_in_use", StatusCode.Aborted, true, 0.001));
        Assert.Equal("Operations", (await client.Vaults.CreateVaultAsync(new() { Name = "Operations" })).Name);
        Assert.Equal(4, server.Vaults.Seen.Count);
        Assert.Matches("^[0-9a-f]{32}$", Assert.Single(server.Vaults.Seen.Select(h => h.GetValue("idempotency-key")).Distinct())!);
        // Each is signed anew, so that none is taken for a replay.
        Assert.Equal(4, server.Vaults.Seen.Select(h => h.GetValue("signature-input")).Distinct().Count());

        await client.Vaults.CreateVaultAsync(new() { Name = "Operations" });
        Assert.Equal(2, server.Vaults.Seen.Select(h => h.GetValue("idempotency-key")).Distinct().Count());
    }

    [Fact]
    public async Task A_read_is_sent_again_and_has_no_key()
    {
        await using var server = await StartAsync();
        using var client = server.Client();
        server.Vaults.Failures.Enqueue(Problem("limit_exceeded", StatusCode.ResourceExhausted, true, 0.001));
        Assert.Equal("vlt_1", (await client.Vaults.GetVaultAsync(new() { Vault = "vlt_1" })).Id);
        Assert.Equal([null, null], server.Vaults.Seen.Select(h => h.GetValue("idempotency-key")));
    }

    [Theory]
    [InlineData("vault_name_taken", StatusCode.AlreadyExists, false, null)]
    [InlineData("wrong_state", StatusCode.FailedPrecondition, true, null)]
    [InlineData("limit_exceeded", StatusCode.ResourceExhausted, true, 11.0)]
    public async Task What_does_not_pass_by_itself_is_not_sent_again(string code, StatusCode status, bool isRetryable, double? retryAfter)
    {
        await using var server = await StartAsync();
        using var client = server.Client();
        server.Vaults.Failures.Enqueue(Problem(code, status, isRetryable, retryAfter));
        var refused = await Assert.ThrowsAsync<QuorateException>(() => client.Vaults.CreateVaultAsync(new()));
        Assert.Single(server.Vaults.Seen);
        Assert.Equal((code, status, isRetryable, $"{code}, said the server"), (refused.Code, refused.Status, refused.IsRetryable, refused.Message));
        Assert.Equal(retryAfter, refused.RetryAfter?.TotalSeconds);
    }

    [Fact]
    public async Task Tries_are_counted()
    {
        await using var server = await StartAsync();
        using var client = server.Client();
        for (var i = 0; i < 5; i++)
            server.Vaults.Failures.Enqueue(Problem("overloaded", StatusCode.Unavailable, true));
        var refused = await Assert.ThrowsAsync<QuorateException>(() => client.Vaults.GetVaultAsync(new() { Vault = "vlt_1" }));
        Assert.Equal("overloaded", refused.Code);
        Assert.Equal(4, server.Vaults.Seen.Count);
    }

    [Fact]
    public async Task A_pause_that_the_server_asks_for_is_kept()
    {
        await using var server = await StartAsync();
        var time = new ManualTime();
        using var client = server.Client(new() { Time = time, Pause = TimeSpan.FromTicks(1_000), Timeout = TimeSpan.FromHours(1) });
        server.Vaults.Failures.Enqueue(Problem("limit_exceeded", StatusCode.ResourceExhausted, true, 7));
        var answer = client.Vaults.GetVaultAsync(new() { Vault = "vlt_1" });
        while (server.Vaults.Seen.IsEmpty)
            await Task.Delay(1);
        for (var i = 0; i < 6; i++)
        {
            await Task.Delay(20);
            time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Single(server.Vaults.Seen);
        while (!answer.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5);
        }
        Assert.Equal("vlt_1", (await answer).Id);
        Assert.Equal(2, server.Vaults.Seen.Count);
    }

    [Fact]
    public async Task What_is_said_beside_a_request_goes_with_it()
    {
        await using var server = await StartAsync();
        using var client = server.Client();
        await client.Vaults.FreezeVaultAsync(
            new() { Vault = "vlt_1" }, new() { IdempotencyKey = "freeze-1", IfVersion = 3, Wait = TimeSpan.FromSeconds(10) });
        var headers = Assert.Single(server.Vaults.Seen);
        Assert.Equal(("freeze-1", "\"3\"", "wait=10"), (headers.GetValue("idempotency-key"), headers.GetValue("if-match"), headers.GetValue("prefer")));
    }

    [Fact]
    public async Task Nobody_there_is_said_so()
    {
        using var key = RequestKey.Ed25519("key_test", new byte[32]);
        using var client = new QuorateClient(new("http://127.0.0.1:1"), key, new() { Pause = TimeSpan.FromMilliseconds(1) });
        var problem = await Assert.ThrowsAsync<QuorateException>(() => client.Vaults.ListVaultsAsync());
        Assert.Equal(("unanswered", true), (problem.Code, problem.IsRetryable));
    }

    [Fact]
    public async Task Who_gives_up_is_not_kept_waiting()
    {
        await using var server = await StartAsync();
        using var client = server.Client();
        using var enough = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Vaults.ThawVaultAsync(new() { Vault = "vlt_1" }, null, enough.Token));
    }

    [Fact]
    public async Task A_list_is_read_page_after_page()
    {
        await using var server = await StartAsync();
        using var client = server.Client();
        var request = new ListVaultsRequest { PageSize = 2 };
        Assert.Equal(["2/0", "2/1", "2/2", "2/3", "2/4"], await client.Vaults.AllVaultsAsync(request).Select(v => v.Name).ToArrayAsync());
        Assert.Equal("", request.PageToken);
    }

    [Fact]
    public async Task A_stream_goes_on_where_it_was()
    {
        await using var server = await StartAsync();
        using var client = server.Client();
        server.Events.Connections.Enqueue((0, Problem("overloaded", StatusCode.Unavailable, true)));
        server.Events.Connections.Enqueue((3, Problem("overloaded", StatusCode.Unavailable, true)));
        server.Events.Connections.Enqueue((2, null));
        server.Events.Connections.Enqueue((1, null));
        var since = new StreamEventsRequest { Vault = "vlt_1" };
        Assert.Equal(
            ["evt_11", "evt_12", "evt_13", "evt_14", "evt_15", "evt_16"], await client.Events.StreamEventsAsync(since).Take(6).Select(e => e.Id).ToArrayAsync());
        // It began at 10, also where there was no event before the first connection ended.
        Assert.Equal(["", "10", "13", "15"], server.Events.Seen.Select(r => r.ResumeToken));
        Assert.All(server.Events.Seen, r => Assert.Equal("vlt_1", r.Vault));
        Assert.Equal("", since.ResumeToken);
    }

    [Fact]
    public async Task A_stream_that_is_refused_or_never_comes_ends()
    {
        await using var server = await StartAsync();
        using var client = server.Client();
        server.Events.Connections.Enqueue((1, Problem("key_revoked", StatusCode.Unauthenticated, false)));
        var seen = new List<string>();
        var refused = await Assert.ThrowsAsync<QuorateException>(async () =>
        {
            await foreach (var happened in client.Events.StreamEventsAsync())
                seen.Add(happened.Id);
        });
        Assert.Equal(("key_revoked", "evt_11"), (refused.Code, Assert.Single(seen)));

        for (var i = 0; i < 5; i++)
            server.Events.Connections.Enqueue((0, null));
        Assert.Equal("unanswered", (await Assert.ThrowsAsync<QuorateException>(async () => await client.Events.StreamEventsAsync().FirstAsync())).Code);
        Assert.Equal(5, server.Events.Seen.Count);
    }

    [Fact]
    public void Pauses_grow_to_a_limit_and_are_never_shorter_than_asked_for()
    {
        var options = new QuorateClientOptions { Attempts = 100, Pause = TimeSpan.FromSeconds(1), MaxPause = TimeSpan.FromSeconds(10) };
        var away = new QuorateException(new(new(StatusCode.Unavailable, "")));
        for (var attempt = 1; attempt < 99; attempt++)
        {
            var longest = Math.Min(Math.Pow(2, attempt - 1), 10);
            Assert.All(Enumerable.Range(0, 20), _ => Assert.InRange(Retries.PauseAfter(away, attempt, options)!.Value.TotalSeconds, longest / 1000, longest));
        }
        Assert.Null(Retries.PauseAfter(away, 100, options));
        var later = new QuorateException(Problem("limit_exceeded", StatusCode.ResourceExhausted, true, 9));
        Assert.All(Enumerable.Range(0, 20), _ => Assert.Equal(9, Retries.PauseAfter(later, 1, options)!.Value.TotalSeconds));
    }

    [Fact]
    public void What_can_not_be_meant_is_an_exception_before_anything_is_sent()
    {
        using var key = RequestKey.Ed25519("key_test", new byte[32]);
        Assert.Throws<ArgumentException>(() => new QuorateClient(new("ftp://127.0.0.1"), key));
        Assert.Throws<ArgumentException>(() => new QuorateClient(new("http://127.0.0.1/v1"), key));
        Assert.Throws<ArgumentNullException>(() => new QuorateClient(new("http://127.0.0.1"), null!));
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuorateClient(new("http://127.0.0.1"), key, new() { Attempts = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => new QuorateClient(new("http://127.0.0.1"), key, new() { Timeout = TimeSpan.Zero }));
    }
}
