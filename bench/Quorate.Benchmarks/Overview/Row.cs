using System.Globalization;
using System.Text.Json.Nodes;

namespace Quorate.Benchmarks.Overview;

/// <summary>One line of the overview: what we take or reach, and beside it a peer in the same run.</summary>
/// <param name="What">The operation.</param>
/// <param name="Ours">Nanoseconds, or how many a second.</param>
/// <param name="Unit">Of both.</param>
/// <param name="Peer">Whom it is compared with; null for nobody.</param>
/// <param name="Theirs">The same of the peer.</param>
/// <param name="Ratio">How many times as fast as the peer we are, above 1 for faster.</param>
sealed record Row(string What, double Ours, Unit Unit, string? Peer = null, double? Theirs = null, double? Ratio = null)
{
    /// <summary>Milliseconds beside a peer's.</summary>
    internal static Row Milliseconds(string what, double ours, string? peer = null, double? theirs = null) =>
        new(what, ours * 1e6, Unit.Nanoseconds, peer, theirs * 1e6, theirs / ours);

    internal static string Heading => $"{"",-42} {"ours",11} {"peer",11} {"ratio",8}";

    /// <summary>For people.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"  {What,-40} {Text(Ours),11} {(Theirs is { } theirs ? Text(theirs) : ""),11} {(Ratio is { } ratio ? $"{(ratio < 10 ? ratio.ToString("F2", CultureInfo.InvariantCulture) : ratio.ToString("F0", CultureInfo.InvariantCulture))} ×" : ""),8}  {Peer}").TrimEnd();

    /// <summary>For machines.</summary>
    internal JsonObject ToJson(string group) => new()
    {
        ["group"] = group, ["what"] = What, ["unit"] = Unit == Unit.Nanoseconds ? "ns" : "1/s",
        ["ours"] = Math.Round(Ours, 1), ["peer"] = Peer, ["theirs"] = Theirs is { } theirs ? Math.Round(theirs, 1) : null, ["ratio"] = Ratio is { } ratio ? Math.Round(ratio, 3) : null,
    };

    string Text(double value) => Unit == Unit.PerSecond ? string.Create(CultureInfo.InvariantCulture, $"{value:N0}/s") : value switch
    {
        < 1e3 => string.Create(CultureInfo.InvariantCulture, $"{value:N0} ns"),
        < 1e6 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e3:N1} µs"),
        < 1e8 => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:N2} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value / 1e6:N0} ms"),
    };
}

/// <summary>What a row counts.</summary>
enum Unit
{
    /// <summary>The less, the better.</summary>
    Nanoseconds,

    /// <summary>The more, the better.</summary>
    PerSecond,
}
