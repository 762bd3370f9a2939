using Quorate.Server.Store;
using Quorate.Testing;

namespace Quorate.Server.Tests.Store;

/// <summary>Tests of what works on a store in files, by a clock that stands.</summary>
public abstract class StoredTests : IAsyncLifetime
{
    SqliteStoreHarness harness = null!;

    private protected ServerStore Store { get; private set; } = null!;

    private protected ManualTime Time { get; } = new();

    public async Task InitializeAsync()
    {
        harness = InFiles();
        Store = await harness.OpenAsync();
        await BeginAsync();
    }

    static SqliteStoreHarness InFiles() => new();

    public async Task DisposeAsync()
    {
        await Store.DisposeAsync();
        await harness.DisposeAsync();
    }

    private protected abstract Task BeginAsync();

    /// <summary>Brings all read models up to the journal.</summary>
    private protected async Task CatchUpAsync()
    {
        foreach (var projector in Store.Projectors)
            await projector.CatchUpAsync();
    }

    /// <summary>The events of a stream, by their types.</summary>
    private protected async Task<List<string>> EventsAsync(string stream)
    {
        var types = new List<string>();
        await foreach (var recorded in Store.Journal.ReadStreamAsync(stream))
            types.Add(recorded.Type);
        return types;
    }
}
