using System.Net;

namespace Quorate.Cli.Telemetry;

/// <summary>What an operator says about observing a process: "telemetry" in server.json and node.json.</summary>
/// <param name="Otlp">Where traces and metrics go, OTLP over HTTP; without it where OTEL_EXPORTER_OTLP_ENDPOINT says, and nowhere without both.</param>
/// <param name="Metrics">Where Prometheus' text and health are served: address and port, or a port of the loopback interface; nowhere where it is absent.</param>
/// <param name="Log">How log lines are written: text, which is the default, or json.</param>
sealed record TelemetryConfiguration(string? Otlp, string? Metrics, string? Log)
{
    /// <summary>What stands there, read.</summary>
    /// <exception cref="CliException">Something of it is none.</exception>
    internal TelemetrySettings ToSettings() => new(
        Otlp is null ? null : Uri.TryCreate(Otlp, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" ? url : throw new CliException($"telemetry.otlp: {Otlp} is no http or https address."),
        Metrics is null ? null : ushort.TryParse(Metrics, System.Globalization.CultureInfo.InvariantCulture, out var port) ? new(IPAddress.Loopback, port)
            : IPEndPoint.TryParse(Metrics, out var end) && Metrics.Contains(':', StringComparison.Ordinal) ? end : throw new CliException($"telemetry.metrics: {Metrics} is no address and port."),
        Log switch
        {
            null or "text" => LogFormat.Text,
            "json" => LogFormat.Json,
            _ => throw new CliException($"telemetry.log: {Log} is neither text nor json."),
        });
}

/// <summary>The configuration, read.</summary>
/// <param name="Otlp">OTLP over HTTP; the environment's word where null.</param>
/// <param name="Metrics">Where to listen; nowhere where null.</param>
/// <param name="Log">How log lines are written.</param>
sealed record TelemetrySettings(Uri? Otlp, IPEndPoint? Metrics, LogFormat Log)
{
    /// <summary>Where nothing is configured: log lines as text, and what the environment says.</summary>
    internal static TelemetrySettings Default { get; } = new(null, null, LogFormat.Text);
}
