using System.Globalization;

namespace Quorate.Policies.Tests;

public class HoursTests
{
    static bool IsOpen(string zone, string from, string to, string days, string instant)
    {
        var policy = Documents.Policy($$"""
            { "id": "open", "effect": "allow", "what": [ { "kind": "fee" } ],
              "hours": [ { "zone": "{{zone}}", "from": "{{from}}", "to": "{{to}}", "days": [ {{string.Join(',', days.Split(' ').Select(d => $"\"{d}\""))}} ] } ] }
            """);
        var now = DateTimeOffset.Parse(instant, CultureInfo.InvariantCulture);
        return policy.EvaluateAssuming(Documents.Request(Documents.Fee(1)), new HashSet<string> { "alice" }, CounterLedger.Empty, now).Verdict == Verdict.Allow;
    }

    [Theory]
    [InlineData("2026-11-20T07:59:59Z", false)]
    [InlineData("2026-11-20T08:00:00Z", true)]
    [InlineData("2026-11-20T16:59:59Z", true)]
    [InlineData("2026-11-20T17:00:00Z", false)]
    [InlineData("2026-11-21T12:00:00Z", false)]
    [InlineData("2026-07-17T07:00:00Z", true)]
    public void Office_hours_in_Berlin_are_its_wall_clock(string instant, bool isOpen) =>
        Assert.Equal(isOpen, IsOpen("Europe/Berlin", "09:00", "18:00", "mon tue wed thu fri", instant));

    [Theory]
    [InlineData("2026-11-20T21:59:00Z", false)]
    [InlineData("2026-11-20T22:00:00Z", true)]
    [InlineData("2026-11-21T05:59:00Z", true)]
    [InlineData("2026-11-21T06:00:00Z", false)]
    [InlineData("2026-11-21T22:00:00Z", false)]
    public void Hours_over_midnight_belong_to_the_day_they_begin(string instant, bool isOpen) =>
        Assert.Equal(isOpen, IsOpen("UTC", "22:00", "06:00", "fri", instant));

    [Theory]
    // 02:00 to 03:00 does not exist in Berlin on 29 March 2026.
    [InlineData("2026-03-29T00:59:59Z", false)]
    [InlineData("2026-03-29T01:00:00Z", false)]
    [InlineData("2026-03-29T01:59:59Z", false)]
    // It occurs twice on 25 October 2026.
    [InlineData("2026-10-25T00:00:00Z", true)]
    [InlineData("2026-10-25T00:59:59Z", true)]
    [InlineData("2026-10-25T01:00:00Z", true)]
    [InlineData("2026-10-25T01:59:59Z", true)]
    [InlineData("2026-10-25T02:00:00Z", false)]
    public void An_hour_that_is_skipped_never_holds_and_one_that_repeats_holds_twice(string instant, bool isOpen) =>
        Assert.Equal(isOpen, IsOpen("Europe/Berlin", "02:00", "03:00", "mon tue wed thu fri sat sun", instant));

    [Theory]
    [InlineData("2026-03-29T00:30:00Z", true)]
    [InlineData("2026-03-29T01:00:00Z", true)]
    [InlineData("2026-03-29T01:59:59Z", true)]
    [InlineData("2026-03-29T02:00:00Z", false)]
    public void Hours_around_a_skipped_hour_lose_it(string instant, bool isOpen) =>
        Assert.Equal(isOpen, IsOpen("Europe/Berlin", "01:00", "04:00", "sun", instant));

    [Fact]
    public void The_whole_day_is_midnight_to_midnight() =>
        Assert.All(Enumerable.Range(0, 24 * 4).Select(quarter => quarter * 15), minute => Assert.True(
            IsOpen("UTC", "00:00", "24:00", "fri", $"2026-11-20T{minute / 60:00}:{minute % 60:00}:30Z")));
}
