using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.Logging;
using Quorate.Rpc;
using Quorate.Server.Limits;
using Quorate.Testing;

namespace Quorate.Server.Tests.Limits;

public sealed class CallLimitsTests
{
    readonly ManualTime time = new();
    readonly Lines log = new();

    CallLimits Over(LimitOptions options) => new(new MemoryLimiter(time, 10_000), options, log, time);

    CallLimits Away(WhenUnavailable then) => new(new NoLimiter(), new() { WhenUnavailable = then }, log, time);

    static LimitedCall Sign(string wallet = "wal_1", string? address = "0xA0", int threshold = 2, string? message = null, string key = "key_1") =>
        new(key, CallClass.Sign, wallet, address, threshold, message is null ? null : Encoding.UTF8.GetBytes(message));

    static async Task<Ruling> AskAsync(CallLimits limits, LimitedCall call) => await limits.TakeAsync(call, default);

    [Theory]
    [InlineData(CallClass.Sign, 2, 1)]
    [InlineData(CallClass.Sign, 3, 2)]
    [InlineData(CallClass.Sign, 7, 2)]
    [InlineData(CallClass.KeyGeneration, 2, 5)]
    public async Task What_takes_more_work_costs_more(object asked, int threshold, int cost)
    {
        await using var limits = Over(new());
        var ruling = await AskAsync(limits, new("key_1", (CallClass)asked, "wal_1", null, threshold));
        Assert.True(ruling.IsAllowed);
        Assert.Equal(300 - cost, ruling.Limits.Single(l => l.Limit.Name == "api-key").Standing.Remaining);
        Assert.Equal(150 - cost, ruling.Limits.Single(l => l.Limit.Name == "wallet").Standing.Remaining);
    }

    [Fact]
    public async Task Reads_writes_and_signatures_have_buckets_of_their_own()
    {
        await using var limits = Over(new() { Reads = new(2, TimeSpan.FromSeconds(1)), Writes = new(4, TimeSpan.FromSeconds(1)), ApiKey = new(4, TimeSpan.FromSeconds(1)) });
        async Task<int> AllAsync(CallClass asked)
        {
            var allowed = 0;
            while ((await AskAsync(limits, new("key_1", asked))).IsAllowed)
                allowed++;
            return allowed;
        }
        Assert.Equal((3, 6, 6), (await AllAsync(CallClass.Read), await AllAsync(CallClass.Write), await AllAsync(CallClass.Sign)));
        Assert.True((await AskAsync(limits, new("key_2", CallClass.Read))).IsAllowed);
    }

    [Fact]
    public async Task A_replay_of_a_policy_is_charged_to_a_limit_of_its_own_which_is_a_read_where_nothing_can_be_counted()
    {
        await using var limits = Over(new() { Replays = new(2, TimeSpan.FromMinutes(1)) });
        for (var i = 0; i < 3; i++)
            Assert.True((await AskAsync(limits, new("key_1", CallClass.Replay))).IsAllowed);
        Assert.Equal("replays", (await AskAsync(limits, new("key_1", CallClass.Replay))).Refusing!.Value.Limit.Name);
        Assert.True((await AskAsync(limits, new("key_1", CallClass.Read))).IsAllowed);
        await using var away = Away(WhenUnavailable.RefuseSigning);
        Assert.True((await AskAsync(away, new("key_1", CallClass.Replay))).IsAllowed);
        Assert.Equal(V1.CallCost.Replay, V1.PoliciesReflection.Descriptor.Services[0].FindMethodByName("ReplayPolicy").GetOptions().GetExtension(V1.AccessExtensions.Access).Cost);
    }

    [Fact]
    public async Task A_wallet_signs_the_same_message_three_times_an_hour_whoever_asks()
    {
        await using var limits = Over(new());
        for (var i = 0; i < 3; i++)
            Assert.True((await AskAsync(limits, Sign(message: "pay", key: $"key_{i}"))).IsAllowed);
        var refused = await AskAsync(limits, Sign(message: "pay", key: "key_9"));
        Assert.Equal((RulingOutcome.Refused, "same-message"), (refused.Outcome, refused.Refusing!.Value.Limit.Name));
        Assert.InRange(refused.RetryAfterSeconds, 3_450, 3_750);
        Assert.True((await AskAsync(limits, Sign(message: "pay "))).IsAllowed);
        Assert.True((await AskAsync(limits, Sign(wallet: "wal_2", message: "pay"))).IsAllowed);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(refused.RetryAfterSeconds <= 3_600, (await AskAsync(limits, Sign(message: "pay"))).IsAllowed);
        time.Advance(TimeSpan.FromSeconds(151));
        Assert.True((await AskAsync(limits, Sign(message: "pay"))).IsAllowed);
    }

