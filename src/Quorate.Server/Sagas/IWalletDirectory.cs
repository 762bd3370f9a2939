using Quorate.Policies;
using Quorate.Server.Transfers;

namespace Quorate.Server.Sagas;

/// <summary>What the saga has to know besides transfers: wallets, and the server's copies of what nodes have pinned.</summary>
interface IWalletDirectory
{
    /// <summary>Whose keys sign for a transfer; null where the wallet is unknown or has no keys yet.</summary>
    Task<SigningWallet?> FindAsync(TransferDraft draft, CancellationToken cancellation);

    /// <summary>The policy and membership in force, and the counters as far as the server can tell.</summary>
    Task<PinnedPolicy> PolicyAsync(CancellationToken cancellation);
}

/// <summary>The server's copy of what nodes decide by. They decide; this is to know what to gather before they are asked.</summary>
sealed record PinnedPolicy(Policy Policy, Membership Membership, CounterLedger Counters);
