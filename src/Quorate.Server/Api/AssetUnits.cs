using Quorate.Chains;
using Quorate.Server.Hosting;

namespace Quorate.Server.Api;

/// <summary>How amounts are written beside which the API says it: what this server's chains and its configuration know, and nobody is asked.</summary>
/// <param name="server">Whose chains.</param>
sealed class AssetUnits(ApiParts server)
{
    /// <summary>What is known of an asset: of none, and of a chain that the server has no more, nothing.</summary>
    internal AssetUnit Of(AssetId? asset) => asset is not null && server.Chains.TryGetValue(asset.Chain, out var chain) ? chain.UnitOf(asset) : AssetUnit.Unknown;

    /// <summary>Puts it into a message, whose decimals stay absent where they are not known.</summary>
    internal void Show(AssetId? asset, Action<uint> decimals, Action<string> symbol)
    {
        var unit = Of(asset);
        if (unit.Decimals is { } digits)
            decimals((uint)digits);
        symbol(unit.Symbol);
    }
}
