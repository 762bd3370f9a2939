using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Quorate.Chains;
using Quorate.Chains.Ethereum;
using Quorate.Server.Ids;
using Quorate.Server.Sagas;
using Quorate.Server.Tests.Relay;
using Quorate.Server.Tests.Transfers;
using Quorate.Server.Transfers;

namespace Quorate.Server.Tests.Sagas;

public sealed class SagaLoopTests
{
    static readonly SagaOptions options = new()
    {
        FirstRetry = TimeSpan.FromMilliseconds(10), LastRetry = TimeSpan.FromMilliseconds(40), PollEvery = TimeSpan.FromMilliseconds(10),
        TidyEvery = TimeSpan.FromMilliseconds(50), StopWithin = TimeSpan.FromMilliseconds(200), MaxClaimed = 4,
    };

    readonly Queue queue = new();
    readonly ConcurrentQueue<string?> reports = [];
    readonly SagaLoop loop;

    public SagaLoopTests()
    {
        // No transfer that is in the queue exists, and so each is done at once.
        var office = new TransferOffice(
            new(new SimDatabase(new(1, 0), new()).Direct), new Dictionary<ChainId, ITransferDesk>(), new SagaScene(new EthereumFormat(31337)), options, TimeProvider.System);
        loop = new(
            new(office, new(new SingleKeyLine(new(new EthereumFormat(31337)), TimeProvider.System), [RelayFleet.Id(1)], TimeProvider.System)),
            new(office, (_, _) => Task.FromResult<Deciding.Refusal?>(null)), queue, "one", options, TimeProvider.System, (item, _) => reports.Enqueue(item));
    }

    [Fact]
    public async Task A_queue_that_is_busy_or_away_ends_nothing_and_all_work_is_done()
    {
        using var stop = new CancellationTokenSource();
        queue.Fail = n => n % 3 == 0;
        foreach (var i in Enumerable.Range(0, 40))
            queue.Items.Enqueue(TransferSamples.Id(ResourceKind.Transfer, i).ToString());
        // What is no transfer's id is reported and given back, and the others go on.
        queue.Items.Enqueue("nonsense");
        var running = loop.RunAsync(stop.Token);
        await queue.UntilAsync(q => q.Done >= 40 / 2 && q.Items.IsEmpty && reports.Contains("nonsense") && reports.Contains(null));
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Fact]
    public async Task A_loop_that_is_stopped_gives_back_what_it_has_and_returns()
    {
        using var stop = new CancellationTokenSource();
        var running = loop.RunAsync(stop.Token);
        loop.Wake();
        queue.Items.Enqueue(TransferSamples.Id(ResourceKind.Transfer).ToString());
        await queue.UntilAsync(q => q.Done == 1);
        await stop.CancelAsync();
        await running.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(queue.Claimed, queue.Done);
        queue.Items.Enqueue(TransferSamples.Id(ResourceKind.Transfer, 2).ToString());
        Assert.Single(queue.Items);
    }

    [Fact]
    public async Task The_book_takes_no_request_whose_external_id_it_does_not_guard() =>
        await Assert.ThrowsAsync<ArgumentException>(() => new TransferBook(new SimDatabase(new(1, 0), new()).Direct).DecideAsync(
            TransferSamples.Id(ResourceKind.Transfer), new TransferCommand.Request(TransferSamples.Noon, TransferSamples.Payment()), default));

    /// <summary>A queue that fails as told.</summary>
    sealed class Queue : IWorkQueue
    {
        int calls, done, claimed;

        internal ConcurrentQueue<string> Items { get; } = [];

        internal Func<int, bool> Fail { get; set; } = _ => false;

        internal int Done => Volatile.Read(ref done);

        internal int Claimed => Volatile.Read(ref claimed);

        public Task<IReadOnlyList<string>> ClaimAsync(string owner, DateTimeOffset now, TimeSpan lease, int limit, CancellationToken cancellation)
        {
            Trouble();
            var items = new List<string>();
            while (items.Count < limit && Items.TryDequeue(out var item))
                items.Add(item);
            Interlocked.Add(ref claimed, items.Count);
            return Task.FromResult<IReadOnlyList<string>>(items);
        }

        public Task ReturnAsync(string item, string owner, DateTimeOffset due, string? fullLane, CancellationToken cancellation) => DoneAsync();

        public Task CompleteAsync(string item, string owner, CancellationToken cancellation) => DoneAsync();

        internal async Task UntilAsync(Func<Queue, bool> isThere)
        {
            for (var end = Environment.TickCount64 + 20_000; !isThere(this); await Task.Delay(5))
                Assert.True(Environment.TickCount64 < end, $"{Done} of {Claimed} are done.");
        }

        Task DoneAsync()
        {
            Trouble();
            Interlocked.Increment(ref done);
            return Task.CompletedTask;
        }

        void Trouble()
        {
            if (Fail(Interlocked.Increment(ref calls)))
                throw new SqliteException("database is locked", 5);
        }
    }
}
