using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Quorate.Cli.Telemetry;

/// <summary>Collects the metrics of the process when it is asked to, as Prometheus' text. Two askers wait for each other.</summary>
[ExportModes(ExportModes.Pull)]
sealed class PrometheusExporter : BaseExporter<Metric>, IPullMetricExporter
{
    /// <summary>How long collecting may take, in milliseconds.</summary>
    const int Patience = 5_000;

    readonly Lock access = new();
    string text = "";

    /// <summary>Set by the reader that this is given to.</summary>
    public Func<int, bool>? Collect { get; set; }

    /// <summary>The metrics as they are now; null where they could not be collected.</summary>
    internal string? Scrape()
    {
        lock (access)
            return Collect?.Invoke(Patience) == true ? text : null;
    }

    /// <inheritdoc/>
    public override ExportResult Export(in Batch<Metric> batch)
    {
        var page = new PrometheusText();
        foreach (var metric in batch)
            page.Add(metric);
        text = page.ToString();
        return ExportResult.Success;
    }
}
