using System.Diagnostics.CodeAnalysis;
using Quorate.Chains;

namespace Quorate.Policies;

/// <summary>
/// An account as policies name it, after CAIP-10: chain, colon, address in the chain's canonical text. Policies do not know
/// how a chain's addresses are spelled; they compare texts, and have a <see cref="SpellingCheck"/> refuse others when a
/// document is read.
/// </summary>
public sealed record Account
{
    const int MaxAddressLength = 128;

    Account(ChainId chain, string address) => (Chain, Address) = (chain, address);

    /// <summary>An account that an adapter has decoded.</summary>
    public Account(Address address) : this((address ?? throw new ArgumentNullException(nameof(address))).Chain, address.Text)
    {
    }

    /// <summary>The chain.</summary>
    public ChainId Chain { get; }

    /// <summary>The address on that chain.</summary>
    public string Address { get; }

    /// <summary>Reads CAIP-10: 1 to 128 characters of a–z, A–Z, 0–9, '-', '.' and '%' after the chain.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Account? account)
    {
        account = null;
        var colon = text?.LastIndexOf(':') ?? -1;
        if (colon < 0 || text!.Length - colon - 1 is < 1 or > MaxAddressLength || !ChainId.TryParse(text[..colon], out var chain))
            return false;
        var address = text[(colon + 1)..];
        if (address.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '.' or '%')))
            return false;
        account = new(chain, address);
        return true;
    }

    /// <summary>The text that <see cref="TryParse"/> reads.</summary>
    public override string ToString() => $"{Chain}:{Address}";
}

/// <summary>
/// Whether a chain, and an address of it, are in their canonical spelling. A rule that denies an address in another spelling
/// would never match, so who pins a policy passes the adapters' judgement here.
/// </summary>
/// <param name="chain">The chain. <c>eip155:01</c> is no spelling of <c>eip155:1</c>.</param>
/// <param name="address">The address; null where the chain stands alone.</param>
/// <returns>Null for a chain that nobody here has an adapter for.</returns>
public delegate bool? SpellingCheck(ChainId chain, string? address);
