using System.Collections.Frozen;
using Quorate.Chains;

namespace Quorate.Policies;

/// <summary>Assets a rule names. A collection (an asset without a token number) stands for every token in it.</summary>
sealed class AssetSet(FrozenSet<AssetId> assets)
{
    internal FrozenSet<AssetId> Assets => assets;

    internal bool Contains(AssetId? asset) => asset is not null && (assets.Contains(asset) || (asset.Token is not null && assets.Contains(CollectionOf(asset))));

    /// <summary>Whether <paramref name="named"/> is the asset or its collection.</summary>
    internal static bool Stands(AssetId named, AssetId asset) => named == asset || (asset.Token is not null && named == CollectionOf(asset));

    internal bool Includes(AssetSet other) => other.Assets.All(Contains);

    static AssetId CollectionOf(AssetId asset) => AssetId.Create(asset.Chain, asset.Namespace, asset.Reference);
}
