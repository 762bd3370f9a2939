using System.Collections.Immutable;
using Quorate.Server.Wallets;

namespace Quorate.Server.Nodes;

/// <summary>What a node says of itself. Nothing in it is proven.</summary>
/// <param name="Name">Its name in the genesis document.</param>
/// <param name="Policy">Hash of the policy in force; empty for none.</param>
/// <param name="Acts">Administrators' acts taken.</param>
/// <param name="Frozen">Wallets that are frozen; * for everything.</param>
/// <param name="Wallets">Its wallets.</param>
/// <param name="Chains">Chains it knows.</param>
/// <param name="Events">Events in its journal.</param>
/// <param name="Head">The hash over all of them.</param>
/// <param name="Sessions">Sessions in flight.</param>
/// <param name="Time">By its clock.</param>
sealed record NodeReport(
    string Name, ReadOnlyMemory<byte> Policy, ulong Acts, ImmutableArray<string> Frozen, ImmutableArray<NodeWallet> Wallets,
    ImmutableArray<string> Chains, ulong Events, ReadOnlyMemory<byte> Head, uint Sessions, DateTimeOffset Time);

/// <summary>A wallet as a node says that it holds shares of it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Epoch">Which sharing of its keys.</param>
/// <param name="Keys">Its keys, in the order of their schemes.</param>
sealed record NodeWallet(string Name, uint Epoch, ImmutableArray<WalletKey> Keys);

/// <summary>How far a ceremony is, as a node sees it.</summary>
/// <param name="Refused">Why the order was refused, as docs/spec/ceremonies.md calls it, and in words; empty where it was not.</param>
/// <param name="IsLeading">Whether the node leads it now.</param>
/// <param name="Outcome">How it ended there: completed, or why not; empty where it has not.</param>
/// <param name="Fault">How the last attempt failed; empty where none did.</param>
/// <param name="Culprits">Whom the node names for it.</param>
/// <param name="Step">What it does, in words.</param>
sealed record CeremonyReport(string Refused, bool IsLeading, string Outcome, string Fault, ImmutableArray<string> Culprits, string Step)
{
    /// <summary>Whether it has ended well.</summary>
    internal bool IsCompleted => Outcome == "completed";
}
