using System.Reflection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Quorate.Chains.Telemetry;
using Quorate.Journal.Telemetry;
using Quorate.Node.Telemetry;
using Quorate.Rpc.Health;
using Quorate.Rpc.Telemetry;
using Quorate.Server.Telemetry;

namespace Quorate.Cli.Telemetry;

/// <summary>
/// What a process that runs for long says of itself: log lines on the standard error, traces and metrics by OTLP, Prometheus'
/// text and health over HTTP. The libraries know nothing of it; it listens to their sources and meters by name.
/// </summary>
sealed class ProcessTelemetry : IAsyncDisposable
{
    static readonly string[] sources = [RpcTelemetry.Name, ServerTelemetry.Name, NodeTelemetry.Name, ChainTelemetry.Name];

    /// <summary>Ours, and the runtime's own.</summary>
    static readonly string[] meters = [.. sources, JournalTelemetry.Name, "System.Runtime"];

    readonly ILoggerFactory loggers;
    readonly TracerProvider? tracing;
    readonly MeterProvider? metering;
    MetricsServer? server;

    ProcessTelemetry(ILoggerFactory loggers, TracerProvider? tracing, MeterProvider? metering) =>
        (this.loggers, this.tracing, this.metering) = (loggers, tracing, metering);

    /// <summary>Hears what goes into the log.</summary>
    internal ILogger Logger { get; private init; } = null!;

    /// <summary>Where Prometheus' text and health are; null where nowhere.</summary>
    internal Uri? Address => server?.Address;

    /// <summary>What else the line says that announces a process.</summary>
    internal string Announcement => Address is null ? "" : $"  metrics {Address}";

    /// <summary>Says from now on whether the process can do its work; until then it is starting.</summary>
    internal void Ready(Func<CancellationToken, Task<IReadOnlyList<ReadinessCheck>>> check) => server?.Check = check;

    /// <summary>Begins.</summary>
    /// <param name="settings">What is wanted.</param>
    /// <param name="service">What kind of process this is: quorate-server, quorate-node, quorate-relay.</param>
    /// <param name="instance">Which of them.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="IOException">The address is taken.</exception>
    internal static async Task<ProcessTelemetry> StartAsync(TelemetrySettings settings, string service, string instance, CancellationToken cancellation)
    {
        var version = typeof(ProcessTelemetry).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        var resource = ResourceBuilder.CreateEmpty().AddTelemetrySdk().AddService(service, "quorate", version, false, instance).AddEnvironmentVariableDetector();
        var exports = settings.Otlp is not null || Environment.GetEnvironmentVariable("OTEL_EXPORTER_OTLP_ENDPOINT") is { Length: > 0 };
        var prometheus = settings.Metrics is null ? null : new PrometheusExporter();
        var loggers = LoggerFactory.Create(builder => builder.AddProvider(new LogLines(Console.Error, settings.Log, TimeProvider.System)));
        var telemetry = new ProcessTelemetry(
            loggers,
            exports ? Sdk.CreateTracerProviderBuilder().SetResourceBuilder(resource).AddSource(sources).AddOtlpExporter(o => Direct(o, settings.Otlp, "v1/traces")).Build() : null,
            exports || prometheus is not null ? Meters(resource, exports ? settings : null, prometheus) : null)
        {
            Logger = loggers.CreateLogger(service),
        };
        try
        {
            if (prometheus is not null)
                telemetry.server = await MetricsServer.StartAsync(settings.Metrics!, prometheus, cancellation);
            return telemetry;
        }
        catch
        {
            await telemetry.DisposeAsync();
            throw;
        }
    }

    static MeterProvider Meters(ResourceBuilder resource, TelemetrySettings? exported, PrometheusExporter? prometheus)
    {
        var builder = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(resource).AddMeter(meters);
        if (exported is not null)
            builder.AddOtlpExporter(o => Direct(o, exported.Otlp, "v1/metrics"));
        if (prometheus is not null)
            builder.AddReader(new BaseExportingMetricReader(prometheus));
        return builder.Build();
    }

    // Without an address of our own, the standard variables of the environment decide.
    static void Direct(OtlpExporterOptions options, Uri? to, string path)
    {
        if (to is null)
            return;
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new(to.ToString().TrimEnd('/') + "/" + path);
    }

    /// <summary>Sends what is left, and ends.</summary>
    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        tracing?.Dispose();
        metering?.Dispose();
        loggers.Dispose();
    }
}
