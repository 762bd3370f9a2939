namespace Quorate.Cli.Devnet;

/// <summary>
/// One chain of the devnet: a node that <c>devnet/NAME/launch.mjs</c> runs, how to see that it is there, and a faucet.
/// </summary>
abstract class DevnetChain
{
    /// <summary>Every chain there is.</summary>
    internal static IReadOnlyList<DevnetChain> All { get; } = [new EthereumDevnet(), new BitcoinDevnet()];

    /// <summary>The chain's name, which is its folder's too.</summary>
    internal abstract string Name { get; }

    /// <summary>The port its node usually has.</summary>
    internal abstract int DefaultPort { get; }

    /// <summary>The unit in which the faucet pays.</summary>
    internal abstract string FaucetUnit { get; }

    /// <summary>Arguments of the launcher after the port.</summary>
    internal virtual IReadOnlyList<string> LauncherArguments => [];

    /// <summary>What the node answers about itself, in a few words.</summary>
    /// <exception cref="HttpRequestException">It does not answer, or something else does.</exception>
    internal abstract Task<string> CheckAsync(DevnetHttp node, CancellationToken cancellationToken);

    /// <summary>Gives an address an amount in the faucet's unit and returns the transaction's id.</summary>
    /// <exception cref="HttpRequestException">The node refuses; the message is its reason.</exception>
    internal abstract Task<string> FundAsync(DevnetHttp node, string address, string amount, CancellationToken cancellationToken);

    /// <summary>The chain of this name.</summary>
    /// <exception cref="CliException">There is none.</exception>
    internal static DevnetChain ByName(string name) => All.FirstOrDefault(c => c.Name == name)
        ?? throw new CliException($"there is no chain {name}; there is {string.Join(", ", All.Select(c => c.Name))}.");
}
