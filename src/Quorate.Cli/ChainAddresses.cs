using Quorate.Chains;
using Quorate.Chains.Bitcoin;
using Quorate.Chains.Ethereum;

namespace Quorate.Cli;

/// <summary>How the chains that this build knows spell their addresses, for whoever reads a document that names some.</summary>
static class ChainAddresses
{
    static readonly BitcoinNetwork[] networks =
        [BitcoinNetwork.Mainnet, BitcoinNetwork.Testnet, BitcoinNetwork.Testnet4, BitcoinNetwork.Signet, BitcoinNetwork.Regtest];

    /// <summary>Whether a text is an address of the chain in its canonical spelling; null for a chain that is not known.</summary>
    internal static bool? AreCanonical(ChainId chain, string address)
    {
        if (FormatOf(chain) is not { } format)
            return null;
        try
        {
            return format.ParseAddress(address).Text == address;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    static ITransactionFormat? FormatOf(ChainId chain) => chain.Namespace switch
    {
        "eip155" when ulong.TryParse(chain.Reference, out var id) && id > 0 => new EthereumFormat(id),
        "bip122" when Array.Find(networks, network => network.Chain == chain) is { } network => new BitcoinFormat(network),
        _ => null,
    };
}
