namespace Quorate.Cli.Devnet;

/// <summary>
/// One chain of the devnet: a node that <c>devnet/NAME/launch.mjs</c> runs, how to see that it is there, and a faucet.
/// </summary>
abstract class DevnetChain
{
    /// <summary>How long the faucet's payment may take to be in a block. No node here takes more than a slot.</summary>
    static readonly TimeSpan paymentTimeout = TimeSpan.FromSeconds(30);

    static readonly TimeSpan pollInterval = TimeSpan.FromMilliseconds(50);

    /// <summary>Every chain there is.</summary>
    internal static IReadOnlyList<DevnetChain> All { get; } = [new EthereumDevnet(), new BitcoinDevnet(), new SolanaDevnet()];

    /// <summary>The chain's name, which is its folder's too.</summary>
    internal abstract string Name { get; }

    /// <summary>The port its node usually has.</summary>
    internal abstract int DefaultPort { get; }

    /// <summary>The unit in which the faucet pays.</summary>
    internal abstract string FaucetUnit { get; }

    /// <summary>Arguments of the launcher after the port.</summary>
    internal virtual IReadOnlyList<string> LauncherArguments => [];

    /// <summary>Arguments of the launcher after the port for a node that goes on where it was, and whose blocks come by themselves.</summary>
    /// <param name="file">Where it keeps what it needs for that.</param>
    internal abstract IReadOnlyList<string> KeepingArguments(string file);

    /// <summary>What the node answers about itself, in a few words.</summary>
    /// <exception cref="HttpRequestException">It does not answer, or something else does.</exception>
    internal abstract Task<string> CheckAsync(DevnetHttp node, CancellationToken cancellationToken);

    /// <summary>
    /// Gives an address an amount in the faucet's unit and returns the transaction's id, when the address has it.
    /// </summary>
    /// <exception cref="HttpRequestException">The node refuses; the message is its reason.</exception>
    internal abstract Task<string> FundAsync(DevnetHttp node, string address, string amount, CancellationToken cancellationToken);

    /// <summary>The chain of this name.</summary>
    /// <exception cref="CliException">There is none.</exception>
    internal static DevnetChain ByName(string name) => All.FirstOrDefault(c => c.Name == name)
        ?? throw new CliException($"there is no chain {name}; there is {string.Join(", ", All.Select(c => c.Name))}.");

    /// <summary>Asks again and again until the answer is yes.</summary>
    /// <exception cref="HttpRequestException">It is no for too long, or the node does not answer.</exception>
    protected static async Task WaitAsync(Func<Task<bool>> isDone, string otherwise, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await isDone())
        {
            if (TimeProvider.System.GetElapsedTime(started) > paymentTimeout)
                throw new HttpRequestException($"{otherwise} after {paymentTimeout.TotalSeconds} s.");
            await Task.Delay(pollInterval, cancellationToken);
        }
    }
}