    [Fact]
    public async Task A_wallet_signs_a_thousand_times_a_day_over_all_its_addresses_and_callers()
    {
        await using var limits = Over(new());
        var (allowed, begun) = (0, time.GetUtcNow());
        Ruling ruling;
        for (; (ruling = await AskAsync(limits, Sign(address: $"0x{allowed % 50}", key: $"key_{allowed % 50}"))).IsAllowed; time.Advance(TimeSpan.FromSeconds(1)))
            allowed++;
        Assert.Equal((1_000, "wallet-velocity"), (allowed, ruling.Refusing!.Value.Limit.Name));
        Assert.True((await AskAsync(limits, Sign(wallet: "wal_2"))).IsAllowed);
        time.Advance(begun + TimeSpan.FromDays(1) + TimeSpan.FromHours(1) - time.GetUtcNow());
        Assert.True((await AskAsync(limits, Sign())).IsAllowed);
    }

    [Fact]
    public async Task A_response_says_how_its_limits_stand_in_the_drafts_fields()
    {
        await using var limits = Over(new() { Reads = new(2, TimeSpan.FromSeconds(10)) });
        var ruling = await AskAsync(limits, new("key_1", CallClass.Read));
        Assert.Equal([("ratelimit-policy", "\"reads\";q=2;w=10;quorate-burst=3"), ("ratelimit", "\"reads\";r=2;t=5")], Headers(ruling));
        await AskAsync(limits, new("key_1", CallClass.Read));
        await AskAsync(limits, new("key_1", CallClass.Read));
        time.Advance(TimeSpan.FromMilliseconds(1_500));
        Assert.Equal([("ratelimit-policy", "\"reads\";q=2;w=10;quorate-burst=3"), ("ratelimit", "\"reads\";r=0;t=4"), ("retry-after", "4")], Headers(await AskAsync(limits, new("key_1", CallClass.Read))));
        var sign = await AskAsync(limits, Sign(message: "pay"));
        Assert.Equal(
            "\"api-key\";q=200;w=10;quorate-burst=300, \"wallet\";q=100;w=10;quorate-burst=150, \"wallet-velocity\";q=1000;w=86400, \"same-message\";q=3;w=3600, \"address\";q=50;w=10;quorate-burst=75",
            sign.PolicyField());
    }

    static (string, string)[] Headers(Ruling ruling) => [.. ruling.Headers().Select(h => (h.Key, h.Value))];

    [Fact]
    public async Task A_refusal_is_a_problem_that_names_the_limits_and_when_to_come_back()
    {
        await using var limits = Over(new() { Wallet = new(4, TimeSpan.FromSeconds(40)), Address = new(2, TimeSpan.FromSeconds(10)) });
        for (var i = 0; i < 3; i++)
            Assert.True((await AskAsync(limits, Sign())).IsAllowed);
        for (var i = 0; i < 3; i++)
            Assert.True((await AskAsync(limits, Sign(address: "0xB0"))).IsAllowed);
        var refused = await AskAsync(limits, Sign());
        var exception = refused.ToException();
        var problem = exception.GetProblem()!;
        Assert.Equal((StatusCode.ResourceExhausted, "limit_exceeded", true, 10L), (exception.StatusCode, problem.Code, problem.Retryable, problem.RetryAfter.Seconds));
        Assert.Equal("""{ "limit": "wallet", "quota": 4, "windowSeconds": 40, "remaining": 0, "violated-policies": [ "wallet", "address" ] }""", problem.Members.ToString());
        Assert.Equal("The limit wallet is 4 in 40 s.", exception.Status.Detail);
        // Nothing was charged, so as long as it says is long enough.
        time.Advance(TimeSpan.FromSeconds(refused.RetryAfterSeconds));
        var again = await AskAsync(limits, Sign());
        Assert.True(again.IsAllowed);
        Assert.Throws<InvalidOperationException>(() => again.ToException());
    }

