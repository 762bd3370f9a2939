using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Quorate.Benchmarks.Overview;

/// <summary>The whole in one table, as <c>./quorate bench</c> prints it: some minutes, each group a line when it is done.</summary>
static class OverviewBenchmarks
{
    // As the examples of docs write them: × and µ are not escaped.
    static readonly JsonSerializerOptions plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    internal static void Run(string[] args) => RunAsync([.. args.Where(a => a != "--json")], args.Contains("--json")).GetAwaiter().GetResult();

    static async Task RunAsync(string[] only, bool isJson)
    {
        if (only.Except(Groups.All.Select(g => g.Name)).FirstOrDefault() is { } unknown)
        {
            Console.Error.WriteLine($"quorate bench: {unknown}: there are {string.Join(", ", Groups.All.Select(g => g.Name))}.");
            Environment.ExitCode = 2;
            return;
        }
        if (!isJson)
            Console.WriteLine($"{Conditions()}\n\n{Row.Heading}");
        foreach (var (name, title, measure) in Groups.All.Where(g => only.Length == 0 || only.Contains(g.Name)))
        {
            Console.Error.WriteLine($"measuring {name} …");
            if (!isJson)
                Console.WriteLine(title);
            try
            {
                await foreach (var row in measure())
                    Console.WriteLine(isJson ? row.ToJson(name).ToJsonString(plain) : row.ToString());
            }
            catch (Exception missing) when (missing is PeerMissingException or DllNotFoundException or EntryPointNotFoundException)
            {
                // The rest goes on; that something was left out is not success.
                Console.Error.WriteLine($"quorate bench: left out {name}: {missing.Message}");
                Environment.ExitCode = 1;
            }
        }
        if (!isJson)
            Console.WriteLine("\nratio: how many times as fast as the peer in the same run. Keep the ratios; times and rates are this machine's.");
    }

    static string Conditions()
    {
        var line = string.Create(CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} × {Processor()}, {RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSDescription}, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}");
        return Load() is { } load && load > Environment.ProcessorCount / 2.0
            ? string.Create(CultureInfo.InvariantCulture, $"{line}\nThe machine is busy (load {load:F1}): take times and rates for bounds.")
            : line;
    }

    static string Processor()
    {
        const string Key = "model name";
        try
        {
            return File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith(Key, StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? $"{RuntimeInformation.ProcessArchitecture}";
        }
        catch (IOException)
        {
            return $"{RuntimeInformation.ProcessArchitecture}";
        }
    }

    static double? Load()
    {
        try
        {
            return double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
