using System.Collections.Immutable;

namespace Quorate.Server.Nodes;

/// <summary>What a node says of itself. Nothing in it is proven.</summary>
/// <param name="Name">Its name in the genesis document.</param>
/// <param name="Policy">Hash of the policy in force; empty for none.</param>
/// <param name="Acts">Administrators' acts taken.</param>
/// <param name="Frozen">Wallets that are frozen; * for everything.</param>
/// <param name="Wallets">Its wallets, with the epoch of their keys.</param>
/// <param name="Chains">Chains it knows.</param>
/// <param name="Events">Events in its journal.</param>
/// <param name="Head">The hash over all of them.</param>
/// <param name="Sessions">Sessions in flight.</param>
/// <param name="Time">By its clock.</param>
sealed record NodeReport(
    string Name, ReadOnlyMemory<byte> Policy, ulong Acts, ImmutableArray<string> Frozen, ImmutableArray<(string Wallet, ulong Epoch)> Wallets,
    ImmutableArray<string> Chains, ulong Events, ReadOnlyMemory<byte> Head, uint Sessions, DateTimeOffset Time);
