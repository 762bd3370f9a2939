using System.Collections.Frozen;
using System.Globalization;
using Quorate.Chains.Bitcoin;
using Quorate.Chains.Ethereum;

namespace Quorate.Chains;

/// <summary>How the chains that this build knows spell themselves and their addresses, for whoever reads a document that names some.</summary>
public static class ChainSpelling
{
    // Made once: a policy may name ten thousand addresses.
    static readonly FrozenDictionary<ChainId, BitcoinFormat> bitcoin = new[]
    {
        BitcoinNetwork.Mainnet, BitcoinNetwork.Testnet, BitcoinNetwork.Testnet4, BitcoinNetwork.Signet, BitcoinNetwork.Regtest,
    }.ToFrozenDictionary(network => network.Chain, network => new BitcoinFormat(network));

    /// <summary>
    /// Whether a chain is spelled canonically, and the text is an address of it in its canonical spelling; null for a chain
    /// that is not known.
    /// </summary>
    public static bool? IsCanonical(ChainId chain, string? address) =>
        chain.Namespace == EthereumFormat.Namespace ? IsNumber(chain.Reference) && (address is null || IsEthereum(address))
        : bitcoin.TryGetValue(chain, out var format) ? address is null || IsBitcoin(format, address)
        : null;

    // EIP-155's number in decimal: no sign, no zero in front, no zero alone.
    static bool IsNumber(string reference) =>
        reference[0] != '0' && ulong.TryParse(reference, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    // An account's address is the same on all of these chains.
    static bool IsEthereum(string address)
    {
        try
        {
            return EthereumAddress.Parse(address).ToString() == address;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    static bool IsBitcoin(BitcoinFormat format, string address)
    {
        try
        {
            return format.ParseAddress(address).Text == address;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
