using System.Diagnostics;
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

    // $1: directory, $2: port. A write is the kernel's before it is acknowledged, so what was counted outlives a kill of the process.
    const string Supervisor =
        """
        redis-server --port "$2" --bind 127.0.0.1 --dir "$1" --appendonly yes --appendfsync everysec --save '' >>"$1/log" 2>&1 </dev/null &
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

    /// <summary>Starts it again, and waits until it answers.</summary>
    public void Start()
    {
        var start = new ProcessStartInfo("sh") { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])["-c", Supervisor, "sh", directory, Port.ToString(System.Globalization.CultureInfo.InvariantCulture)])
            start.ArgumentList.Add(argument);
        supervisor = Process.Start(start)!;
        pid = int.Parse(supervisor.StandardOutput.ReadLine()!, System.Globalization.CultureInfo.InvariantCulture);
        var waiting = Stopwatch.StartNew();
        while (!Answers())
        {
            if (waiting.Elapsed.TotalSeconds > StartSeconds)
                throw new TimeoutException($"Redis does not start:\n{File.ReadAllText(Path.Combine(directory, "log"))}");
            Thread.Sleep(20);
        }
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
        using var kill = Process.Start("kill", [$"-{name}", pid.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    bool Answers()
    {
        try
        {
            using var client = new TcpClient("127.0.0.1", Port) { ReceiveTimeout = 1_000 };
            client.GetStream().Write("PING\r\n"u8);
            var answer = new byte[7];
            client.GetStream().ReadExactly(answer);
            return answer.AsSpan().SequenceEqual("+PONG\r\n"u8);
        }
        catch (Exception problem) when (problem is SocketException or IOException)
        {
            return false;
        }
    }
}
