using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Quorate.Client.Signing;

namespace Quorate.EndToEnd.Tests;

/// <summary><c>quorate up</c> in a folder of its own, as a person runs it.</summary>
sealed class LocalUp : IDisposable
{
    static readonly TimeSpan patience = TimeSpan.FromMinutes(2);

    readonly StringBuilder output = new();
    Process? process;

    internal string Folder { get; } = Path.Combine(Directory.CreateTempSubdirectory("quorate-up-").FullName, "data");

    /// <summary>What it has printed.</summary>
    internal string Output
    {
        get
        {
            lock (output)
                return output.ToString();
        }
    }

    internal string At(string name) => Path.Combine(Folder, name);

    /// <summary>What it says of itself.</summary>
    internal JsonObject Profile => JsonNode.Parse(File.ReadAllText(At("up.json")))!.AsObject();

    /// <summary>The processes that it runs, itself included.</summary>
    internal Dictionary<string, int> Processes => Profile["running"]!.AsArray().ToDictionary(p => (string)p!["name"]!, p => (int)p!["id"]!);

    /// <summary>Whether it has a terminal, which ends with this.</summary>
    internal bool InTerminal { get; set; }

    /// <summary>Starts it, and waits until it is ready.</summary>
    internal async Task StartAsync(params string[] options)
    {
        var start = Executable.Arguments(Path.GetTempPath(), ["up", "--data", Folder, "--free-ports", .. options]);
        // Whoever runs tests in the background has SIGINT ignored, and under nohup SIGHUP, and what is ignored is inherited.
        string[] command = ["env", "--default-signal=INT,HUP", "TERM=xterm", start.FileName, .. start.ArgumentList];
        if (InTerminal)
            command = ["script", "-qfec", string.Join(' ', command.Select(c => $"'{c}'")), "/dev/null"];
        process = new() { StartInfo = new(command[0], command[1..]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true } };
        var ready = new TaskCompletionSource();
        void Take(string? line)
        {
            lock (output)
                output.AppendLine(line);
            if (line?.Contains("Ctrl-C stops", StringComparison.Ordinal) == true)
                ready.TrySetResult();
        }
        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Task.WhenAny(ready.Task, process.WaitForExitAsync()).WaitAsync(patience);
        Assert.True(ready.Task.IsCompletedSuccessfully, Output);
    }

    /// <summary>Ctrl-C, or another signal, and its exit code.</summary>
    internal async Task<int> InterruptAsync(string signal = "INT")
    {
        using (var kill = Process.Start("kill", [$"-{signal}", $"{process!.Id}"])!)
            await kill.WaitForExitAsync();
        return await EndAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>Until it ends by itself, and its exit code.</summary>
    internal async Task<int> EndAsync(TimeSpan within)
    {
        await process!.WaitForExitAsync().WaitAsync(within);
        return process.ExitCode;
    }

    /// <summary>kill −9; of its terminal, where it has one.</summary>
    internal async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>The API in JSON, with the key of the profile.</summary>
    internal async Task<JsonObject> GetAsync(string path)
    {
        var profile = JsonNode.Parse(await File.ReadAllTextAsync(At("profile.json")))!;
        var device = JsonNode.Parse(await File.ReadAllTextAsync(At((string)profile["keyFile"]!)))!;
        using var key = RequestKey.Ed25519((string)profile["keyId"]!, Convert.FromHexString((string)device["seed"]!));
        using var http = new HttpClient(new RequestSigner(key, new HttpClientHandler())) { BaseAddress = new((string)Profile["api"]!) };
        return JsonNode.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative)))!.AsObject();
    }

    /// <summary>A command of the API, as the profile of the folder says; a device beside it asks as somebody else.</summary>
    internal Task<(int ExitCode, string Output, string Errors)> RunAsync(params string[] arguments) => Executable.RunAsync(Folder, [.. arguments, "--profile", At("profile.json"), "--json"]);

    /// <summary>The same, where it has to succeed, and what the last line of its answer has.</summary>
    internal async Task<JsonObject> JsonAsync(params string[] arguments)
    {
        var (code, output, errors) = await RunAsync(arguments);
        Assert.True(code == 0, $"{string.Join(' ', arguments)}: {code}\n{output}{errors}{Output}");
        return JsonNode.Parse(output.Trim().Split('\n')[^1])!.AsObject();
    }

    /// <summary>Those of these processes that have not ended.</summary>
    internal static IEnumerable<string> Alive(Dictionary<string, int> processes) => processes.Where(p => Directory.Exists($"/proc/{p.Value}") && !IsZombie(p.Value)).Select(p => p.Key);

    /// <summary>Until all of these have ended.</summary>
    internal static async Task GoneAsync(Dictionary<string, int> processes)
    {
        var clock = Stopwatch.StartNew();
        while (Alive(processes).Any())
        {
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), $"{string.Join(", ", Alive(processes))} have not ended.");
            await Task.Delay(50);
        }
    }

    static bool IsZombie(int id)
    {
        try
        {
            return File.ReadAllText($"/proc/{id}/stat").Split(") ")[^1].StartsWith('Z');
        }
        catch (IOException)
        {
            return true;
        }
    }

    public void Dispose()
    {
        // Only of a test that has failed: the others end what they have started.
        var left = File.Exists(At("up.json")) && Profile["running"] is not null ? Processes : [];
        if (process is { HasExited: false })
            process.Kill();
        if (!SpinWait.SpinUntil(() => !Alive(left).Any(), TimeSpan.FromSeconds(30)))
            foreach (var name in Alive(left).ToArray())
                using (var kill = Process.Start("kill", ["-9", $"{left[name]}"])!)
                    kill.WaitForExit();
        process?.Dispose();
        Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
    }
}
