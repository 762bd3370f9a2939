using System.Globalization;

namespace Quorate.Cli.Local;

/// <summary>
/// What a person sees of something that takes a while: a line when a part of it is done, and in a terminal, meanwhile, what is
/// waited for. Without a terminal there are no colours and nothing is written over.
/// </summary>
sealed class LocalScreen
{
    static readonly TimeSpan interval = TimeSpan.FromMilliseconds(200);

    readonly long began = TimeProvider.System.GetTimestamp();
    readonly Lock gate = new();
    readonly bool isTerminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");
    readonly bool hasColours;
    bool hasStatus;

    internal LocalScreen() => hasColours = isTerminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    internal TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(began);

    /// <summary>A line.</summary>
    internal void Line(string text = "")
    {
        lock (gate)
        {
            Wipe();
            Console.WriteLine(text);
        }
    }

    /// <summary>A line that begins with a word for what it is about.</summary>
    internal void Line(string word, string text) => Line($"  {Bold(word.PadRight(10))} {text}");

    internal string Bold(string text) => Coloured(1, text);

    internal string Dim(string text) => Coloured(2, text);

    internal string Green(string text) => Coloured(32, text);

    internal string Red(string text) => Coloured(31, text);

    /// <summary>Seconds with a digit behind the point.</summary>
    internal static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.0 's'", CultureInfo.InvariantCulture);

    /// <summary>Waits for all of them, with a line for each when it is done; ends with the first that fails.</summary>
    internal async Task WaitAsync(IEnumerable<(string Name, Task Work)> works)
    {
        var open = works.ToList();
        while (open.Count > 0)
        {
            var done = await Task.WhenAny([.. open.Select(w => w.Work), Task.Delay(interval)]);
            foreach (var (name, work) in open.Where(w => w.Work.IsCompleted).ToArray())
            {
                await work;
                Line(name, Dim(Seconds(Elapsed)));
            }
            open.RemoveAll(w => w.Work.IsCompleted);
            if (open.Count > 0)
                Status($"waiting for {string.Join(", ", open.Select(w => w.Name))}");
        }
    }

    /// <summary>In a terminal, what is being done, until the next line.</summary>
    internal void Status(string text)
    {
        if (!isTerminal)
            return;
        lock (gate)
        {
            Console.Write($"\r\e[2K  {Dim($"{text} … {Seconds(Elapsed)}")}");
            hasStatus = true;
        }
    }

    void Wipe()
    {
        if (hasStatus)
            Console.Write("\r\e[2K");
        hasStatus = false;
    }

    string Coloured(int code, string text) => hasColours ? $"\e[{code}m{text}\e[0m" : text;
}
