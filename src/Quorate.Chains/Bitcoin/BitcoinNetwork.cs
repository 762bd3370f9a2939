using Quorate.Cryptography.Derivation;

namespace Quorate.Chains.Bitcoin;

/// <summary>One of Bitcoin's networks: its CAIP-2 name and how its addresses and extended keys are written.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Chain">bip122 and the first 32 digits of the first block's hash.</param>
/// <param name="Bech32Prefix">What segregated witness addresses begin with, before the 1.</param>
/// <param name="KeyHashVersion">Version byte of P2PKH addresses.</param>
/// <param name="ScriptHashVersion">Version byte of P2SH addresses.</param>
/// <param name="ExtendedKeys">xpub or tpub.</param>
public sealed record BitcoinNetwork(
    string Name, ChainId Chain, string Bech32Prefix, byte KeyHashVersion, byte ScriptHashVersion, Bip32Network ExtendedKeys)
{
    /// <summary>The money itself.</summary>
    public static BitcoinNetwork Mainnet { get; } =
        new("mainnet", ChainId.Parse("bip122:000000000019d6689c085ae165831e93"), "bc", 0, 5, Bip32Network.Mainnet);

    /// <summary>The third public test network.</summary>
    public static BitcoinNetwork Testnet { get; } = Test("testnet", "000000000933ea01ad0ee984209779ba", "tb");

    /// <summary>The fourth public test network (BIP 94).</summary>
    public static BitcoinNetwork Testnet4 { get; } = Test("testnet4", "00000000da84f2bafbbc53dee25a72ae", "tb");

    /// <summary>The default signet (BIP 325).</summary>
    public static BitcoinNetwork Signet { get; } = Test("signet", "00000008819873e925422c1ff0f99f7c", "tb");

    /// <summary>A network of one's own. bcoin writes its addresses with <c>rb</c>: <c>Regtest with { Bech32Prefix = "rb" }</c>.</summary>
    public static BitcoinNetwork Regtest { get; } = Test("regtest", "0f9188f13cb7b2c71f2a335e3a4fc328", "bcrt");

    /// <summary>The coin: SLIP-44 number 0, or 1 for every test network.</summary>
    public AssetId Coin => AssetId.Coin(Chain, CoinType);

    /// <summary>The coin type of BIP 44 and its kin.</summary>
    public int CoinType => ExtendedKeys == Bip32Network.Mainnet ? 0 : 1;

    static BitcoinNetwork Test(string name, string genesis, string prefix) =>
        new(name, ChainId.Parse("bip122:" + genesis), prefix, 111, 196, Bip32Network.Testnet);
}
