using Quorate.Cli.Devnet;

namespace Quorate.Cli.Local;

/// <summary>A run of <c>quorate up</c>: from an empty or founded folder to an organisation that works, and to its end.</summary>
sealed class UpRun(UpOptions options, LocalScreen screen)
{
    readonly LocalPaths paths = options.Paths;

    internal async Task RunAsync(StopSignals stop)
    {
        MakeRoot();
        using var held = LocalLock.TryTake(paths) ?? throw new CliException(AlreadyRunning());
        var profile = LocalProfile.Read(paths);
        if (profile is not null)
        {
            Compare(profile);
            await Leftovers.WaitAsync(profile.Running ?? [], screen, stop.Token);
        }
        screen.Line($"{screen.Bold("quorate up")}, with everything in {paths.Root}{(profile is null ? "" : ", which goes on where it was")}");
        screen.Line();

        var chains = profile?.Chains ?? await ChainsAsync(stop.Token);
        string[] devnet = [.. chains.Where(c => c.IsDevnet).Select(c => c.Name)];
        var (folder, missing) = await InstallAsync(devnet, stop.Token);
        var ports = LocalPorts.Choose(profile, devnet, options.AnyPorts);
        // Before anything runs that has its files there.
        var founding = profile is null ? FoundingOf(chains, ports) : null;
        founding?.Clear();
        var organisation = new LocalOrganisation(paths, screen);
        await using (organisation.ConfigureAwait(false))
        {
            if (folder is not null)
                organisation.StartChains(folder, devnet, ports);
            profile = founding is null ? Found(profile!, ports) : await FoundAsync(founding, ports, stop.Token);
            organisation.StartPlatform();
            await organisation.ReadyAsync(profile, stop.Token);
            profile = profile with { WithoutChains = missing };
            organisation.Announce(profile);
            new LocalSummary(paths, profile, screen).Print();
            if (await Task.WhenAny(stop.WaitAsync(), organisation.GaveUpAsync()) is var first && !stop.Token.IsCancellationRequested && first.IsCompleted)
                throw new CliException("the server does not run any more, so everything else is stopped.", CliException.Aborted);
            screen.Line();
            screen.Line("stopping: the server, then the nodes, then the chains.");
        }
        screen.Line("stopped. The same command goes on from here.");
    }

    void MakeRoot()
    {
        try
        {
            PrivateFile.MakeDirectory(paths.Root);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{paths.Root}: {problem.Message}");
        }
    }

    string AlreadyRunning() => LocalProfile.Read(paths) is { Running: [var up, ..] } running
        ? $"`quorate up` runs in {paths.Root} already, as process {up.Id}: its API is at {running.Api}. `quorate demo --data {paths.Root}` uses it; Ctrl-C there, or `kill {up.Id}`, stops it."
        : $"`quorate up` is being started in {paths.Root} by another process.";

    // What was decided when it was founded stands in the policy and in the nodes' settings.
    void Compare(LocalProfile profile)
    {
        var there = string.Join(", ", profile.Chains.Select(c => c.Name));
        if (options.Chains is { } named && !named.Order().SequenceEqual(profile.Chains.Where(c => c.IsDevnet).Select(c => c.Name).Order()))
            throw new CliException($"{paths.Root} was founded with {there}, and its policy is for those. Other chains take another folder: --data.");
        foreach (var (name, _) in options.Foreign)
            if (!profile.Chains.Any(c => c.Name == name && !c.IsDevnet))
                throw new CliException($"{paths.Root} was founded with {there}{(profile.Chains.Any(c => c.Name == name) ? $", {name} being the devnet's" : "")}: --rpc {name} takes another folder: --data.");
        if (options.Postgres is { } postgres && LocalSettings.PostgresOf(paths) != postgres)
            throw new CliException($"{paths.Root} was founded with {(LocalSettings.PostgresOf(paths) is null ? "SQLite" : "another PostgreSQL database")}, where its journal is. If that has moved, say so in {Path.Combine(paths.Server, "server.json")}.");
    }

    async Task<LocalChain[]> ChainsAsync(CancellationToken cancellation)
    {
        // Their ports are not chosen yet.
        var own = options.DevnetChains.Select(name => LocalChain.Devnet(name, DevnetChain.ByName(name).DefaultPort));
        return [.. own, .. await Task.WhenAll(options.Foreign.Select(f => ForeignChain.AskAsync(f.Name, f.Url, cancellation)))];
    }

    /// <summary>The devnet with its packages, or why there is none.</summary>
    async Task<(DevnetFolder? Folder, string? Missing)> InstallAsync(string[] names, CancellationToken cancellation)
    {
        if (names.Length == 0)
            return (null, null);
        if (!options.HasDevnet)
            return (null, "--no-devnet");
        try
        {
            var folder = DevnetFolder.Find();
            await screen.WaitAsync([("devnet", Task.WhenAll(names.Select(name => Task.Run(() => folder.Install(DevnetChain.ByName(name), screen.Line), cancellation))))]);
            return (folder, null);
        }
        catch (CliException problem) when (options.Chains is null)
        {
            screen.Line("chains", $"none: {problem.Message}");
            return (null, problem.Message);
        }
    }

    // With the chains as they are addressed this time.
    Founding FoundingOf(LocalChain[] chains, LocalPorts ports) =>
        new(paths, [.. chains.Select(c => c.IsDevnet ? LocalChain.Devnet(c.Name, ports[c.Name]) : c)], options.Postgres, options.Redis);

    async Task<LocalProfile> FoundAsync(Founding founding, LocalPorts ports, CancellationToken cancellation)
    {
        var founded = founding.RunAsync(ports, cancellation);
        await screen.WaitAsync([("founded", founded)]);
        return await founded;
    }

    LocalProfile Found(LocalProfile profile, LocalPorts ports)
    {
        profile = Founding.Addressed(ports, profile) with { Running = null };
        foreach (var (name, url) in options.Foreign)
            profile = profile with { Chains = [.. profile.Chains.Select(c => c.Name == name ? c with { Url = url.ToString() } : c)] };
        LocalSettings.Address(paths, ports, profile.Chains, options.Redis);
        return profile;
    }
}
