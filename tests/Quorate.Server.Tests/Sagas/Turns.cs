using Quorate.Chains;

namespace Quorate.Server.Tests.Sagas;

/// <summary>
/// Who goes on next, by a seed. Everything that a server waits for is a turn here, so that two servers interleave in every
/// order, and one that is killed never comes back from what it waited for. One thread; continuations run where they are woken.
/// </summary>
sealed class Turns(int seed, double killRate)
{
    readonly List<(Life Life, TaskCompletionSource Turn)> waiting = [];

    /// <summary>One run of a server, from its start until it is killed.</summary>
    internal sealed class Life
    {
        internal bool IsOver { get; set; }
    }

    internal Random Random { get; } = new(seed);

    internal int Kills { get; private set; }

    internal bool IsQuiet { get; set; }

    /// <summary>Waits for a turn. Whoever is killed waits for ever.</summary>
    internal Task WaitAsync(Life life)
    {
        var turn = new TaskCompletionSource();
        if (!life.IsOver)
            waiting.Add((life, turn));
        return turn.Task;
    }

    /// <summary>A turn at a node that answers, mostly, unless it is away.</summary>
    internal async Task TroubledAsync(Life life, Func<bool> isAway)
    {
        await WaitAsync(life);
        if (isAway() || (!IsQuiet && Random.Next(50) == 0))
            throw new ChainException(ChainError.Unavailable, "away");
    }

    /// <summary>Gives turns until nobody wants one.</summary>
    internal void Run(Action<Life> onKilled)
    {
        while (waiting.Count > 0)
        {
            var next = Random.Next(waiting.Count);
            var (life, turn) = waiting[next];
            waiting.RemoveAt(next);
            if (!IsQuiet && Random.NextDouble() < killRate)
            {
                Kills++;
                life.IsOver = true;
                waiting.RemoveAll(w => w.Life == life);
                onKilled(life);
                continue;
            }
            turn.SetResult();
        }
    }
}
