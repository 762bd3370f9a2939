namespace Quorate.Testing;

/// <summary>Time that stands still until a test moves it. Timers fire in order while it moves.</summary>
public sealed class ManualTime : TimeProvider
{
    readonly Lock access = new();
    readonly List<Timer> timers = [];
    long ticks = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero).UtcTicks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Interlocked.Read(ref ticks);

    public override DateTimeOffset GetUtcNow() => new(GetTimestamp(), TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Timers that wait to fire.</summary>
    public int Pending
    {
        get
        {
            lock (access)
                return timers.Count;
        }
    }

    /// <summary>Moves the time, and fires what is due by then.</summary>
    public void Advance(TimeSpan by)
    {
        var target = GetTimestamp() + by.Ticks;
        while (true)
        {
            Timer? next;
            lock (access)
            {
                next = timers.Where(t => t.Due <= target).MinBy(t => t.Due);
                Interlocked.Exchange(ref ticks, next is null ? target : Math.Max(GetTimestamp(), next.Due));
                if (next is null)
                    return;
                next.Rearm();
            }
            next.Fire();
        }
    }

    sealed class Timer(ManualTime time, TimerCallback callback, object? state) : ITimer
    {
        TimeSpan period;

        internal long Due { get; private set; }

        internal void Fire() => callback(state);

        internal void Rearm()
        {
            if (period > TimeSpan.Zero)
                Due += period.Ticks;
            else
                time.timers.Remove(this);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time.access)
            {
                time.timers.Remove(this);
                this.period = period;
                if (dueTime == Timeout.InfiniteTimeSpan)
                    return true;
                Due = time.GetTimestamp() + dueTime.Ticks;
                time.timers.Add(this);
                return true;
            }
        }

        public void Dispose()
        {
            lock (time.access)
                time.timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
