using System.Globalization;
using System.Text.Json.Serialization;
using Quorate.Chains.Bitcoin;
using Quorate.Cli.Devnet;

namespace Quorate.Cli.Local;

/// <summary>A chain of the local organisation.</summary>
/// <param name="Name">What it is called here: ethereum, bitcoin or solana.</param>
/// <param name="Id">CAIP-2.</param>
/// <param name="Coin">CAIP-19.</param>
/// <param name="Url">Its node.</param>
/// <param name="IsDevnet">Whether that is one that <c>quorate up</c> runs.</param>
/// <param name="Genesis">Of a Solana cluster: the hash of its genesis, whole.</param>
sealed record LocalChain(string Name, string Id, string Coin, string Url, bool IsDevnet, string? Genesis = null)
{
    /// <summary>What each chain's coin is called, how many decimals it has, and the policy's marks in whole coins and in the smallest unit.</summary>
    sealed record Unit(string Symbol, int Decimals, decimal Alone, decimal Most, decimal Fee);

    [JsonIgnore]
    internal string Symbol => Unit_.Symbol;

    /// <summary>Up to so much a member pays alone.</summary>
    [JsonIgnore]
    internal string Alone => Smallest(Unit_.Alone);

    /// <summary>The same in whole coins.</summary>
    [JsonIgnore]
    internal decimal AloneCoins => Unit_.Alone;

    /// <summary>More than that nobody pays at once.</summary>
    [JsonIgnore]
    internal string Most => Smallest(Unit_.Most);

    /// <summary>The most that a transaction may cost.</summary>
    [JsonIgnore]
    internal string MaxFee => Smallest(Unit_.Fee);

    Unit Unit_ => Name switch
    {
        "ethereum" => new("ETH", 18, 1, 5, 0.01m),
        "bitcoin" => new("BTC", 8, 0.1m, 0.5m, 0.001m),
        _ => new("SOL", 9, 10, 50, 0.01m),
    };

    /// <summary>A chain of the devnet.</summary>
    internal static LocalChain Devnet(string name, int port)
    {
        var url = $"http://127.0.0.1:{port}/";
        var regtest = BitcoinNetwork.Regtest;
        return name switch
        {
            "ethereum" => new(name, "eip155:31337", "eip155:31337/slip44:60", url, true),
            "bitcoin" => new(name, regtest.Chain.ToString(), regtest.Coin.ToString(), url, true),
            _ => Solana(SolanaDevnet.GenesisHash.ToString(), url, true),
        };
    }

    /// <summary>A cluster of Solana's kind.</summary>
    internal static LocalChain Solana(string genesis, string url, bool isDevnet) =>
        new("solana", $"solana:{genesis[..32]}", $"solana:{genesis[..32]}/slip44:501", url, isDevnet, genesis);

    /// <summary>Whole coins in the smallest unit.</summary>
    internal string Smallest(decimal coins) => Scaled(coins, Unit_.Decimals).ToString("0", CultureInfo.InvariantCulture);

    /// <summary>An amount of the smallest unit for people: 0.25 ETH.</summary>
    internal string Show(string amount)
    {
        var digits = amount.PadLeft(Unit_.Decimals + 1, '0');
        var fraction = digits[^Unit_.Decimals..].TrimEnd('0');
        return $"{digits[..^Unit_.Decimals]}{(fraction.Length > 0 ? "." : "")}{fraction} {Symbol}";
    }

    static decimal Scaled(decimal coins, int decimals)
    {
        for (var i = 0; i < decimals; i++)
            coins *= 10;
        return coins;
    }
}
