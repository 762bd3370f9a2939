using FsCheck;
using FsCheck.Fluent;
using Quorate.Node.Signing;

namespace Quorate.Node.Tests.Signing;

/// <summary>The breaker against its rules, one by one and as a slow model that keeps everything.</summary>
public sealed class CircuitBreakerTests
{
    static TimeSpan S(double seconds) => TimeSpan.FromSeconds(seconds);

    static void Fail(CircuitBreaker breaker, TimeSpan now) => breaker.Failed(breaker.TryEnter(now)!.Value, now);

    static void Succeed(CircuitBreaker breaker, TimeSpan now) => breaker.Succeeded(breaker.TryEnter(now)!.Value, now);

    [Fact]
    public void Three_failures_in_a_row_open_it_however_far_apart()
    {
        var breaker = new CircuitBreaker();
        Fail(breaker, S(0));
        Fail(breaker, S(100));
        Assert.Equal(CircuitState.Closed, breaker.StateAt(S(100)));
        Fail(breaker, S(200));
        Assert.Equal(CircuitState.Open, breaker.StateAt(S(200)));
        Assert.Null(breaker.TryEnter(S(229.9)));
        Assert.Equal(CircuitState.HalfOpen, breaker.StateAt(S(230)));
    }

    [Fact]
    public void A_success_between_them_begins_the_count_anew()
    {
        var breaker = new CircuitBreaker();
        for (var i = 0; i < 10; i++)
        {
            Fail(breaker, S(100 * i));
            Fail(breaker, S(100 * i + 1));
            Succeed(breaker, S(100 * i + 50));
            Assert.Equal(CircuitState.Closed, breaker.StateAt(S(100 * i + 50)));
        }
    }

    [Fact]
    public void Half_failures_in_ten_seconds_open_it_and_older_ones_do_not_count()
    {
        var breaker = new CircuitBreaker();
        Succeed(breaker, S(0));
        Fail(breaker, S(1));
        Succeed(breaker, S(2));
        Assert.Equal(CircuitState.Closed, breaker.StateAt(S(2)));
        Fail(breaker, S(3));
        Assert.Equal(CircuitState.Open, breaker.StateAt(S(3)));

        var slow = new CircuitBreaker();
        for (var i = 0; i < 20; i += 2)
        {
            Succeed(slow, S(4 * i));
            Fail(slow, S(4 * i + 4));
            Assert.Equal(CircuitState.Closed, slow.StateAt(S(4 * i + 4)));
        }
    }

    [Fact]
    public void Half_open_lets_one_through_and_that_one_decides()
    {
        var breaker = Opened(out var now);
        now += S(30);
        var probe = breaker.TryEnter(now)!.Value;
        Assert.Null(breaker.TryEnter(now));
        breaker.Left(probe);
        probe = breaker.TryEnter(now)!.Value;
        breaker.Succeeded(probe, now);
        Assert.Equal(CircuitState.Closed, breaker.StateAt(now));
        Assert.True(breaker.Admits(now));
    }

    [Fact]
    public void Probes_that_fail_back_off_to_four_minutes_and_a_success_ends_that()
    {
        var breaker = Opened(out var now);
        var wait = 30d;
        foreach (var next in (double[])[60, 120, 240, 240, 240])
        {
            Assert.Equal(CircuitState.Open, breaker.StateAt(now + S(wait) - TimeSpan.FromTicks(1)));
            now += S(wait);
            Fail(breaker, now);
            wait = next;
        }
        now += S(240);
        Succeed(breaker, now);
        for (var i = 0; i < CircuitBreaker.FailuresInARow; i++)
            Fail(breaker, now);
        Assert.Equal(CircuitState.HalfOpen, breaker.StateAt(now + S(30)));
    }

