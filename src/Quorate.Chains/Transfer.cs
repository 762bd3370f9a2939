namespace Quorate.Chains;

/// <summary>
/// What somebody wants: <paramref name="Amount"/> of <paramref name="Asset"/> from <paramref name="From"/> to
/// <paramref name="To"/>, on the chain all three belong to.
/// </summary>
/// <param name="From">The paying account; on Bitcoin the wallet's address that names it.</param>
/// <param name="To">The receiving account.</param>
/// <param name="Asset">The chain's coin or a token on it.</param>
/// <param name="Amount">In the asset's smallest unit.</param>
/// <param name="Memo">Text published with the transfer, where the chain has a place for it; null for none.</param>
public sealed record Transfer(Address From, Address To, AssetId Asset, Amount Amount, string? Memo = null);
