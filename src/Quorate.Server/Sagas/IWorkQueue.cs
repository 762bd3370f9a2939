namespace Quorate.Server.Sagas;

/// <summary>
/// Which transfers want to be looked at, and who looks. A claim saves work and protects nothing: what two servers do at
/// once is harmless. Adapters: a table beside the read models, and a simulated one in tests.
/// </summary>
interface IWorkQueue
{
    /// <summary>Claims what is due and nobody has, for so long.</summary>
    Task<IReadOnlyList<string>> ClaimAsync(string owner, DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellation);

    /// <summary>Gives a claim back, to be due again then; at once where the item was woken meanwhile.</summary>
    /// <param name="item">The item.</param>
    /// <param name="owner">Who has claimed it.</param>
    /// <param name="due">When it is due if nothing happens.</param>
    /// <param name="fullLane">The stream of a lane that wakes it where a place gets free; null for none.</param>
    /// <param name="cancellation">Gives up.</param>
    Task ReturnAsync(string item, string owner, DateTimeOffset due, string? fullLane, CancellationToken cancellation);

    /// <summary>Gives a claim back for good; an item that was woken meanwhile stays.</summary>
    Task CompleteAsync(string item, string owner, CancellationToken cancellation);
}
