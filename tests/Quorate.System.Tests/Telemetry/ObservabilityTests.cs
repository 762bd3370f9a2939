using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;
using Quorate.Cli.Telemetry;
using Quorate.Testing;

namespace Quorate.System.Tests.Telemetry;

/// <summary>What operators rely on: the table of metrics, the dashboard and the rules against the code and a real Prometheus.</summary>
[Collection(ObservedDeployment.OneServer)]
public sealed partial class ObservabilityTests(ObservedDeployment deployment) : IClassFixture<ObservedDeployment>
{
    /// <summary>A row of the table: name, type, labels, meaning.</summary>
    sealed record Row(string Name, string Type, string[] Labels, string Meaning);

    [Fact]
    public void The_table_has_every_instrument_with_its_type_and_meaning_and_no_other()
    {
        var declared = deployment.Instruments.Values.Select(i => $"{Named(i)} {TypeOf(i)}: {i.Description}").Order(StringComparer.Ordinal);
        Assert.Equal(string.Join('\n', declared), string.Join('\n', Table().Select(r => $"{r.Name} {r.Type}: {r.Meaning}").Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task What_is_scraped_has_the_labels_of_the_table_and_no_other()
    {
        var rows = Table().ToDictionary(r => r.Name);
        var text = await WaitAsync(async () => await (await deployment.GetAsync("/metrics")).Content.ReadAsStringAsync(),
            t => t.Contains("quorate_projection_lag_events{", StringComparison.Ordinal) && t.Contains("quorate_relay_question_duration_seconds_count{", StringComparison.Ordinal));
        foreach (Match sample in Sample().Matches(text))
        {
            var row = rows[Family(sample.Groups[1].Value)];
            Assert.All(LabelName().Matches(sample.Groups[2].Value).Select(m => m.Groups[1].Value).Where(l => l != "le"), label => Assert.Contains(label, row.Labels));
        }
    }

    [Fact]
    public async Task A_real_Prometheus_scrapes_and_every_metric_of_dashboard_and_rules_is_there_or_declared()
    {
        await using var prometheus = await Prometheus.StartAsync(deployment.Folder, deployment.Metrics);
        await prometheus.QueryAsync("up{job=\"quorate-server\"} == 1", found => found.GetArrayLength() == 1);
        await prometheus.QueryAsync("quorate_relay_node_connected{node=\"node-1\"} == 1", found => found.GetArrayLength() == 1);
        await prometheus.QueryAsync("histogram_quantile(0.95, sum by (le) (quorate_journal_append_duration_seconds_bucket))", found => found.GetArrayLength() == 1);
        var scraped = await prometheus.NamesAsync();
        Assert.Contains("dotnet_process_memory_working_set_bytes", scraped);
        Assert.Contains("quorate_node_relay_connected", scraped);

        var known = scraped.Select(Family).Concat(Table().Select(r => r.Name)).ToHashSet(StringComparer.Ordinal);
        foreach (var file in (string[])["dashboard.json", "alerts.yml", "alerts.test.yml"])
        {
            var named = MetricName().Matches(await File.ReadAllTextAsync(Repository.PathOf($"deploy/observability/{file}"))).Select(m => Family(m.Value)).Distinct().ToArray();
            Assert.NotEmpty(named);
            Assert.All(named, name => Assert.Contains(name, known));
        }
        // And the dashboard shows all that there is.
        var dashboard = await File.ReadAllTextAsync(Repository.PathOf("deploy/observability/dashboard.json"));
        Assert.All(Table(), row => Assert.Contains(row.Name, dashboard, StringComparison.Ordinal));
        await prometheus.AsksForEveryPanelAsync(dashboard);
    }

    [Fact]
    public async Task A_server_is_alive_and_ready_and_says_why_where_it_is_not()
    {
        using var alive = await deployment.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.OK, alive.StatusCode);

        var checks = await WaitAsync(() => deployment.Server.CheckAsync(default), c => c.All(x => x.IsReady));
        Assert.Equal(["journal", "relay", "projections", "nodes"], checks.Select(c => c.Name));
        using var ready = await deployment.GetAsync("/readyz");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.True(JsonDocument.Parse(await ready.Content.ReadAsStringAsync()).RootElement.GetProperty("ready").GetBoolean());
        Assert.Contains("1 of 3 answer, 1 are needed", checks[3].Reason, StringComparison.Ordinal);

        var node = await WaitAsync(() => deployment.Node.CheckAsync(default), c => c.All(x => x.IsReady));
        Assert.Equal(["vault", "journal", "deployment", "relay"], node.Select(c => c.Name));
        using var other = await deployment.GetAsync("/");
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
    }

    [Fact]
    public async Task A_process_that_is_not_ready_answers_503_with_the_reason()
    {
        await using var telemetry = await ProcessTelemetry.StartAsync(new(null, new(IPAddress.Loopback, 0), LogFormat.Text), "quorate-node", "test", default);
        using var http = new HttpClient { BaseAddress = telemetry.Address };
        using var starting = await http.GetAsync(new Uri("/readyz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, starting.StatusCode);
        telemetry.Ready(_ => Task.FromResult<IReadOnlyList<Quorate.Rpc.Health.ReadinessCheck>>([new("relay", false, "not connected"), new("vault", true, "open")]));
        using var answer = await http.GetAsync(new Uri("/readyz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("""{"ready":false,"checks":[{"name":"relay","ready":false,"reason":"not connected"},{"name":"vault","ready":true,"reason":"open"}]}""",
            await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("9464", "127.0.0.1:9464")]
    [InlineData("0.0.0.0:9464", "0.0.0.0:9464")]
    [InlineData("[::1]:9464", "[::1]:9464")]
    public void Metrics_are_on_the_loopback_interface_unless_somebody_says_otherwise(string given, string expected) =>
        Assert.Equal(expected, new TelemetryConfiguration(null, given, null).ToSettings().Metrics!.ToString());

    [Theory]
    [InlineData("ftp://x", null, null)]
    [InlineData("x", null, null)]
    [InlineData(null, "somewhere", null)]
    [InlineData(null, "127.0.0.1", null)]
    [InlineData(null, null, "xml")]
    public void What_is_no_configuration_is_refused(string? otlp, string? metrics, string? log) =>
        Assert.Throws<Quorate.Cli.CliException>(() => new TelemetryConfiguration(otlp, metrics, log).ToSettings());

    static string TypeOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Histogram" => "histogram",
        "Counter" => "counter",
        _ => "gauge",
    };

    static string Named(Instrument instrument) => PrometheusText.NameOf(instrument.Name, instrument.Unit, TypeOf(instrument));

    static Row[] Table() =>
    [
        .. File.ReadLines(Repository.PathOf("docs/observability.md")).Where(l => l.StartsWith("| `quorate_", StringComparison.Ordinal) || l.StartsWith("| `rpc_", StringComparison.Ordinal))
            .Select(l => l.Trim('|').Split('|', StringSplitOptions.TrimEntries))
            .Select(c => new Row(c[0].Trim('`'), c[1], [.. c[2].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)], c[3])),
    ];

    static string Family(string name) => HistogramPart().Replace(name, "");

    static async Task<T> WaitAsync<T>(Func<Task<T>> ask, Func<T, bool> isSo)
    {
        for (var clock = Stopwatch.StartNew(); ;)
        {
            var answer = await ask();
            if (isSo(answer))
                return answer;
            Assert.True(clock.Elapsed < TimeSpan.FromMinutes(1), $"{answer}");
            await Task.Delay(200);
        }
    }

    [GeneratedRegex(@"^((?:quorate|rpc)_\w+)\{([^}]*)\}", RegexOptions.Multiline)]
    private static partial Regex Sample();

    [GeneratedRegex("""(\w+)="(?:[^"\\]|\\.)*"(?:,|$)""")]
    private static partial Regex LabelName();

    [GeneratedRegex(@"\b(?:quorate|rpc|dotnet)_[a-z0-9_]+\b(?<!rpc_method|rpc_grpc_status_code|rpc_service|rpc_system)")]
    private static partial Regex MetricName();

    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex HistogramPart();

    /// <summary>Debian's Prometheus, on a free port, with the repository's rules.</summary>
    sealed class Prometheus : IAsyncDisposable
    {
        readonly Process process;
        readonly HttpClient http;

        Prometheus(Process process, int port) => (this.process, http) = (process, new() { BaseAddress = new($"http://127.0.0.1:{port}") });

        internal static async Task<Prometheus> StartAsync(string folder, Uri target)
        {
            var configuration = (await File.ReadAllTextAsync(Repository.PathOf("deploy/observability/prometheus.yml")))
                .Replace("127.0.0.1:9464", target.Authority, StringComparison.Ordinal).Replace("15s", "1s", StringComparison.Ordinal);
            await File.WriteAllTextAsync(Path.Combine(folder, "prometheus.yml"), configuration);
            File.Copy(Repository.PathOf("deploy/observability/alerts.yml"), Path.Combine(folder, "alerts.yml"), overwrite: true);
            using var free = new TcpListener(IPAddress.Loopback, 0);
            free.Start();
            var port = ((IPEndPoint)free.LocalEndpoint).Port;
            free.Stop();
            var process = Process.Start(new ProcessStartInfo("prometheus",
                ["--config.file=prometheus.yml", $"--storage.tsdb.path={Path.Combine(folder, "tsdb")}", $"--web.listen-address=127.0.0.1:{port}", "--log.level=error"])
            {
                WorkingDirectory = folder,
            })!;
            return new(process, port);
        }

        internal Task<JsonElement> QueryAsync(string query, Func<JsonElement, bool> isSo) => WaitAsync(() => AskAsync($"/api/v1/query?query={Uri.EscapeDataString(query)}", "result"), isSo);

        internal async Task<string[]> NamesAsync() => [.. (await AskAsync("/api/v1/label/__name__/values", null)).EnumerateArray().Select(n => n.GetString()!)];

        /// <summary>Every expression of the dashboard is one that Prometheus takes.</summary>
        internal async Task AsksForEveryPanelAsync(string dashboard)
        {
            using var read = JsonDocument.Parse(dashboard);
            var expressions = read.RootElement.GetProperty("panels").EnumerateArray().Where(p => p.TryGetProperty("targets", out _))
                .SelectMany(p => p.GetProperty("targets").EnumerateArray()).Select(t => t.GetProperty("expr").GetString()!.Replace("$__rate_interval", "1m", StringComparison.Ordinal)).ToArray();
            Assert.True(expressions.Length > 30);
            foreach (var expression in expressions)
                Assert.Equal(JsonValueKind.Array, (await AskAsync($"/api/v1/query?query={Uri.EscapeDataString(expression)}", "result")).ValueKind);
        }

        async Task<JsonElement> AskAsync(string path, string? member)
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(path, UriKind.Relative));
                var body = await answer.Content.ReadAsStringAsync();
                Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.ServiceUnavailable, $"{path}: {body}");
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    var data = JsonDocument.Parse(body).RootElement.GetProperty("data");
                    return member is null ? data : data.GetProperty(member);
                }
            }
            catch (HttpRequestException)
            {
                // It still starts.
            }
            return JsonDocument.Parse("[]").RootElement;
        }

        public async ValueTask DisposeAsync()
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            http.Dispose();
        }
    }
}
