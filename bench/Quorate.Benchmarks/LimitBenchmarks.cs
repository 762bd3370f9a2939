using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Quorate.Server.Limits;
using Quorate.Testing;
using StackExchange.Redis;

namespace Quorate.Benchmarks;

/// <summary>What asking the limits costs a call: in memory and in Redis, of one caller at a time and of many.</summary>
static class LimitBenchmarks
{
    static readonly LimitOptions generous = new()
    {
        Reads = Plenty, ApiKey = Plenty, Wallet = Plenty, Address = Plenty, WalletVelocity = new(Rate.MaxQuota, TimeSpan.FromDays(1)), SameMessage = new(Rate.MaxQuota, TimeSpan.FromHours(1)),
    };

    static Rate Plenty => new(Rate.MaxQuota, TimeSpan.FromSeconds(1));

    internal static void Run(string[] args) => RunAsync().GetAwaiter().GetResult();

    static async Task RunAsync()
    {
        Console.WriteLine($"{"",-46} {"p50",10} {"p99",10} {"per second",12}");
        await using (var memory = new CallLimits(new MemoryLimiter(TimeProvider.System, generous.MaxTallies), generous, NullLogger.Instance, TimeProvider.System))
            await MeasureAsync("memory", memory, 100_000);
        using var redis = new RedisProcess();
        var limiter = await RedisLimiter.ConnectAsync(new(redis.ConnectionString) { Timeout = TimeSpan.FromSeconds(5) }, NullLogger.Instance, TimeProvider.System);
        await using (var limits = new CallLimits(limiter, generous, NullLogger.Instance, TimeProvider.System))
            await MeasureAsync("Redis", limits, 5_000);
        using var connection = await ConnectionMultiplexer.ConnectAsync(redis.ConnectionString);
        var database = connection.GetDatabase();
        await OneAtATimeAsync("Redis, PING alone", 5_000, async _ => await database.PingAsync());
    }

    static async Task MeasureAsync(string where, CallLimits limits, int calls)
    {
        var message = new byte[200];
        LimitedCall Read(int i) => new($"key_{i % 100}", CallClass.Read);
        LimitedCall Sign(int i) => new($"key_{i % 100}", CallClass.Sign, $"wal_{i % 1_000}", $"0x{i % 1_000:x40}", 2, message);
        await OneAtATimeAsync($"{where}, a read: one limit", calls, async i => Check(await limits.TakeAsync(Read(i), default)));
        await OneAtATimeAsync($"{where}, a signature: five limits", calls, async i => Check(await limits.TakeAsync(Sign(i), default)));
        await ManyAsync($"{where}, signatures of 64 callers at once", calls, async i => Check(await limits.TakeAsync(Sign(i), default)));
        await ManyAsync($"{where}, 64 callers with one key", calls, async _ => Check(await limits.TakeAsync(Read(0), default)));
    }

    static void Check(Ruling ruling)
    {
        if (!ruling.IsAllowed || ruling.Limits.IsEmpty)
            throw new InvalidOperationException($"{ruling.Outcome}, {ruling.LimitField()}");
    }

    static async Task OneAtATimeAsync(string name, int calls, Func<int, Task> call)
    {
        for (var i = 0; i < calls / 5; i++)
            await call(i);
        var times = await TimeAsync(0, calls, call);
        Print(name, times, times.Sum() / 1e6);
    }

    static async Task ManyAsync(string name, int calls, Func<int, Task> call)
    {
        var clock = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, 64).Select(caller => Task.Run(() => TimeAsync(caller * calls, calls / 16, call))));
        Print(name, [.. times.SelectMany(t => t)], clock.Elapsed.TotalSeconds);
    }

    static async Task<ImmutableArray<double>> TimeAsync(int first, int calls, Func<int, Task> call)
    {
        var times = ImmutableArray.CreateBuilder<double>(calls);
        for (var i = 0; i < calls; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            await call(first + i);
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMicroseconds);
        }
        return times.MoveToImmutable();
    }

    static void Print(string name, ImmutableArray<double> times, double seconds)
    {
        var sorted = times.Sort();
        Console.WriteLine($"{name,-46} {sorted[times.Length / 2],7:N1} µs {sorted[times.Length * 99 / 100],7:N1} µs {times.Length / seconds,12:N0}");
    }
}
