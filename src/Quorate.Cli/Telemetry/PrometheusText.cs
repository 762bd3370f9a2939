using System.Globalization;
using System.Text;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace Quorate.Cli.Telemetry;

/// <summary>
/// Prometheus' text format 0.0.4, with the names that OpenTelemetry's specification of compatibility gives: dots become
/// underscores, the unit and, of counters, _total are appended. Instruments of one name, from several meters, are one family.
/// </summary>
sealed class PrometheusText
{
    /// <summary>What the page is, for Content-Type.</summary>
    internal const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    readonly Dictionary<string, (string Type, StringBuilder Lines)> families = new(StringComparer.Ordinal);

    /// <summary>Adds what a metric has.</summary>
    internal void Add(Metric metric)
    {
        var type = metric.MetricType switch
        {
            MetricType.LongSum or MetricType.DoubleSum => "counter",
            MetricType.LongGauge or MetricType.DoubleGauge or MetricType.LongSumNonMonotonic or MetricType.DoubleSumNonMonotonic => "gauge",
            MetricType.Histogram => "histogram",
            _ => null,
        };
        if (type is null)
            return;
        var name = NameOf(metric.Name, metric.Unit, type);
        if (!families.TryGetValue(name, out var family))
        {
            var lines = new StringBuilder();
            if (metric.Description.Length > 0)
                lines.Append("# HELP ").Append(name).Append(' ').Append(Escape(metric.Description, isLabel: false)).Append('\n');
            lines.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
            families.Add(name, family = (type, lines));
        }
        // A family has one type; another instrument's value under its name would be a lie.
        if (family.Type != type)
            return;
        foreach (ref readonly var point in metric.GetMetricPoints())
            Add(family.Lines, name, metric.MetricType, in point);
    }

    /// <summary>The page.</summary>
    public override string ToString() => string.Concat(families.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => f.Value.Lines.ToString()));

    /// <summary>What Prometheus calls an instrument.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="unit">Its unit, in UCUM.</param>
    /// <param name="type">counter, gauge or histogram.</param>
    internal static string NameOf(string name, string? unit, string type)
    {
        var text = Legal(name, isLabel: false);
        var suffix = unit switch
        {
            null or "" => "",
            "1" => type == "gauge" ? "ratio" : "",
            _ when unit.StartsWith('{') => "",
            "s" => "seconds",
            "ms" => "milliseconds",
            "By" => "bytes",
            "%" => "percent",
            _ => Legal(unit, isLabel: false),
        };
        if (suffix.Length > 0 && !text.EndsWith("_" + suffix, StringComparison.Ordinal))
            text += "_" + suffix;
        return type == "counter" && !text.EndsWith("_total", StringComparison.Ordinal) ? text + "_total" : text;
    }

    static void Add(StringBuilder lines, string name, MetricType type, in MetricPoint point)
    {
        var labels = Labels(point.Tags);
        switch (type)
        {
            case MetricType.LongSum or MetricType.LongSumNonMonotonic:
                Line(lines, name, labels, point.GetSumLong());
                break;
            case MetricType.DoubleSum or MetricType.DoubleSumNonMonotonic:
                Line(lines, name, labels, point.GetSumDouble());
                break;
            case MetricType.LongGauge:
                Line(lines, name, labels, point.GetGaugeLastValueLong());
                break;
            case MetricType.DoubleGauge:
                Line(lines, name, labels, point.GetGaugeLastValueDouble());
                break;
            case MetricType.Histogram:
                var count = 0L;
                foreach (var bucket in point.GetHistogramBuckets())
                {
                    count += bucket.BucketCount;
                    Line(lines, name + "_bucket", $"{labels}{(labels.Length == 0 ? "" : ",")}le=\"{Number(bucket.ExplicitBound)}\"", count);
                }
                Line(lines, name + "_sum", labels, point.GetHistogramSum());
                Line(lines, name + "_count", labels, point.GetHistogramCount());
                break;
        }
    }

    static void Line(StringBuilder lines, string name, string labels, double value)
    {
        lines.Append(name);
        if (labels.Length > 0)
            lines.Append('{').Append(labels).Append('}');
        lines.Append(' ').Append(Number(value)).Append('\n');
    }

    static string Labels(ReadOnlyTagCollection tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            var (name, text) = (Legal(key, isLabel: true), Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
            // Two keys that differ only in what a label may not have.
            labels[name] = labels.TryGetValue(name, out var before) ? $"{before};{text}" : text;
        }
        return string.Join(',', labels.Select(l => $"{l.Key}=\"{Escape(l.Value, isLabel: true)}\""));
    }

    static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    /// <summary>Within a name: letters, digits, underscores, and colons, which are for rules.</summary>
    static string Legal(string name, bool isLabel)
    {
        var text = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            if (char.IsAsciiLetterOrDigit(c) || (c == ':' && !isLabel))
                text.Append(c);
            else if (text.Length == 0 || text[^1] != '_')
                text.Append('_');
        }
        return text.Length == 0 || char.IsAsciiDigit(text[0]) ? "_" + text : text.ToString();
    }

    static string Escape(string text, bool isLabel)
    {
        var escaped = text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return isLabel ? escaped.Replace("\"", "\\\"", StringComparison.Ordinal) : escaped;
    }
}
