using Quorate.Chains;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Ceremonies;

/// <summary>Keys of FROST: a share is all there is.</summary>
sealed class FrostKeyWork<C>(FrostSuite<C> suite, SignatureScheme scheme) : KeyWork<C>(scheme) where C : struct, ICurve<C>
{
    internal override async Task<(StoredKey Stored, KeyClaim Claim)> GenerateAsync(AttemptRun run)
    {
        var share = await run.SessionAsync(Step("keygen"), run.Roster.Attesters,
            id => new FrostKeygen<C>(suite, Scheme, id, run.Me, run.Roster.Attesters, run.Roster.Threshold, run.Random)).ConfigureAwait(false);
        using var holding = new KeyHolding<C>(share);
        return (StoredKey.Of(holding), ClaimOf(share.Package));
    }

    internal override async Task<NewSharing> RenewAsync(AttemptRun run, NodeVault vault, KeyView key)
    {
        var package = KeyView.ReadPackage<C>(key.Stored);
        using var holding = Open(vault, package, run.Me);
        return new Sharing(package, await ReshareAsync(run, PlanOf(run, package), holding.Share).ConfigureAwait(false));
    }

    internal override async Task<StoredKey?> RepairAsync(AttemptRun run, NodeVault vault, KeyView key, PartyId lost)
    {
        using var holding = run.Me == lost ? null : vault.OpenKey<C>(key.Id);
        using var outcome = await RepairAsync(run, KeyView.ReadPackage<C>(key.Stored), holding?.Share, lost).ConfigureAwait(false);
        if (outcome.Share is null)
            return null;
        using var repaired = new KeyHolding<C>(outcome.Share);
        return StoredKey.Of(repaired);
    }

    internal override StoredKey? Accept(NodeVault vault, CeremonyCertificate certificate, int claim)
    {
        var combined = CombineProofs(certificate, claim)!;
        using var holding = vault.OpenKey<C>(KeyId.Of(combined.Package));
        return holding.Accept(combined) ? StoredKey.Of(holding) : null;
    }

    internal override (StoredKey Stored, Digest Id) Import(PartyId importer, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> chainCode)
    {
        using var holding = new KeyHolding<C>(KeyImport.Share(Scheme, importer, ImportedScalar.Read<C>(secret), chainCode));
        return (StoredKey.Of(holding), KeyId.Of(holding.Package));
    }

    static KeyHolding<C> Open(NodeVault vault, PublicKeyPackage<C> package, PartyId me) =>
        vault.Find(KeyId.Of(package)) is not null ? vault.OpenKey<C>(KeyId.Of(package)) : KeyHolding<C>.Joining(me, package);

    sealed class Sharing(PublicKeyPackage<C> before, PendingSharing<C> pending) : NewSharing
    {
        bool isTaken;

        internal override (StoredKey Stored, KeyClaim Claim, byte[] Proof)? Join(NodeVault vault, IRandom random)
        {
            if (!pending.HasShare)
                return null;
            using var holding = Open(vault, before, pending.Me);
            holding.Add(pending);
            isTaken = true;
            return (StoredKey.Of(holding), new(KeyView.Store(pending.Package), pending.Replaces.ToArray(), []),
                Encode(ReshareCertificate<C>.Acknowledge(pending, [], random)));
        }

        public override void Dispose()
        {
            if (!isTaken)
                pending.Dispose();
        }
    }
}

/// <summary>The secret scalar of a private key as its owner has it.</summary>
static class ImportedScalar
{
    /// <summary>Length in bytes of a private key on either curve.</summary>
    internal const int Size = 32;

    /// <summary>A scalar on secp256k1, big-endian; a seed of Ed25519, RFC 8032.</summary>
    /// <exception cref="ArgumentException">Not 32 bytes, or not below the group order.</exception>
    internal static Secret<Scalar<C>> Read<C>(ReadOnlySpan<byte> secret) where C : struct, ICurve<C>
    {
        if (secret.Length != Size)
            throw new ArgumentException($"{secret.Length} bytes; a private key has {Size}.", nameof(secret));
        if (typeof(C) == typeof(Ed25519))
        {
            using var key = new Ed25519Key(secret);
            return (Secret<Scalar<C>>)(object)key.ExportScalar();
        }
        return Scalar<C>.TryDecode(secret, out var scalar) ? new(scalar) : throw new ArgumentException("Not a private key of this curve.", nameof(secret));
    }
}
