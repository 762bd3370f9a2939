using System.Data.Common;

namespace Quorate.Journal.Projections;

/// <summary>A read model that is made from the journal's events, in a database of its own or the journal's.</summary>
public interface IProjection
{
    /// <summary>Names its checkpoint; for ever.</summary>
    string Name { get; }

    /// <summary>Raised when its tables or rules change: it is then rebuilt from the first event.</summary>
    int Version { get; }

    /// <summary>Makes its tables anew, empty.</summary>
    Task ResetAsync(DbTransaction transaction, CancellationToken cancellation);

    /// <summary>
    /// Statements that make indexes where they are not there, of tables that are cheaper to fill without them: run when all events
    /// there are have been applied, each in a transaction of its own. Until then what is read is right, and slow.
    /// </summary>
    IReadOnlyList<string> Indexes => [];

    /// <summary>
    /// Takes events in order of position, within the transaction that moves the checkpoint: each event counts exactly once,
    /// whatever crashes. The journal's own bookkeeping is not among them.
    /// </summary>
    Task ApplyAsync(DbTransaction transaction, IReadOnlyList<RecordedEvent> events, CancellationToken cancellation);
}
