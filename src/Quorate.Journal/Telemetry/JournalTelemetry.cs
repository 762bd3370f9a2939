using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Quorate.Journal.Telemetry;

/// <summary>What can be measured of a journal: a meter named <see cref="Name"/>. Costs nothing while nobody listens.</summary>
public static class JournalTelemetry
{
    /// <summary>The name of the meter.</summary>
    public const string Name = "Quorate.Journal";

    static readonly Meter meter = new(Name);

    static readonly Histogram<double> append = meter.CreateHistogram(
        "quorate.journal.append.duration", "s", "From an append to its acknowledgement: waiting, commit and flush.", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10] });

    internal static Task<T> Appending<T>(Task<T> appending) => append.Enabled ? MeasureAsync(appending, Stopwatch.GetTimestamp()) : appending;

    static async Task<T> MeasureAsync<T>(Task<T> appending, long began)
    {
        var outcome = "failed";
        try
        {
            var result = await appending.ConfigureAwait(false);
            outcome = "done";
            return result;
        }
        catch (VersionConflictException)
        {
            outcome = "conflict";
            throw;
        }
        finally
        {
            append.Record(Stopwatch.GetElapsedTime(began).TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));
        }
    }
}
