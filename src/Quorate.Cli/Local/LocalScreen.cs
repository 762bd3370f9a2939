using System.Globalization;

namespace Quorate.Cli.Local;

/// <summary>
/// What a person sees of something that takes a while: a line when a part of it is done, and in a terminal, meanwhile, what is
/// waited for. Without a terminal there are no colours.
/// </summary>
sealed class LocalScreen : IDisposable
{
    readonly bool hasColours = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb")
        && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    /// <summary>What is waited for.</summary>
    internal ProgressLine Progress { get; } = new();

    /// <summary>Since it was made.</summary>
    internal TimeSpan Elapsed => Progress.Elapsed;

    /// <summary>A line.</summary>
    internal void Line(string text = "") => Progress.Above(() =>
    {
        try
        {
            Console.WriteLine(text);
        }
        catch (IOException)
        {
            // Nobody is there any more who would read it, and what is being stopped is stopped all the same.
        }
    });

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
        try
        {
            for (var (done, all) = (0, open.Count); open.Count > 0; done = all - open.Count)
            {
                Progress.Show($"waiting for {string.Join(", ", open.Select(w => w.Name))}", done, all > 1 ? all : 0);
                await Task.WhenAny(open.Select(w => w.Work));
                foreach (var (name, work) in open.Where(w => w.Work.IsCompleted).ToArray())
                {
                    await work;
                    Line(name, Dim(Seconds(Elapsed)));
                }
                open.RemoveAll(w => w.Work.IsCompleted);
            }
        }
        finally
        {
            Progress.Clear();
        }
    }

    public void Dispose() => Progress.Dispose();

    string Coloured(int code, string text) => hasColours ? $"\e[{code}m{text}\e[0m" : text;
}
