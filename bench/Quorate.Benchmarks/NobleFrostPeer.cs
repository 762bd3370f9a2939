using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Quorate.Testing;

namespace Quorate.Benchmarks;

/// <summary>The FROST of @noble/curves on Node.js, measured inside its own process in the same run.</summary>
static class NobleFrostPeer
{
    /// <summary>The median milliseconds of each phase, or null where Node.js or the package is missing.</summary>
    internal static Dictionary<string, double>? Measure(string suite, int t, int n)
    {
        var script = Path.Combine(Repository.Root, "bench", "Quorate.Benchmarks", "peers", "noble-frost.mjs");
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true };
        foreach (var argument in (string[])[script, "--suite", suite, "--threshold", t.ToString(CultureInfo.InvariantCulture), "--parties", n.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        try
        {
            using var node = Process.Start(start)!;
            var lines = node.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
            node.WaitForExit();
            if (node.ExitCode == 0)
                return lines.Select(l => JsonDocument.Parse(l).RootElement)
                    .ToDictionary(e => e.GetProperty("phase").GetString()!, e => e.GetProperty("median").GetDouble());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No node on this machine: said below.
        }
        Console.WriteLine("  the peer is missing: run ./test once, it installs Node.js and @noble/curves");
        return null;
    }
}
