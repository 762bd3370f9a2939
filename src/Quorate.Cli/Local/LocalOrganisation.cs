using System.Diagnostics;
using Quorate.Cli.Devnet;
using Quorate.Cli.Telemetry;

namespace Quorate.Cli.Local;

/// <summary>The processes of an organisation that was founded: chains, server, nodes; from the start of the first to the end of the last.</summary>
sealed class LocalOrganisation(LocalPaths paths, LocalScreen screen) : IAsyncDisposable
{
    static readonly TimeSpan readyPatience = TimeSpan.FromSeconds(60);

    readonly List<SupervisedProgram> programs = [];
    readonly Lock gate = new();
    readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
    LocalProfile? announced;

    /// <summary>Starts the devnet's nodes.</summary>
    internal void StartChains(DevnetFolder devnet, IEnumerable<string> names, LocalPorts ports)
    {
        foreach (var chain in names.Select(DevnetChain.ByName))
        {
            var port = ports[chain.Name];
            var file = Path.Combine(paths.Chains, $"{chain.Name}.state");
            Start(new(chain.Name, "node", [devnet.LauncherOf(chain), $"{port}", .. chain.KeepingArguments(file)], stop => chain.CheckAsync(new(http, port), stop)));
        }
    }

    /// <summary>Starts server and nodes.</summary>
    internal void StartPlatform()
    {
        Start(LocalProgram.Own("server", "server", "run", "--data", paths.Server, StopSignals.UntilEndOfInput.Name));
        for (var number = 1; number <= LocalPaths.Nodes; number++)
            Start(LocalProgram.Own($"node-{number}", "node", "run", "--data", paths.Node(number), "--key-file", paths.VaultKey(number), StopSignals.UntilEndOfInput.Name));
    }

    /// <summary>Until all of them are ready for the first time, and have found each other.</summary>
    internal async Task ReadyAsync(LocalProfile profile, CancellationToken cancellation)
    {
        await screen.WaitAsync(programs.Select(p => (p.Name, p.Ready.WaitAsync(cancellation))));
        await screen.WaitAsync([("connected", Task.WhenAll(((string[])[profile.Metrics, .. profile.Nodes.Select(n => n.Metrics)]).Select(at => Readiness.WaitAsync(http, new(at), readyPatience, cancellation))))]);
    }

    /// <summary>Tells other commands where it is, from now on.</summary>
    internal void Announce(LocalProfile profile)
    {
        lock (gate)
            announced = profile;
        Tell();
        if (profile.WithoutChains is null && Me() is { } me && profile.Chains.Where(c => c.IsDevnet).ToArray() is { Length: > 0 } chains)
            new DevnetState(me.Id, me.Started, [.. chains.Select(c => new DevnetState.Node(c.Name, new Uri(c.Url).Port))]).Write(paths.Chains);
    }

    /// <summary>Until nothing can go on any more: the server has ended too often.</summary>
    internal Task GaveUpAsync() => programs.Single(p => p.Name == "server").GaveUp;

    void Start(LocalProgram program)
    {
        Directory.CreateDirectory(paths.Logs);
        programs.Add(new(program, paths.Log(program.Name), screen.Line, Tell, TimeProvider.System));
    }

    void Tell()
    {
        lock (gate)
            (announced is null ? null : announced with { Running = [Me(), .. programs.Select(p => p.Current).OfType<LocalProfile.RunningProcess>()] })?.Write(paths);
    }

    static LocalProfile.RunningProcess Me()
    {
        using var me = Process.GetCurrentProcess();
        return new("up", me.Id, me.StartTime.ToUniversalTime());
    }

    /// <summary>
    /// Ends everything: the server first, so that nothing more is asked; then the nodes, which end what they sign; then the chains, which
    /// both have used until then.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (Directory.Exists(paths.Chains))
            DevnetState.Delete(paths.Chains);
        foreach (var together in programs.GroupBy(p => p.Name == "server" ? 0 : p.Name.StartsWith("node-", StringComparison.Ordinal) ? 1 : 2).OrderBy(g => g.Key))
            await Task.WhenAll(together.Select(p => p.DisposeAsync().AsTask()));
        lock (gate)
        {
            (announced is null ? null : announced with { Running = null })?.Write(paths);
            announced = null;
        }
        http.Dispose();
    }
}
