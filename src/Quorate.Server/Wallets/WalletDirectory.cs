using Quorate.Chains;
using Quorate.Policies;
using Quorate.Server.Governance;
using Quorate.Server.Hosting;
using Quorate.Server.Sagas;
using Quorate.Server.Store;
using Quorate.Server.Transfers;

namespace Quorate.Server.Wallets;

/// <summary>Wallets of the store, as the saga asks for them.</summary>
sealed class WalletDirectory(ServerStore store, DeploymentBook deployment, IReadOnlyDictionary<ChainId, ChainConnection> chains) : IWalletDirectory
{
    public async Task<SigningWallet?> FindAsync(TransferDraft draft, CancellationToken cancellation)
    {
        var wallet = (await store.Wallets.ReadAsync(draft.Wallet.ToString(), cancellation).ConfigureAwait(false)).State;
        return wallet.Keys is { } keys && chains.TryGetValue(draft.Subject.Chain, out var chain)
            && wallet.Addresses.FirstOrDefault(a => a.Chain == draft.Subject.Chain && a.Address == draft.Subject.From) is { } address
            ? new(deployment.Current.Genesis.Organisation, wallet.Name, keys.Epoch, chain.ContextOf(wallet, address))
            : null;
    }

    public Task<PinnedPolicy> PolicyAsync(CancellationToken cancellation) =>
        Task.FromResult(new PinnedPolicy(deployment.Current.Policy, deployment.Current.Membership, CounterLedger.Empty));
}
