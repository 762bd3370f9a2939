using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Quorate.Testing;

/// <summary>
/// A Redis of our own, on a free port of the loopback interface, with what it keeps in a temporary directory. It goes with this process, however
/// that ends: its standard input is a pipe of ours, and a shell ends it when the pipe does.
/// </summary>
public sealed class RedisProcess : IDisposable
{
    const int StartSeconds = 60;

    const string Ready = "Ready to accept connections";

    // $1: directory, $2: port. A write is the kernel's before it is acknowledged, so what was counted outlives a kill of the process.
    const string Supervisor =
        """
        redis-server --port "$2" --bind 127.0.0.1 --dir "$1" --appendonly yes --appendfsync everysec --save '' 2>&1 </dev/null &
        child=$!
        echo "$child"
        cat >/dev/null
        kill -KILL "$child" 2>/dev/null
        wait "$child" 2>/dev/null
        """;

    readonly string directory = Directory.CreateTempSubdirectory("quorate-redis-").FullName;
    Process? supervisor;
    int pid;

    /// <summary>Makes and starts one.</summary>
    /// <exception cref="FileNotFoundException">Redis is not installed.</exception>
    public RedisProcess()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(d => File.Exists(Path.Combine(d, "redis-server"))))
            throw new FileNotFoundException("Redis is not installed: ./test installs it, or apt-get install redis-server.");
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            Port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }
        Start();
    }

    /// <summary>The port.</summary>
    public int Port { get; }

    /// <summary>Where clients find it.</summary>
    public string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>Starts it again, and waits until it says that it is ready.</summary>
    /// <exception cref="InvalidOperationException">It does not start.</exception>
    public void Start()
    {
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["-c", Supervisor, "sh", directory, Port.ToString(CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        var lines = new List<string>();
        var ready = new TaskCompletionSource<bool>();
        supervisor = new() { StartInfo = start };
        supervisor.OutputDataReceived += (_, line) =>
        {
            if (line.Data is null)
                ready.TrySetResult(false);
            else if (line.Data.Contains(Ready, StringComparison.Ordinal))
                ready.TrySetResult(true);
            else if (!ready.Task.IsCompleted)
                lines.Add(line.Data);
        };
        supervisor.Start();
        supervisor.BeginOutputReadLine();
        if (!ready.Task.WaitAsync(TimeSpan.FromSeconds(StartSeconds)).GetAwaiter().GetResult())
            throw new InvalidOperationException($"Redis does not start:\n{string.Join('\n', lines)}");
        pid = int.Parse(lines[0], CultureInfo.InvariantCulture);
    }

    /// <summary>Ends it at once, with kill −9.</summary>
    public void Kill()
    {
        supervisor!.StandardInput.Close();
        supervisor.WaitForExit();
        supervisor.Dispose();
        supervisor = null;
    }

    /// <summary>Lets it stand still: it accepts connections and answers nothing.</summary>
    public void Pause() => Signal("STOP");

    /// <summary>Lets it go on.</summary>
    public void Resume() => Signal("CONT");

    public void Dispose()
    {
        if (supervisor is not null)
            Kill();
        Directory.Delete(directory, recursive: true);
    }

    void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", pid.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }
}
