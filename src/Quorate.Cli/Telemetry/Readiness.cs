using System.Net;
using System.Text.Json;

namespace Quorate.Cli.Telemetry;

/// <summary>What a process says of itself at /readyz, beside its metrics.</summary>
/// <param name="IsReady">Whether it can do its work.</param>
/// <param name="Checks">What that takes, each with whether it is so and why.</param>
sealed record Readiness(bool IsReady, IReadOnlyList<Readiness.Check> Checks)
{
    static readonly TimeSpan interval = TimeSpan.FromMilliseconds(100);

    internal sealed record Check(string Name, bool IsReady, string Reason)
    {
        public override string ToString() => $"{(IsReady ? "ready    " : "not ready")}  {Name}: {Reason}";
    }

    public override string ToString() => string.Join("; ", Checks.Where(c => !c.IsReady).Select(c => $"{c.Name}: {c.Reason}"));

    /// <summary>Asks once.</summary>
    /// <param name="http">Asks, in its own time.</param>
    /// <param name="metrics">Where the metrics are.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="CliException">It does not answer, or something else does.</exception>
    internal static async Task<Readiness> AskAsync(HttpClient http, Uri metrics, CancellationToken cancellation)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(metrics, "/readyz"), cancellation);
            using var content = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync(cancellation));
            return new(answer.StatusCode == HttpStatusCode.OK, [.. content.RootElement.GetProperty("checks").EnumerateArray().Select(check => new Check(
                check.GetProperty("name").GetString()!, check.GetProperty("ready").GetBoolean(), check.GetProperty("reason").GetString()!))]);
        }
        catch (Exception problem) when (!cancellation.IsCancellationRequested
            && problem is HttpRequestException or TaskCanceledException or JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new CliException($"{metrics.Authority}: {problem.Message}", CliException.Aborted);
        }
    }

    /// <summary>Asks until it is ready.</summary>
    /// <exception cref="CliException">It is not in time; the message has what it said last.</exception>
    internal static async Task WaitAsync(HttpClient http, Uri metrics, TimeSpan patience, CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            string said;
            try
            {
                var now = await AskAsync(http, metrics, cancellation);
                if (now.IsReady)
                    return;
                said = now.ToString();
            }
            catch (CliException notYet)
            {
                said = notYet.Message;
            }
            if (TimeProvider.System.GetElapsedTime(began) > patience)
                throw new CliException($"{metrics}readyz is not ready within {patience.TotalSeconds} s: {said}", CliException.Aborted);
            await Task.Delay(interval, cancellation);
        }
    }
}
