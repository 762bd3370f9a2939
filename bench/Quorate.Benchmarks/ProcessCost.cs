using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Quorate.Benchmarks;

/// <summary>What processes have used, from /proc and from ss: processor time, memory, bytes over TCP connections.</summary>
static partial class ProcessCost
{
    const double TicksPerSecond = 100;

    /// <summary>Processor time of a process so far, user and system, in milliseconds, in steps of ten.</summary>
    internal static double CpuMilliseconds(int process)
    {
        // After the name in parentheses; utime and stime are fields 14 and 15 of proc(5).
        var fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[^1].Split(' ');
        return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) * 1_000 / TicksPerSecond;
    }

    /// <summary>Resident memory of a process in KiB: all of it, what no file backs, and all of it with shared pages divided among who shares them.</summary>
    internal static (long Resident, long Anonymous, long Proportional) Memory(int process) =>
        (Field($"/proc/{process}/status", "VmRSS"), Field($"/proc/{process}/status", "RssAnon"), Field($"/proc/{process}/smaps_rollup", "Pss"));

    static long Field(string file, string name) => long.Parse(
        File.ReadLines(file).First(line => line.StartsWith(name + ":", StringComparison.Ordinal)).Split((char[])[' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1],
        CultureInfo.InvariantCulture);

    /// <summary>
    /// Bytes that processes have sent to each other over the TCP connections that stand, and to and from a relay's port, from
    /// both of its sides. Null where ss does not say.
    /// </summary>
    internal static long? BytesSent(IReadOnlyCollection<int> processes, int relayPort)
    {
        using var ss = Process.Start(new ProcessStartInfo("ss", ["-tinpHO", "state", "established"]) { RedirectStandardOutput = true })!;
        var lines = ss.StandardOutput.ReadToEnd().Split('\n').Select(line => Connection().Match(line)).Where(match => match.Success).ToArray();
        ss.WaitForExit();
        var theirs = lines.Where(l => processes.Contains(Number(l, "pid"))).Select(l => Number(l, "local")).ToHashSet();
        var between = lines.Where(l =>
            Number(l, "local") == relayPort || (processes.Contains(Number(l, "pid")) && (Number(l, "peer") == relayPort || theirs.Contains(Number(l, "peer"))))).ToArray();
        return between.Length == 0 ? null : between.Sum(l => long.Parse(l.Groups["sent"].Value, CultureInfo.InvariantCulture));
    }

    static int Number(Match line, string group) => int.Parse(line.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"127\.0\.0\.1\]?:(?<local>\d+)\s+\S*127\.0\.0\.1\]?:(?<peer>\d+).*pid=(?<pid>\d+).*bytes_sent:(?<sent>\d+)")]
    private static partial Regex Connection();
}
