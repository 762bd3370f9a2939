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

    /// <summary>Starts it, and waits until it is ready.</summary>
    internal async Task StartAsync(params string[] options)
    {
        var start = Executable.Arguments(Path.GetTempPath(), ["up", "--data", Folder, "--free-ports", .. options]);
        // Whoever runs tests in the background has SIGINT ignored, and what is ignored is inherited.
        process = new() { StartInfo = new("env", ["--default-signal=INT", start.FileName, .. start.ArgumentList]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true } };
        var ready = new TaskCompletionSource();
        void Take(string? line)
        {
            lock (output)
                output.AppendLine(line);
            if (line?.StartsWith("Ready after", StringComparison.Ordinal) == true)
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

    /// <summary>Ctrl-C, and its exit code.</summary>
    internal async Task<int> InterruptAsync()
    {
        using (var kill = Process.Start("kill", ["-INT", $"{process!.Id}"])!)
            await kill.WaitForExitAsync();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return process.ExitCode;
    }

    /// <summary>kill −9.</summary>
    internal async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
    }

    /// <summary>The API with the key that up.json names.</summary>
    internal async Task<JsonObject> GetAsync(string path)
    {
        var profile = Profile;
        var device = JsonNode.Parse(await File.ReadAllTextAsync(At((string)profile["keyFile"]!)))!;
        using var key = RequestKey.Ed25519((string)profile["keyId"]!, Convert.FromHexString((string)device["seed"]!));
        using var http = new HttpClient(new RequestSigner(key, new HttpClientHandler())) { BaseAddress = new((string)profile["api"]!) };
        return JsonNode.Parse(await http.GetStringAsync(new Uri(path, UriKind.Relative)))!.AsObject();
    }

    /// <summary>Those of these processes that have not ended.</summary>
    internal static IEnumerable<string> Alive(Dictionary<string, int> processes) => processes.Where(p => Directory.Exists($"/proc/{p.Value}") && !IsZombie(p.Value)).Select(p => p.Key);

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
        if (process is { HasExited: false })
        {
            var left = File.Exists(At("up.json")) && Profile["running"] is not null ? Processes : [];
            process.Kill();
            SpinWait.SpinUntil(() => !Alive(left).Any(), TimeSpan.FromSeconds(30));
        }
        process?.Dispose();
        Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
    }
}
