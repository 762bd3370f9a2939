namespace Quorate.Chains.Solana;

/// <summary>One of Solana's networks, named after its first block. A message does not say which it is for.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="GenesisHash">The hash of the first block, which a node tells by <c>getGenesisHash</c>.</param>
public sealed record SolanaCluster(string Name, Blockhash GenesisHash)
{
    /// <summary>The CAIP-2 namespace.</summary>
    public const string Namespace = "solana";

    /// <summary>SLIP-44's number of SOL, on test networks too.</summary>
    public const int CoinType = 501;

    /// <summary>The money itself.</summary>
    public static SolanaCluster Mainnet { get; } = new("mainnet-beta", Blockhash.Parse("5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d"));

    /// <summary>The public network for applications under development.</summary>
    public static SolanaCluster Devnet { get; } = new("devnet", Blockhash.Parse("EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG"));

    /// <summary>The public network for validators.</summary>
    public static SolanaCluster Testnet { get; } = new("testnet", Blockhash.Parse("4uhcVJyU9pJkvQyS88uRDiswHXSGkY3zQawwpjk2NsNY"));

    /// <summary>The CAIP-2 name: solana and the first 32 characters of the first block's hash.</summary>
    public ChainId Chain => ChainId.Parse($"{Namespace}:{GenesisHash.ToString()[..32]}");

    /// <summary>SOL, counted in lamports of 10⁻⁹.</summary>
    public AssetId Coin => AssetId.Coin(Chain, CoinType);
}
