using System.Collections.Immutable;
using Quorate.Journal;
using Quorate.Node.Vault;
using Quorate.Policies;

namespace Quorate.Node.Ceremonies;

/// <summary>How far a node has come that leads, or has led.</summary>
/// <param name="Order">The order.</param>
/// <param name="Progress">What it did last.</param>
/// <param name="Result">How it ended; null while it leads, or where this node itself failed.</param>
/// <param name="Problem">What went wrong at this node; null for nothing.</param>
/// <param name="IsRunning">Whether it leads now.</param>
sealed record Leading(CeremonyOrder Order, CeremonyProgress? Progress, CeremonyResult? Result, string? Problem, bool IsRunning);

/// <summary>
/// Where somebody hands a node an order to lead and asks how it goes. Leading goes on by itself, whoever asks; what it came
/// to is remembered for a while, what is recorded for ever. Thread-safe.
/// </summary>
sealed class CeremonyDesk(CeremonyHost host) : IAsyncDisposable
{
    /// <summary>Ceremonies that are led at a time.</summary>
    internal const int MaxRunning = 8;

    /// <summary>Results that are remembered, those that are being led included.</summary>
    internal const int MaxKept = 64;

    sealed class Lead(CeremonyOrder order) : IProgress<CeremonyProgress>
    {
        volatile Leading present = new(order, null, null, null, true);

        internal Leading Present => present;

        internal Task Ended { get; set; } = Task.CompletedTask;

        public void Report(CeremonyProgress value) => present = present with { Progress = value };

        internal void End(CeremonyResult? result, string? problem) => present = present with { Result = result, Problem = problem, IsRunning = false };
    }

    readonly CancellationTokenSource closing = new();
    readonly Lock access = new();
    readonly List<Lead> leads = [];

    /// <summary>
    /// Begins to lead and does not wait for it. The same order again is the same ceremony: while it is being led nothing
    /// happens; one that holds is told to everybody once more; otherwise it is led again.
    /// </summary>
    /// <returns>Null, or why not.</returns>
    internal async Task<CeremonyRefused?> LeadAsync(CeremonyOrder order, ImmutableArray<Approval> approvals, CancellationToken cancellation)
    {
        if (await host.AdmitAsync(order, approvals, cancellation).ConfigureAwait(false) is { } refused)
            return refused;
        lock (access)
        {
            if (closing.IsCancellationRequested)
                throw new OperationCanceledException("The node is closing.");
            if (Find(order.Hash) is { Present.IsRunning: true })
                return null;
            if (leads.Count(lead => lead.Present.IsRunning) >= MaxRunning)
                return new(CeremonyRefusal.TooMany, $"{MaxRunning} ceremonies are being led.");
            leads.RemoveAll(lead => lead.Present.Order.Hash == order.Hash);
            if (leads.Count >= MaxKept)
                leads.RemoveAt(leads.FindIndex(lead => !lead.Present.IsRunning));
            var lead = new Lead(order);
            leads.Add(lead);
            lead.Ended = Task.Run(() => RunAsync(lead, approvals), CancellationToken.None);
        }
        return null;
    }

    /// <summary>What this node leads or has led lately, by the order's hash; null for nothing.</summary>
    internal Leading? Of(Digest order)
    {
        lock (access)
            return Find(order)?.Present;
    }

    Lead? Find(Digest order) => leads.FirstOrDefault(lead => lead.Present.Order.Hash == order);

    async Task RunAsync(Lead lead, ImmutableArray<Approval> approvals)
    {
        try
        {
            lead.End(await host.LeadAsync(lead.Present.Order, approvals, lead, closing.Token).ConfigureAwait(false), null);
        }
        catch (OperationCanceledException)
        {
            lead.End(null, "The node has been stopped.");
        }
        catch (Exception problem) when (problem is JournalUnavailableException or VaultException or IOException or InvalidOperationException or FormatException or ArgumentException)
        {
            lead.End(null, problem.Message);
        }
    }

    /// <summary>Gives up leading, and waits for it. What has been attested stays so.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] ending;
        await closing.CancelAsync().ConfigureAwait(false);
        lock (access)
            ending = [.. leads.Select(lead => lead.Ended)];
        await Task.WhenAll(ending).ConfigureAwait(false);
        closing.Dispose();
    }
}
