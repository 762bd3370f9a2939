using System.Text.Json.Nodes;
using Quorate.Cli.Local;

namespace Quorate.Cli.Demo;

/// <summary>What a step says while it goes on, and what it has found out.</summary>
/// <param name="screen">Where people read it; null where only machines do.</param>
/// <param name="done">How many steps are done before it.</param>
/// <param name="steps">Of how many; 0 where that is not known yet.</param>
sealed class DemoStep(LocalScreen? screen, int done, int steps)
{
    /// <summary>For machines.</summary>
    internal JsonObject Facts { get; } = [];

    /// <summary>A line, or several.</summary>
    internal void Say(string text)
    {
        foreach (var line in text.Split('\n'))
            screen?.Line($"    {line.TrimEnd()}");
    }

    /// <summary>A line that begins with a word.</summary>
    internal void Say(string word, string text) => Say($"{word,-10} {text.ReplaceLineEndings("\n           ")}");

    /// <summary>What is waited for, in a terminal.</summary>
    internal void Status(string text) => screen?.Progress.Show(text, done, steps);
}
