using System.Diagnostics.Metrics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using Quorate.Cli.Telemetry;

namespace Quorate.System.Tests.Telemetry;

/// <summary>The exposition, line by line: https://prometheus.io/docs/instrumenting/exposition_formats, text format 0.0.4.</summary>
public sealed class PrometheusTextTests : IDisposable
{
    static int number;

    readonly string name = $"Quorate.Test.{Interlocked.Increment(ref number)}";
    readonly Meter meter;
    readonly PrometheusExporter exporter = new();
    readonly MeterProvider provider;

    public PrometheusTextTests()
    {
        meter = new(name);
        provider = Sdk.CreateMeterProviderBuilder().AddMeter(name).AddReader(new BaseExportingMetricReader(exporter)).Build();
    }

    public void Dispose()
    {
        provider.Dispose();
        meter.Dispose();
        exporter.Dispose();
    }

    [Fact]
    public void A_counter_ends_in_total_and_its_labels_and_help_are_escaped()
    {
        meter.CreateCounter<long>("some.things", "{thing}", "Things,\nof a \\ kind.").Add(3, new("what is", "a \"b\" \\ c\nd"), new("a", 1));

        Assert.Equal(
            "# HELP some_things_total Things,\\nof a \\\\ kind.\n# TYPE some_things_total counter\nsome_things_total{a=\"1\",what_is=\"a \\\"b\\\" \\\\ c\\nd\"} 3\n",
            exporter.Scrape());
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_up_to_infinity_a_sum_and_a_count()
    {
        var took = meter.CreateHistogram("took", "s", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.5, 1] });
        foreach (var value in (double[])[0.25, 0.5, 0.75, 4])
            took.Record(value);

        Assert.Equal(
            """
            # TYPE took_seconds histogram
            took_seconds_bucket{le="0.5"} 2
            took_seconds_bucket{le="1"} 3
            took_seconds_bucket{le="+Inf"} 4
            took_seconds_sum 5.5
            took_seconds_count 4

            """, exporter.Scrape());
        took.Record(0.1);
        Assert.Contains("took_seconds_count 5\n", exporter.Scrape(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_goes_up_and_down_is_a_gauge_and_numbers_have_no_culture()
    {
        meter.CreateUpDownCounter<int>("level").Add(-2);
        meter.CreateObservableGauge("share", () => 0.125, "1");
        meter.CreateObservableGauge("odd", () => double.NaN);
        meter.CreateObservableGauge("much", () => double.PositiveInfinity, "By");

        Assert.Equal(
            """
            # TYPE level gauge
            level -2
            # TYPE much_bytes gauge
            much_bytes +Inf
            # TYPE odd gauge
            odd NaN
            # TYPE share_ratio gauge
            share_ratio 0.125

            """, exporter.Scrape());
    }

    [Fact]
    public void Two_meters_of_one_name_make_one_family()
    {
        using var other = new Meter(name);
        meter.CreateObservableGauge("depth", () => new Measurement<int>(1, new KeyValuePair<string, object?>("of", "a")));
        other.CreateObservableGauge("depth", () => new Measurement<int>(2, new KeyValuePair<string, object?>("of", "b")));

        var lines = exporter.Scrape()!.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Single(lines, "# TYPE depth gauge");
        Assert.Contains("depth{of=\"a\"} 1", lines);
        Assert.Contains("depth{of=\"b\"} 2", lines);
    }

    [Theory]
    [InlineData("a.b", "s", "histogram", "a_b_seconds")]
    [InlineData("a.b.seconds", "s", "histogram", "a_b_seconds")]
    [InlineData("a..b-c", "{thing}", "gauge", "a_b_c")]
    [InlineData("1a", null, "gauge", "_1a")]
    [InlineData("a.total", "", "counter", "a_total")]
    [InlineData("a", "1", "counter", "a_total")]
    public void A_name_is_made_legal_and_gets_its_unit(string given, string? unit, string type, string expected) =>
        Assert.Equal(expected, PrometheusText.NameOf(given, unit, type));
}
