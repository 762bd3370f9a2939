using System.Globalization;
using System.Text;
using Quorate.Testing;

namespace Quorate.Journal.Tests.Crash;

/// <summary>
/// Appends until it is killed: several streams at once, with expected versions, small and large events. Whatever has been
/// acknowledged is told on standard output, after the acknowledgement: <c>stream version position hash</c>.
/// </summary>
static class CrashWriter
{
    internal const int Streams = 6;

    internal static async Task RunAsync(EventStore store, ulong seed, Stream output)
    {
        using var gate = new SemaphoreSlim(1);
        await Task.WhenAll(Enumerable.Range(0, Streams).Select(stream => Task.Run(() => AppendAsync(store, stream, seed, output, gate))));
    }

    /// <summary>The payload of an event: what it has to be is known from its place.</summary>
    internal static byte[] Payload(string stream, long version)
    {
        // Most are small; some span several pages of the database.
        var text = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{stream}@{version};"));
        var length = version % 17 == 0 ? 20_000 : version % 5 == 0 ? 3_000 : 40;
        return [.. Enumerable.Range(0, length).Select(i => text[i % text.Length])];
    }

    static async Task AppendAsync(EventStore store, int number, ulong seed, Stream output, SemaphoreSlim gate)
    {
        var stream = string.Create(CultureInfo.InvariantCulture, $"s{number}");
        using var random = new SeededRandom(seed, stream);
        var version = 0L;
        await foreach (var recorded in store.ReadStreamAsync(stream))
            version = recorded.Version;
        while (true)
        {
            var events = Enumerable.Range(1, 1 + random.Below(4))
                .Select(i => new NewEvent("crash.test", 1, Payload(stream, version + i))).ToArray();
            var result = await store.AppendAsync(stream, version, events);
            version = result.Version;
            var line = string.Create(CultureInfo.InvariantCulture, $"{stream} {version} {result.Head.Position} {result.Head.Hash}\n");
            await gate.WaitAsync();
            await output.WriteAsync(Encoding.ASCII.GetBytes(line));
            await output.FlushAsync();
            gate.Release();
        }
    }
}
