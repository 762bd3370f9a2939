using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Quorate.Cli.Local;

namespace Quorate.Cli.Demo;

/// <summary>The story as it is told: step after step, for people or, a JSON object a line, for machines.</summary>
sealed class DemoReport(bool isJson, LocalScreen screen)
{
    static readonly JsonSerializerOptions oneLine = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    readonly List<string> leftOut = [];
    int told;

    /// <summary>Where the processes' logs are, once there are some.</summary>
    internal string? Logs { get; set; }

    /// <summary>How many steps there are, once that is known.</summary>
    internal int Steps { get; set; }

    /// <summary>Something that this run could not tell.</summary>
    internal void LeaveOut(string what) => leftOut.Add(what);

    /// <summary>A step: its title, what it does, and how long that took.</summary>
    /// <param name="id">What machines know it by.</param>
    /// <param name="title">What people read.</param>
    /// <param name="tries">What was tried, for when it fails.</param>
    /// <param name="work">Does it.</param>
    /// <exception cref="CliException">It has failed. It was explained.</exception>
    internal async Task StepAsync(string id, string title, string tries, Func<DemoStep, Task> work)
    {
        var began = TimeProvider.System.GetTimestamp();
        var step = new DemoStep(isJson ? null : screen, told++, Steps);
        if (!isJson)
        {
            screen.Line();
            screen.Line(screen.Bold(string.Create(CultureInfo.InvariantCulture, $"{told,2}  {title}")));
        }
        step.Status(tries);
        try
        {
            await work(step);
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            Fail(id, step, tries, problem.Message, TimeProvider.System.GetElapsedTime(began));
            throw new CliException($"the demo has failed at \"{title}\".", CliException.Negative);
        }
        finally
        {
            screen.Progress.Clear();
        }
        var took = TimeProvider.System.GetElapsedTime(began);
        if (isJson)
            Write(new() { ["step"] = id, ["ok"] = true, ["seconds"] = Rounded(took) }, step.Facts);
        else
            screen.Line(screen.Dim($"    {LocalScreen.Seconds(took)}"));
    }

    /// <summary>The last words.</summary>
    internal void End(string folder)
    {
        if (isJson)
        {
            Write(new() { ["step"] = "end", ["ok"] = true, ["seconds"] = Rounded(screen.Elapsed), ["leftOut"] = new JsonArray([.. leftOut.Select(t => (JsonNode)t)]), ["data"] = folder }, []);
            return;
        }
        screen.Line();
        foreach (var text in leftOut)
            screen.Line($"{screen.Bold("Left out:")} {text}");
        screen.Line($"{screen.Green("All of it held.")} {LocalScreen.Seconds(screen.Elapsed)} in all.");
    }

    void Fail(string id, DemoStep step, string tries, string saw, TimeSpan took)
    {
        if (isJson)
        {
            Write(new() { ["step"] = id, ["ok"] = false, ["seconds"] = Rounded(took), ["tried"] = tries, ["saw"] = saw, ["logs"] = Logs }, step.Facts);
            return;
        }
        screen.Line($"    {screen.Red("failed")} after {LocalScreen.Seconds(took)}");
        screen.Line($"    tried   {tries}");
        screen.Line($"    saw     {saw.ReplaceLineEndings("\n            ")}");
        if (Logs is not null)
            screen.Line($"    logs    {Logs}");
    }

    static double Rounded(TimeSpan time) => Math.Round(time.TotalSeconds, 2);

    static void Write(JsonObject line, JsonObject facts)
    {
        foreach (var (name, value) in facts)
            line[name] = value?.DeepClone();
        Console.WriteLine(line.ToJsonString(oneLine));
    }
}
