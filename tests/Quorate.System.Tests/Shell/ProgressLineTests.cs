using Quorate.Cli;

namespace Quorate.System.Tests.Shell;

/// <summary>What is drawn while something takes its time.</summary>
public class ProgressLineTests
{
    [Theory]
    [InlineData("  ░░░░░░░░░░░░░░░░░░░░ 0 of 3  waiting for node-1 … 1.5 s", "waiting for node-1", 0, 3)]
    [InlineData("  █████████████░░░░░░░ 2 of 3  waiting for node-1 … 1.5 s", "waiting for node-1", 2, 3)]
    [InlineData("  ████████████████████ 3 of 3  done … 1.5 s", "done", 3, 3)]
    [InlineData("  installing … 1.5 s", "installing", 0, 0)]
    [InlineData("  one two … 1.5 s", "one\ntwo", 0, 0)]
    [InlineData("  ████████████████████ 9 of 3  more than all … 1.5 s", "more than all", 9, 3)]
    public void A_bar_stands_where_the_number_of_steps_is_known_and_the_time_always(string line, string text, int done, int steps) =>
        Assert.Equal(line, ProgressLine.Render(text, done, steps, TimeSpan.FromSeconds(1.5), 100));

    [Theory]
    [InlineData(60, "  ██████████░░░░░░░░░░ 1 of 2  xxxxxxxxxxxxxx… … 108000.0 s")]
    [InlineData(46, "  ██████████░░░░░░░░░░ 1 of 2  … … 108000.0 s")]
    [InlineData(45, "  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…")]
    [InlineData(2, "…")]
    [InlineData(1, "")]
    [InlineData(0, "")]
    public void It_never_reaches_the_last_column(int width, string line)
    {
        Assert.Equal(line, ProgressLine.Render(new('x', 200), 1, 2, TimeSpan.FromHours(30), width));
        Assert.True(line.Length < Math.Max(width, 1));
    }
}
