using Quorate.Chains;
using Quorate.Chains.Bitcoin;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Solana;
using Quorate.Node.Gate;

namespace Quorate.Cli.Node;

/// <summary>What an operator says about one chain. What a call does depends on it, so of a node it never comes from a server.</summary>
/// <param name="Tokens">Ethereum: token contracts by address, each erc20, erc721 or erc1155.</param>
/// <param name="Mints">Solana: tokens by the address of their mint.</param>
/// <param name="Genesis">Solana: the cluster's genesis hash, whole; needed for clusters that are not public.</param>
sealed record ConfiguredChain(IReadOnlyDictionary<string, string>? Tokens, IReadOnlyDictionary<string, ConfiguredChain.Mint>? Mints, string? Genesis)
{
    /// <summary>A token of Solana.</summary>
    /// <param name="Program">The token program that owns it.</param>
    /// <param name="Decimals">Of its amounts.</param>
    internal sealed record Mint(string Program, byte Decimals);

    static readonly BitcoinNetwork[] bitcoin =
        [BitcoinNetwork.Mainnet, BitcoinNetwork.Testnet, BitcoinNetwork.Testnet4, BitcoinNetwork.Signet, BitcoinNetwork.Regtest];

    static readonly SolanaCluster[] solana = [SolanaCluster.Mainnet, SolanaCluster.Devnet, SolanaCluster.Testnet];

    /// <summary>What the node judges the chain with.</summary>
    internal ChainJudge ToJudge(string id) => ToFormat(id) switch
    {
        EthereumFormat ethereum => new EthereumJudge(ethereum),
        SolanaFormat cluster => new SolanaJudge(cluster),
        BitcoinFormat network => new BitcoinJudge(network.Network),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>How the chain is read.</summary>
    internal ITransactionFormat ToFormat(string id)
    {
        if (!ChainId.TryParse(id, out var chain))
            throw new CliException($"{id} is no CAIP-2 id of a chain, like eip155:1.");
        try
        {
            return chain.Namespace switch
            {
                EthereumFormat.Namespace when ChainSpelling.IsCanonical(chain, null) == true =>
                    new EthereumFormat(ulong.Parse(chain.Reference, System.Globalization.CultureInfo.InvariantCulture), Contracts()),
                SolanaCluster.Namespace => new SolanaFormat(Cluster(chain), Accounts()),
                _ when bitcoin.FirstOrDefault(network => network.Chain == chain) is { } network => new BitcoinFormat(network),
                _ => throw new CliException($"{id} is no chain that this build knows."),
            };
        }
        catch (FormatException problem)
        {
            throw new CliException($"{id}: {problem.Message}");
        }
    }

    KnownContracts Contracts() => (Tokens ?? new Dictionary<string, string>()).Aggregate(KnownContracts.None, (known, token) => known.WithToken(
        EthereumAddress.Parse(token.Key), Enum.TryParse<TokenKind>(token.Value, ignoreCase: true, out var kind) && Enum.IsDefined(kind)
            ? kind : throw new FormatException($"{token.Value} is no kind of token: erc20, erc721 or erc1155.")));

    KnownAccounts Accounts() => (Mints ?? new Dictionary<string, Mint>()).Aggregate(KnownAccounts.None, (known, mint) => known.WithMint(
        SolanaAddress.Parse(mint.Key), new(SolanaAddress.Parse(mint.Value.Program), mint.Value.Decimals)));

    SolanaCluster Cluster(ChainId chain) => Genesis is null
        ? solana.FirstOrDefault(cluster => cluster.Chain == chain) ?? throw new FormatException("not a public cluster: its genesis hash is missing.")
        : new SolanaCluster(chain.Reference, Blockhash.Parse(Genesis)) is var own && own.Chain == chain ? own
        : throw new FormatException("the genesis hash is another cluster's.");
}
