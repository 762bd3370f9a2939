namespace Quorate.Cli.Local;

/// <summary>What <c>quorate up</c> prints when everything runs: where it is, where it lies, what to type next.</summary>
sealed class LocalSummary(LocalPaths paths, LocalProfile profile, LocalScreen screen)
{
    internal void Print()
    {
        screen.Line();
        screen.Line($"{screen.Green("Ready")} after {LocalScreen.Seconds(screen.Elapsed)}: a wallet server and {LocalPaths.Nodes} nodes, of which {LocalPaths.Threshold} sign, each a process of its own.");
        screen.Line();
        screen.Line("API", $"{profile.Api}  in JSON, as {profile.Api}/v1/openapi.json says");
        screen.Line("", $"{profile.Caller.Api}  in gRPC");
        screen.Line("metrics", $"{profile.Metrics}/metrics  of the server; /healthz and /readyz beside it");
        foreach (var node in profile.Nodes)
            screen.Line(node.Name, $"{node.Url}  for its operator; metrics at {node.Metrics}/metrics");
        foreach (var chain in profile.Chains)
            screen.Line(chain.Name, $"{(profile.WithoutChains is not null && chain.IsDevnet ? "no node runs" : chain.Url)}  {chain.Id}");
        screen.Line("data", $"{paths.Root}  its README says what is what");
        screen.Line("policy", $"{paths.Policy}");
        screen.Line("", $"alone up to {Amounts(c => c.Alone)}; with two approvals up to {Amounts(c => c.Most)}");
        screen.Line("you", $"{profile.Member}, an administrator, with the key {profile.Caller.KeyId}");
        screen.Line("", $"in {profile.Caller.KeyFile}");
        screen.Line();
        if (profile.WithoutChains is { } missing)
            screen.Line($"No chain nodes run ({missing}): wallets and signatures can be made, and nothing sent.");
        else if (profile.Chains.Any(c => c.IsDevnet))
            screen.Line("The chains keep their blocks and accounts from start to start. What is in no block yet is lost with them, and sent again.");
        screen.Line("Next, in another terminal:");
        screen.Line();
        var data = paths.Root == Path.GetFullPath(UpOptions.DefaultFolder) ? "" : $" --data {paths.Root}";
        screen.Line($"  quorate demo{data}");
        var named = data.Length > 0 ? $" --profile {paths.ApiProfile}" : "";
        screen.Line($"  quorate wallet list{named}");
        screen.Line("  quorate transfer --help");
        screen.Line($"  quorate node status --node {profile.Nodes[0].Url}");
        if (profile.WithoutChains is null && profile.Chains.Any(c => c.IsDevnet))
            screen.Line($"  quorate devnet fund --folder {paths.Chains} {profile.Chains.First(c => c.IsDevnet).Name} ADDRESS AMOUNT");
        screen.Line();
        screen.Line("Ctrl-C stops everything. The same command goes on from there.");
    }

    string Amounts(Func<LocalChain, string> which) => string.Join(", ", profile.Chains.Select(c => c.Show(which(c))));
}
