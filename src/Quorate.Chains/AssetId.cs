using System.Diagnostics.CodeAnalysis;

namespace Quorate.Chains;

/// <summary>
/// An asset, named after CAIP-19: a chain, a slash, a namespace, a colon, a reference, and for one token of a collection
/// a slash and its number. For example <c>eip155:1/slip44:60</c> (ether),
/// <c>eip155:1/erc20:0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48</c>, <c>eip155:1/erc721:0x06012c…266d/771769</c>.
/// Two ids are equal when their texts are: adapters write references canonically (EIP-55 for addresses).
/// </summary>
public sealed record AssetId
{
    /// <summary>Longest text: the chain, a slash, 8 + 1 + 128, a slash, 78.</summary>
    public const int MaxLength = ChainId.MaxLength + 1 + 8 + 1 + 128 + 1 + 78;

    AssetId(ChainId chain, string @namespace, string reference, string? token) =>
        (Chain, Namespace, Reference, Token) = (chain, @namespace, reference, token);

    /// <summary>The chain the asset lives on.</summary>
    public ChainId Chain { get; }

    /// <summary>The kind of asset: slip44 for a chain's own coin, erc20, erc721, erc1155, token (Solana).</summary>
    public string Namespace { get; }

    /// <summary>Which asset of its kind: a contract, a mint, a SLIP-44 number.</summary>
    public string Reference { get; }

    /// <summary>Which token of a collection; null for fungible assets and for a collection as a whole.</summary>
    public string? Token { get; }

    /// <summary>An asset of these parts.</summary>
    /// <exception cref="ArgumentException">A part is not in its CAIP-19 alphabet or has a wrong length.</exception>
    public static AssetId Create(ChainId chain, string @namespace, string reference, string? token = null) =>
        TryParse($"{chain}/{@namespace}:{reference}{(token is null ? "" : "/" + token)}", out var asset)
            ? asset
            : throw new ArgumentException("Not the parts of a CAIP-19 asset.");

    /// <summary>The coin of a chain by its SLIP-44 number: 60 ether, 0 bitcoin, 1 any test coin, 501 SOL.</summary>
    public static AssetId Coin(ChainId chain, int slip44) =>
        Create(chain, "slip44", slip44.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>Reads an asset as <see cref="TryParse"/> does.</summary>
    /// <exception cref="FormatException">The text names no asset.</exception>
    public static AssetId Parse(string text) =>
        TryParse(text, out var asset) ? asset : throw new FormatException("Not a CAIP-19 asset: chain/namespace:reference[/token].");

    /// <summary>Reads the text of a CAIP-19 asset; nothing around it.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out AssetId? asset)
    {
        asset = null;
        if (text is null || text.Length > MaxLength)
            return false;
        var parts = text.Split('/');
        if (parts.Length is not (2 or 3) || !ChainId.TryParse(parts[0], out var chain))
            return false;
        var colon = parts[1].IndexOf(':', StringComparison.Ordinal);
        if (colon is < 3 or > 8)
            return false;
        var reference = parts[1][(colon + 1)..];
        var token = parts.Length == 3 ? parts[2] : null;
        if (parts[1].AsSpan(0, colon).ContainsAnyExcept(CaipCharacters.Namespace)
            || !IsReference(reference, 128)
            || (token is not null && !IsReference(token, 78)))
            return false;
        asset = new(chain, parts[1][..colon], reference, token);
        return true;
    }

    static bool IsReference(string text, int maxLength) =>
        text.Length >= 1 && text.Length <= maxLength && !text.AsSpan().ContainsAnyExcept(CaipCharacters.AssetReference);

    /// <summary>The text that <see cref="Parse"/> reads.</summary>
    public override string ToString() => $"{Chain}/{Namespace}:{Reference}{(Token is null ? "" : "/" + Token)}";
}
