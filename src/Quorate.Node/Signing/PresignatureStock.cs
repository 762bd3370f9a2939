using Quorate.Policies;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Signing;

/// <summary>What a presignature is for, and whose it is to use.</summary>
/// <param name="Wallet">The wallet.</param>
/// <param name="Epoch">Of its key.</param>
/// <param name="Quorum">Who signs.</param>
/// <param name="Lead">Who proposed it, and alone may name it in an offer.</param>
readonly record struct StockKey(string Wallet, uint Epoch, PartySet Quorum, NodeId Lead);

/// <summary>
/// This node's parts of signatures prepared ahead. In memory only: a crash loses them, no backup has them. Each leaves once,
/// to a session that uses it or to be wiped. Thread-safe.
/// </summary>
sealed class PresignatureStock(PresigningLimits limits, TimeProvider time) : IDisposable
{
    readonly Lock access = new();
    readonly Dictionary<StockKey, Queue<(Dkls23Presignature Presignature, long Made)>> shelves = [];
    bool isClosed;

    /// <summary>How many there are for a purpose.</summary>
    internal int Count(StockKey key)
    {
        lock (access)
            return shelves.TryGetValue(key, out var shelf) ? shelf.Count : 0;
    }

    /// <summary>Their ids.</summary>
    internal IReadOnlyList<Digest> Ids(StockKey key)
    {
        lock (access)
            return shelves.TryGetValue(key, out var shelf) ? [.. shelf.Select(entry => new Digest(entry.Presignature.Id))] : [];
    }

    /// <summary>How many there are that a node has proposed.</summary>
    internal int CountOf(NodeId lead)
    {
        lock (access)
            return shelves.Where(pair => pair.Key.Lead.Equals(lead)).Sum(pair => pair.Value.Count);
    }

    /// <summary>Takes a presignature over; wipes it where there is no place.</summary>
    internal void Add(StockKey key, Dkls23Presignature presignature)
    {
        lock (access)
        {
            if (!isClosed && CountOf(key.Lead) < limits.MaxOfOneLead)
            {
                if (!shelves.TryGetValue(key, out var shelf))
                    shelves.Add(key, shelf = new());
                shelf.Enqueue((presignature, time.GetTimestamp()));
                return;
            }
        }
        presignature.Dispose();
    }

    /// <summary>The oldest that are young enough, all or none; they are the caller's to use or to wipe.</summary>
    internal IReadOnlyList<Dkls23Presignature> Take(StockKey key, int count)
    {
        lock (access)
        {
            WipeOld(key);
            return shelves.TryGetValue(key, out var shelf) && shelf.Count >= count
                ? [.. Enumerable.Range(0, count).Select(_ => shelf.Dequeue().Presignature)]
                : [];
        }
    }

    /// <summary>Exactly these, all or none, in this order.</summary>
    internal IReadOnlyList<Dkls23Presignature> Take(StockKey key, IReadOnlyCollection<Digest> ids)
    {
        lock (access)
        {
            WipeOld(key);
            if (!shelves.TryGetValue(key, out var shelf))
                return [];
            var byId = shelf.ToDictionary(entry => new Digest(entry.Presignature.Id), entry => entry.Presignature);
            if (!ids.All(byId.ContainsKey))
                return [];
            shelves[key] = new(shelf.Where(entry => !ids.Contains(new Digest(entry.Presignature.Id))));
            return [.. ids.Select(id => byId[id])];
        }
    }

    /// <summary>Wipes whatever is not to be kept: of a frozen wallet, of another epoch, of a quorum with somebody banned in it.</summary>
    internal void Keep(Func<StockKey, bool> isWanted)
    {
        lock (access)
            foreach (var key in shelves.Keys.ToArray())
            {
                WipeOld(key);
                if (!isWanted(key) || shelves[key].Count == 0)
                    Wipe(key);
            }
    }

    void WipeOld(StockKey key)
    {
        while (shelves.TryGetValue(key, out var shelf) && shelf.TryPeek(out var oldest) && time.GetElapsedTime(oldest.Made) > limits.MaxAge)
            shelf.Dequeue().Presignature.Dispose();
    }

    void Wipe(StockKey key)
    {
        if (shelves.Remove(key, out var shelf))
            foreach (var (presignature, _) in shelf)
                presignature.Dispose();
    }

    /// <summary>Wipes all of them.</summary>
    public void Dispose()
    {
        lock (access)
        {
            isClosed = true;
            foreach (var key in shelves.Keys.ToArray())
                Wipe(key);
        }
    }
}