    [Theory]
    [InlineData(WhenUnavailable.RefuseSigning, true, true, false, false)]
    [InlineData(WhenUnavailable.RefuseAll, false, false, false, false)]
    [InlineData(WhenUnavailable.AllowAll, true, true, true, true)]
    public async Task Where_nothing_can_be_counted_what_signs_stops_and_the_rest_goes_on_unless_it_is_said_otherwise(
        WhenUnavailable then, bool read, bool write, bool sign, bool generate)
    {
        await using var limits = Away(then);
        foreach (var (asked, goesOn) in new[] { (CallClass.Read, read), (CallClass.Write, write), (CallClass.Sign, sign), (CallClass.KeyGeneration, generate) })
        {
            var ruling = await AskAsync(limits, new("key_1", asked, "wal_1"));
            Assert.Equal(goesOn ? RulingOutcome.Allowed : RulingOutcome.Unavailable, ruling.Outcome);
            if (goesOn)
            {
                Assert.Empty(ruling.Headers());
                continue;
            }
            Assert.Equal([("retry-after", "1")], Headers(ruling));
            var exception = ruling.ToException();
            Assert.Equal((StatusCode.Unavailable, "limiter_unavailable", true), (exception.StatusCode, exception.GetProblem()!.Code, exception.GetProblem()!.Retryable));
        }
    }

    [Fact]
    public async Task A_caller_who_is_refused_again_and_again_is_reported_once_in_a_window()
    {
        var alerts = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument is { Name: "quorate.limits.alerts", Meter.Name: LimitMeters.Name })
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref alerts, value));
        listener.Start();
        await using var limits = Over(new() { Reads = new(2, TimeSpan.FromDays(1)), Alert = new(5, TimeSpan.FromMinutes(5)) });
        async Task RefuseAsync(string key, int times)
        {
            for (var refused = 0; refused < times;)
                refused += (await AskAsync(limits, new(key, CallClass.Read))).IsAllowed ? 0 : 1;
        }
        await RefuseAsync("key_1", 4);
        await RefuseAsync("key_2", 4);
        Assert.Empty(log.Written);
        await RefuseAsync("key_1", 100);
        Assert.Equal("key_1 was refused 5 times within 300 s, this time by the limit reads.", Assert.Single(log.Written));
        time.Advance(TimeSpan.FromMinutes(5));
        await RefuseAsync("key_1", 4);
        Assert.Single(log.Written);
        await RefuseAsync("key_1", 1);
        Assert.Equal(2, log.Written.Count);
        Assert.True(Interlocked.Read(ref alerts) >= 2);
    }

    [Fact]
    public void As_many_callers_are_watched_as_there_is_room_for()
    {
        var watch = new RefusalWatch(new(1, TimeSpan.FromMinutes(1)), time);
        for (var i = 0; i < RefusalWatch.MaxCallers; i++)
            Assert.True(watch.Note($"{i}"));
        Assert.False(watch.Note("one more"));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.True(watch.Note("one more"));
    }

    [Fact]
    public void A_bucket_that_could_never_hold_what_it_limits_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new Charges(new() { ApiKey = new(3, TimeSpan.FromSeconds(1)) }));
        Assert.Throws<ArgumentException>(() => new Charges(new() { Wallet = new(3, TimeSpan.FromSeconds(1)) }));
        Assert.Throws<ArgumentException>(() => new Charges(new() { Address = new(1, TimeSpan.FromSeconds(1)) }));
        _ = new Charges(new() { ApiKey = new(4, TimeSpan.FromSeconds(1)), Wallet = new(4, TimeSpan.FromSeconds(1)), Address = new(2, TimeSpan.FromSeconds(1)) });
    }

    sealed class NoLimiter : ILimiter
    {
        public ValueTask<Taken> TakeAsync(System.Collections.Immutable.ImmutableArray<Charge> charges, CancellationToken cancellation) => new(Taken.Unavailable);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    sealed class Lines : ILogger
    {
        internal List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}
