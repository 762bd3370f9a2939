using Quorate.Chains;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Proofs;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Ceremonies;

/// <summary>What ceremonies do with a key, whatever its scheme.</summary>
abstract class KeyWork
{
    static readonly KeyWork ecdsa = new Dkls23KeyWork(), bip340 = new FrostKeyWork<Secp256k1>(FrostSuite.Secp256k1, SignatureScheme.Bip340),
        ed25519 = new FrostKeyWork<Ed25519>(FrostSuite.Ed25519, SignatureScheme.Ed25519);

    internal static KeyWork Of(SignatureScheme scheme) => scheme switch
    {
        SignatureScheme.EcdsaSecp256k1 => ecdsa,
        SignatureScheme.Bip340 => bip340,
        SignatureScheme.Ed25519 => ed25519,
        _ => throw new ArgumentOutOfRangeException(nameof(scheme)),
    };

    /// <summary>Makes a key among all nodes of the ceremony.</summary>
    internal abstract Task<(StoredKey Stored, KeyClaim Claim)> GenerateAsync(AttemptRun run);

    /// <summary>Runs the sessions that give a key new shares. Nothing is stored yet.</summary>
    internal abstract Task<NewSharing> RenewAsync(AttemptRun run, NodeVault vault, KeyView key);

    /// <summary>Gives the lost party its share back; its holding at that party, null at helpers.</summary>
    internal abstract Task<StoredKey?> RepairAsync(AttemptRun run, NodeVault vault, KeyView key, PartyId lost);

    /// <summary>Puts a certified sharing in force in this node's holding.</summary>
    /// <returns>What to store; null where it brings nothing new.</returns>
    /// <exception cref="InvalidOperationException">The node has acknowledged a share that it no longer has.</exception>
    internal abstract StoredKey? Accept(NodeVault vault, CeremonyCertificate certificate, int claim);

    /// <summary>The resharing certificate of one of the keys; null where it does not verify.</summary>
    internal abstract object? Combine(CeremonyCertificate certificate, int claim);

    /// <summary>The key that an operator has brought, as this node's whole share of it.</summary>
    /// <exception cref="ArgumentException">It is no key.</exception>
    internal abstract (StoredKey Stored, Digest Id) Import(PartyId importer, ReadOnlySpan<byte> secret, ReadOnlySpan<byte> chainCode);
}

/// <summary>A key's next sharing between the sessions that made it and the vault. Wiped by <see cref="IDisposable.Dispose"/>.</summary>
abstract class NewSharing : IDisposable
{
    /// <summary>
    /// Adds it to what the vault has of the key now, which may be more than when the sessions began. Null at a node that
    /// receives nothing.
    /// </summary>
    /// <exception cref="ArgumentException">The node has acknowledged another sharing of this epoch, or a higher one.</exception>
    internal abstract (StoredKey Stored, KeyClaim Claim, byte[] Proof)? Join(NodeVault vault, IRandom random);

    public abstract void Dispose();
}

/// <summary>What the kinds of keys on one curve have in common.</summary>
abstract class KeyWork<C>(SignatureScheme scheme) : KeyWork where C : struct, ICurve<C>
{
    protected string Step(string step) => $"{KeyView.KeySchemeOf(scheme)}/{step}";

    protected KeyScheme Scheme => KeyView.KeySchemeOf(scheme);

    internal override object? Combine(CeremonyCertificate certificate, int claim) => CombineProofs(certificate, claim);

    protected static ReshareCertificate<C>? CombineProofs(CeremonyCertificate certificate, int claim)
    {
        var (about, proofs) = (certificate.Claims[claim], new List<SchnorrProof<C>>());
        try
        {
            foreach (var attestation in certificate.Attestations)
            {
                if (attestation.Proofs.Length != certificate.Claims.Length)
                    return null;
                var reader = new WireReader(attestation.Proofs[claim]);
                proofs.Add(SchnorrProof<C>.Read(ref reader));
                reader.End();
            }
            return ReshareCertificate<C>.Combine(KeyView.ReadPackage<C>(about.Package), about.Replaces, about.SetupId, proofs);
        }
        catch (Exception invalid) when (invalid is FormatException or ArgumentException)
        {
            return null;
        }
    }

    protected static ResharePlan<C> PlanOf(AttemptRun run, PublicKeyPackage<C> package) => ResharePlan<C>.Reshare(
        package, new(run.Plan.Dealers), run.Roster.Attesters, run.Roster.Threshold, run.Plan.Epoch);

    protected async Task<PendingSharing<C>> ReshareAsync(AttemptRun run, ResharePlan<C> plan, KeyShare<C>? share) => await run.SessionAsync(
        Step("reshare"), plan.Parties,
        id => plan.Dealers.Contains(run.Me)
            ? new Reshare<C>(plan, id, share ?? throw new CeremonyFaultException("This node was to deal and has no share.", [], false), run.Random)
            : Reshare<C>.Receive(plan, id, run.Me)).ConfigureAwait(false);

    protected Task<RepairOutcome<C>> RepairAsync(AttemptRun run, PublicKeyPackage<C> package, KeyShare<C>? share, PartyId lost)
    {
        var helpers = new PartySet(run.Plan.Dealers);
        return run.SessionAsync(Step("repair"), new(helpers.Append(lost)), id => run.Me == lost
            ? Repair<C>.Receive(id, package, helpers, lost)
            : new Repair<C>(id, share ?? throw new CeremonyFaultException("This node was to help and has no share.", [], false), helpers, lost, run.Random));
    }

    protected static byte[] Encode(SchnorrProof<C> proof)
    {
        using var writer = new WireWriter();
        proof.Write(writer);
        return writer.Written.ToArray();
    }

    protected static KeyClaim ClaimOf(PublicKeyPackage<C> package) => new(KeyView.Store(package), [], []);
}