    [Fact]
    public void What_began_before_it_opened_says_nothing_afterwards()
    {
        var breaker = new CircuitBreaker();
        var tickets = Enumerable.Range(0, 32).Select(_ => breaker.TryEnter(S(0))!.Value).ToArray();
        foreach (var ticket in tickets)
            breaker.Failed(ticket, S(1));
        Assert.Equal(CircuitState.HalfOpen, breaker.StateAt(S(31)));
        // Neither closes a late success the circuit, nor takes a late failure the probe's place.
        breaker.Succeeded(tickets[0], S(31));
        Assert.Equal(CircuitState.HalfOpen, breaker.StateAt(S(31)));
        var probe = breaker.TryEnter(S(31))!.Value;
        breaker.Failed(tickets[1], S(31));
        breaker.Left(tickets[2]);
        Assert.Null(breaker.TryEnter(S(31)));
        breaker.Succeeded(probe, S(32));
        Assert.Equal(CircuitState.Closed, breaker.StateAt(S(32)));
    }

    static CircuitBreaker Opened(out TimeSpan now)
    {
        var breaker = new CircuitBreaker();
        for (var i = 0; i < CircuitBreaker.FailuresInARow; i++)
            Fail(breaker, S(5));
        now = S(5);
        return breaker;
    }

    /// <summary>Everything that ever happened, and the rules read off it anew each time.</summary>
    sealed class Model
    {
        readonly List<(TimeSpan At, bool IsFailure)> sinceClosed = [];
        TimeSpan? openUntil;
        int failedProbes;

        internal CircuitState StateAt(TimeSpan now) => openUntil is not { } until ? CircuitState.Closed : now < until ? CircuitState.Open : CircuitState.HalfOpen;

        internal void Report(bool isFailure, TimeSpan now)
        {
            switch (StateAt(now), isFailure)
            {
                case (CircuitState.HalfOpen, false):
                    (openUntil, failedProbes) = (null, 0);
                    sinceClosed.Clear();
                    sinceClosed.Add((now, false));
                    break;
                case (CircuitState.HalfOpen, true):
                    openUntil = now + S(failedProbes++ switch { 0 => 60, 1 => 120, _ => 240 });
                    break;
                case (CircuitState.Closed, _):
                    sinceClosed.Add((now, isFailure));
                    failedProbes = isFailure ? failedProbes : 0;
                    var recent = sinceClosed.Where(o => now - o.At < S(10)).ToArray();
                    var isInARow = sinceClosed.Count >= 3 && sinceClosed.TakeLast(3).All(o => o.IsFailure);
                    if (isFailure && (isInARow || (recent.Length >= 4 && recent.Count(o => o.IsFailure) * 2 >= recent.Length)))
                    {
                        openUntil = now + S(30);
                        sinceClosed.Clear();
                    }
                    break;
            }
        }
    }

    [Fact]
    public void It_does_what_the_rules_say_over_any_history()
    {
        var step = from wait in Gen.Frequency((6, Gen.Choose(0, 30).Select(t => t / 10d)), (1, Gen.Elements(10d, 29.9, 30d, 60d, 119.9, 120d, 240d)))
                   from isFailure in Gen.Frequency((2, Gen.Constant(true)), (3, Gen.Constant(false)))
                   select (wait, isFailure);
        Prop.ForAll(step.ArrayOf().ToArbitrary(), steps =>
        {
            var (breaker, model, now) = (new CircuitBreaker(), new Model(), TimeSpan.Zero);
            foreach (var (wait, isFailure) in steps)
            {
                now += TimeSpan.FromMilliseconds(Math.Round(1_000 * wait));
                Assert.Equal(model.StateAt(now), breaker.StateAt(now));
                if (breaker.TryEnter(now) is { } ticket)
                {
                    model.Report(isFailure, now);
                    if (isFailure)
                        breaker.Failed(ticket, now);
                    else
                        breaker.Succeeded(ticket, now);
                }
                Assert.Equal(model.StateAt(now), breaker.StateAt(now));
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithEndSize(200));
    }
}
