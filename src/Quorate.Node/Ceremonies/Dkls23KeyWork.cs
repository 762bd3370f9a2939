using Quorate.Chains;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Ceremonies;

/// <summary>Keys for ECDSA: a share and the pairwise set-ups made for it, docs/spec/dkls23.md.</summary>
sealed class Dkls23KeyWork() : KeyWork<Secp256k1>(SignatureScheme.EcdsaSecp256k1)
{
    internal override async Task<(StoredKey Stored, KeyClaim Claim)> GenerateAsync(AttemptRun run)
    {
        var share = await run.SessionAsync(Step("keygen"), run.Roster.Attesters,
            id => new Dkls23Keygen(id, run.Me, run.Roster.Attesters, run.Roster.Threshold, run.Random)).ConfigureAwait(false);
        using var holding = new Dkls23KeyHolding(share);
        return (StoredKey.Of(holding), ClaimOf(share.Package));
    }

    internal override async Task<NewSharing> RenewAsync(AttemptRun run, NodeVault vault, KeyView key)
    {
        var package = KeyView.ReadPackage<Secp256k1>(key.Stored);
        PendingSharing<Secp256k1> pending;
        using (var holding = Open(vault, package, run.Me))
            pending = await ReshareAsync(run, PlanOf(run, package), holding.DealingShare).ConfigureAwait(false);
        if (!pending.HasShare)
            return new Sharing(package, pending, null);
        try
        {
            return new Sharing(package, pending, await run.SessionAsync(
                Step("set-up"), run.Roster.Attesters, id => new Dkls23Setup(id, pending, run.Random)).ConfigureAwait(false));
        }
        catch
        {
            pending.Dispose();
            throw;
        }
    }

    internal override async Task<StoredKey?> RepairAsync(AttemptRun run, NodeVault vault, KeyView key, PartyId lost)
    {
        using var holding = run.Me == lost ? null : vault.OpenDkls23(key.Id);
        using var outcome = await RepairAsync(run, KeyView.ReadPackage<Secp256k1>(key.Stored), holding?.DealingShare, lost).ConfigureAwait(false);
        if (outcome.Share is null)
            return null;
        using var repaired = new Dkls23KeyHolding(outcome.Share);
        return StoredKey.Of(repaired);
    }

    internal override StoredKey? Accept(NodeVault vault, CeremonyCertificate certificate, int claim)
    {
        var combined = CombineProofs(certificate, claim)!;
        using var holding = vault.OpenDkls23(KeyId.Of(combined.Package));
        return holding.Accept(combined) ? StoredKey.Of(holding) : null;
    }

    internal override (StoredKey Stored, Digest Id) Import(PartyId importer, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> chainCode)
    {
        using var holding = new Dkls23KeyHolding(KeyImport.Share(Scheme, importer, ImportedScalar.Read<Secp256k1>(secret), chainCode));
        return (StoredKey.Of(holding), KeyId.Of(holding.Package));
    }

    static Dkls23KeyHolding Open(NodeVault vault, PublicKeyPackage<Secp256k1> package, PartyId me) =>
        vault.Find(KeyId.Of(package)) is not null ? vault.OpenDkls23(KeyId.Of(package)) : Dkls23KeyHolding.Joining(me, package);

    sealed class Sharing(PublicKeyPackage<Secp256k1> before, PendingSharing<Secp256k1> pending, PairwiseSetups? setups) : NewSharing
    {
        bool isTaken;

        internal override (StoredKey Stored, KeyClaim Claim, byte[] Proof)? Join(NodeVault vault, IRandom random)
        {
            if (setups is null)
                return null;
            using var holding = Open(vault, before, pending.Me);
            holding.Add(pending, setups);
            isTaken = true;
            var (setupId, proof) = holding.Acknowledge(pending.Package.Epoch, random);
            return (StoredKey.Of(holding), new(KeyView.Store(pending.Package), pending.Replaces.ToArray(), setupId), Encode(proof));
        }

        public override void Dispose()
        {
            if (isTaken)
                return;
            pending.Dispose();
            setups?.Dispose();
        }
    }
}
