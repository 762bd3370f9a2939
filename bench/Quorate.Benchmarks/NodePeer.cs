using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Quorate.Testing;

namespace Quorate.Benchmarks;

/// <summary>Another library on Node.js, measured inside its own process in the same run by a script of the folder peers.</summary>
static class NodePeer
{
    /// <summary>The median milliseconds of each phase, or null where Node.js or the package is missing.</summary>
    internal static Dictionary<string, double>? Measure(string scriptName, int t, int n, params ReadOnlySpan<string> more)
    {
        var script = Path.Combine(Repository.Root, "bench", "Quorate.Benchmarks", "peers", scriptName);
        var start = new ProcessStartInfo("node") { RedirectStandardOutput = true };
        foreach (var argument in (string[])[script, "--threshold", t.ToString(CultureInfo.InvariantCulture), "--parties", n.ToString(CultureInfo.InvariantCulture), .. more])
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
        Console.Error.WriteLine("  the peer is missing: run ./test once, it installs Node.js and the packages of tests/interop");
        return null;
    }
}
