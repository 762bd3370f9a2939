using Quorate.Journal.Tests.Crash;

namespace Quorate.Journal.Tests;

/// <summary>The process that the crash tests start and kill: <c>append KIND PLACE SEED</c>.</summary>
static class Program
{
    static async Task<int> Main(string[] args)
    {
        if (args is not ["append", var kind, var place, var seed])
            return 64;
        await using var store = await CrashJournal.OpenAsync(kind, place, null);
        await CrashWriter.RunAsync(store, ulong.Parse(seed, System.Globalization.CultureInfo.InvariantCulture), Console.OpenStandardOutput());
        return 0;
    }
}
