using System.Globalization;

namespace Quorate.Cli;

/// <summary>
/// The last line of a terminal while something takes its time: what goes on, how far it is where that is known, and since when. It is
/// on standard error, drawn over and over, and nothing at all where that is no terminal.
/// </summary>
sealed class ProgressLine : IDisposable
{
    const int BarWidth = 20, UsualWidth = 80;
    const string Erase = "\r\e[2K", Margin = "  ";

    static readonly TimeSpan interval = TimeSpan.FromMilliseconds(200);

    readonly long began = TimeProvider.System.GetTimestamp();
    readonly Lock gate = new();
    readonly bool isTerminal = !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") is not (null or "dumb");
    readonly ITimer timer;
    (Func<string> Text, int Done, int Steps)? shown;

    internal ProgressLine() => timer = TimeProvider.System.CreateTimer(_ => Redraw(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>How long it has taken so far.</summary>
    internal TimeSpan Elapsed => TimeProvider.System.GetElapsedTime(began);

    /// <summary>Shows what goes on, until something else is shown or it is cleared.</summary>
    /// <param name="text">What, asked again whenever it is drawn.</param>
    /// <param name="done">How many steps are done.</param>
    /// <param name="steps">Of how many; 0 where nobody knows, and then there is no bar.</param>
    internal void Show(Func<string> text, int done = 0, int steps = 0)
    {
        if (!isTerminal)
            return;
        lock (gate)
            shown = (text, done, steps);
        Redraw();
        timer.Change(interval, interval);
    }

    /// <summary>As the other, of a text that stays.</summary>
    internal void Show(string text, int done = 0, int steps = 0) => Show(() => text, done, steps);

    /// <summary>Takes it away.</summary>
    internal void Clear()
    {
        lock (gate)
        {
            if (shown is not null)
                Write(Erase);
            shown = null;
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Writes a line that stays, above it.</summary>
    internal void Above(Action write)
    {
        lock (gate)
        {
            if (shown is not null)
                Write(Erase);
            write();
            Redraw();
        }
    }

    /// <summary>The line, its text cut so that it fits into a terminal; in a very narrow one without bar and time.</summary>
    internal static string Render(string text, int done, int steps, TimeSpan elapsed, int width)
    {
        var filled = steps > 0 ? BarWidth * Math.Clamp(done, 0, steps) / steps : 0;
        var bar = steps > 0 ? $"{new string('█', filled)}{new string('░', BarWidth - filled)} {done} of {steps}  " : "";
        var time = $" … {elapsed.TotalSeconds.ToString("0.0 's'", CultureInfo.InvariantCulture)}";
        // The last column stays free: a terminal that has written there is in the next line.
        var room = width - 1 - Margin.Length - bar.Length - time.Length;
        return room > 0 ? Margin + bar + Cut(text.ReplaceLineEndings(" "), room) + time : Cut(Margin + text.ReplaceLineEndings(" "), Math.Max(width - 1, 0));
    }

    static string Cut(string text, int room) => text.Length <= room ? text : room == 0 ? "" : text[..(room - 1)] + "…";

    void Redraw()
    {
        lock (gate)
        {
            if (shown is var (text, done, steps))
                Write(Erase + Render(text(), done, steps, Elapsed, Console.WindowWidth is > 0 and var width ? width : UsualWidth));
        }
    }

    void Write(string text)
    {
        try
        {
            Console.Error.Write(text);
        }
        catch (IOException)
        {
            // The terminal has gone.
            shown = null;
        }
    }

    public void Dispose()
    {
        Clear();
        timer.Dispose();
    }
}
