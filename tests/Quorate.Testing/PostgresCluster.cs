using System.Diagnostics;

namespace Quorate.Testing;

/// <summary>
/// A PostgreSQL server of our own, in a temporary directory, reachable through a Unix socket there and nowhere else. It
/// is started again when it dies, and goes away with its directory when this process does, however that ends.
/// </summary>
public sealed class PostgresCluster : IDisposable
{
    const string Owner = "postgres";
    const int StartSeconds = 120;

    // $1: directory, $2: the server's programs. Our end of its standard input is closed when we die.
    const string Supervisor =
        """
        cd "$1" || exit 1
        (while [ ! -e stop ]; do "$2/postgres" -D data -k "$1" </dev/null >>log 2>&1; sleep 0.05; done) &
        loop=$!
        cat >/dev/null
        : >stop
        pid=$(head -n 1 data/postmaster.pid 2>/dev/null) && kill -QUIT "$pid"
        wait "$loop"
        cd / && rm -rf "$1"
        """;

    // Many short connections, little memory; whatever else is asked stays at its default, fsync above all.
    const string Settings =
        """

        listen_addresses = ''
        max_connections = 60
        shared_buffers = 64MB
        max_wal_size = 256MB
        autovacuum_naptime = 10min
        """;

    static readonly Lazy<PostgresCluster> shared = new(() => new());

    readonly string programs = FindPrograms();
    readonly Process supervisor;

    /// <summary>Makes and starts a server.</summary>
    /// <exception cref="FileNotFoundException">PostgreSQL is not installed.</exception>
    public PostgresCluster()
    {
        Directory = AsOwner("mktemp", "-d", "/tmp/quorate-pg-XXXXXX").Trim();
        AsOwner(Path.Combine(programs, "initdb"), "-D", $"{Directory}/data", "-U", Owner, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync");
        AsOwner("sh", "-c", "printf %s \"$1\" >>\"$2/data/postgresql.conf\"", "sh", Settings, Directory);
        supervisor = Start(redirectInput: true, "sh", "-c", Supervisor, "sh", Directory, programs);
        WaitUntilReady();
    }

    /// <summary>The one server that this process's tests share. It goes when the process does.</summary>
    public static PostgresCluster Shared => shared.Value;

    /// <summary>Where its socket, data and log are.</summary>
    public string Directory { get; }

    /// <summary>A connection string for Npgsql.</summary>
    public string ConnectionString => $"Host={Directory};Username={Owner};Database=postgres;Timeout=60";

    /// <summary>Ends the server at once, as a crash would: no shutdown checkpoint, all connections broken. It comes again by itself.</summary>
    /// <param name="signal">QUIT for an immediate shutdown, KILL for not even that.</param>
    public void Crash(string signal) => AsOwner("kill", $"-{signal}", Postmaster().ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Kills one server process that serves a client, with kill −9; the server then restarts all of them. False if there was none.</summary>
    public bool KillBackend()
    {
        var backends = AsOwner("sh", "-c", "ps -o pid=,args= --ppid \"$1\" | grep -v 'idle$' | grep '\\[local\\]' || true", "sh",
            Postmaster().ToString(System.Globalization.CultureInfo.InvariantCulture));
        var line = backends.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault();
        if (line is null)
            return false;
        AsOwner("sh", "-c", "kill -KILL \"$1\" || true", "sh", line.Split(' ')[0]);
        return true;
    }

    /// <summary>Waits until the server takes connections.</summary>
    public void WaitUntilReady()
    {
        var waiting = Stopwatch.StartNew();
        while (true)
        {
            using var probe = Start(redirectInput: false, Path.Combine(programs, "pg_isready"), "-q", "-h", Directory, "-U", Owner);
            probe.StandardOutput.ReadToEnd();
            probe.WaitForExit();
            if (probe.ExitCode == 0)
                return;
            if (waiting.Elapsed.TotalSeconds > StartSeconds)
                throw new TimeoutException($"PostgreSQL in {Directory} does not start:\n{AsOwner("tail", "-n", "20", $"{Directory}/log")}");
            Thread.Sleep(20);
        }
    }

    public void Dispose()
    {
        supervisor.StandardInput.Close();
        supervisor.WaitForExit();
        supervisor.Dispose();
    }

    int Postmaster()
    {
        WaitUntilReady();
        return int.Parse(AsOwner("head", "-n", "1", $"{Directory}/data/postmaster.pid"), System.Globalization.CultureInfo.InvariantCulture);
    }

    static string FindPrograms()
    {
        var onPath = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Where(d => d.Length > 0)
            .Select(d => new FileInfo(Path.Combine(d, "initdb"))).Where(f => f.Exists)
            .Select(f => Path.GetDirectoryName((f.ResolveLinkTarget(returnFinalTarget: true) ?? f).FullName)!);
        // Debian keeps them out of the path, in a directory for every version.
        var versions = System.IO.Directory.Exists("/usr/lib/postgresql")
            ? System.IO.Directory.GetDirectories("/usr/lib/postgresql").OrderDescending(StringComparer.Ordinal).Select(d => Path.Combine(d, "bin"))
            : [];
        return onPath.Concat(versions).FirstOrDefault(d => File.Exists(Path.Combine(d, "postgres")))
            ?? throw new FileNotFoundException("PostgreSQL is not installed: ./test installs it, or apt-get install postgresql.");
    }

    /// <summary>Runs a command to its end, as the user that may run PostgreSQL, which root may not.</summary>
    static string AsOwner(params string[] command)
    {
        using var process = Start(redirectInput: false, command);
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0
            ? output
            : throw new InvalidOperationException($"{command[0]} ended with {process.ExitCode}: {error.GetAwaiter().GetResult()}");
    }

    static Process Start(bool redirectInput, params string[] command)
    {
        string[] all = Environment.UserName == "root" ? ["runuser", "-u", Owner, "--", .. command] : command;
        var start = new ProcessStartInfo(all[0])
        {
            RedirectStandardInput = redirectInput, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/",
        };
        foreach (var argument in all[1..])
            start.ArgumentList.Add(argument);
        // Messages in one language, whatever the machine speaks.
        start.Environment["LC_ALL"] = "C";
        return Process.Start(start)!;
    }
}
