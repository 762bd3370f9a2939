using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Cryptography.Curves;
using Quorate.Node.Gate;
using Quorate.Policies;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Ceremonies;

/// <summary>
/// Who has which part in a ceremony, and what must come out: an order as seen by a node that knows the deployment and,
/// where it holds any, the wallet's keys. Pure.
/// </summary>
sealed class CeremonyRoster
{
    readonly CeremonyOrder order;
    readonly GenesisDocument genesis;

    CeremonyRoster(CeremonyOrder order, GenesisDocument genesis, PartySet attesters, PartySet everybody, ImmutableArray<KeyView> before) =>
        (this.order, this.genesis, Attesters, Everybody, Before) = (order, genesis, attesters, everybody, before);

    /// <summary>Who has to have stored its part for the ceremony to hold.</summary>
    internal PartySet Attesters { get; }

    /// <summary>Who is concerned, as far as this node knows: of a resharing it does not hold, not the old committee.</summary>
    internal PartySet Everybody { get; }

    /// <summary>The keys it starts from, in the order of their schemes; empty where there are none yet, or this node has them to be told.</summary>
    internal ImmutableArray<KeyView> Before { get; }

    /// <summary>Whether this node takes part without knowing the keys it starts from.</summary>
    internal bool IsToldKeys => order.Ceremony is Ceremony.Reshare or Ceremony.Repair && Before.IsEmpty;

    /// <summary>The roster; null where the order names nodes that the deployment has not, or keys that this node has not.</summary>
    internal static CeremonyRoster? Of(CeremonyOrder order, GenesisDocument genesis, WalletKeys? wallet)
    {
        var before = wallet is null ? [] : KeyView.Of(wallet).ToImmutableArray();
        var holders = before.IsEmpty ? null : before[0].Parties;
        if (before.Any(key => !key.Parties.Equals(holders)))
            return null;
        CeremonyRoster? Make(PartySet? attesters, PartySet? others = null, bool isNew = false) =>
            attesters is null ? null : new(order, genesis, attesters, others is null ? attesters : new(attesters.Union(others)), isNew ? [] : before);

        switch (order.Ceremony)
        {
            case Ceremony.CreateWallet c:
                return Make(Parties(genesis, c.Nodes), isNew: true);
            case Ceremony.Refresh:
                return Make(holders);
            case Ceremony.Reshare c:
                return Fits(c.Keys, before) ? Make(Parties(genesis, c.Nodes), holders) : null;
            case Ceremony.Repair c:
                return Fits(c.Keys, before) ? Make(Parties(genesis, [c.Node]), holders) : null;
            case Ceremony.ImportKey c:
                return Parties(genesis, [c.Importer]) is { } importer && Parties(genesis, c.Nodes) is { } nodes
                    ? new(order, genesis, nodes, new(nodes.Union(importer)), [ImportedKey(c, importer[0])])
                    : null;
            case Ceremony.Backup c:
                return Make(Parties(genesis, c.Nodes), isNew: true);
            default:
                throw new FormatException("A ceremony of an unknown kind.");
        }
    }

    /// <summary>How many nodes sign afterwards; 0 where the ceremony leaves it as it is.</summary>
    internal int Threshold => order.Ceremony switch
    {
        Ceremony.CreateWallet c => c.Threshold,
        Ceremony.Reshare c => c.Threshold,
        Ceremony.ImportKey c => c.Threshold,
        _ => Before.IsEmpty ? 0 : Before[0].Threshold,
    };

    /// <summary>Whether these are the keys that the order names, for a node that has to be told them.</summary>
    internal bool AreNamed(IReadOnlyList<KeyView> keys) => order.Ceremony switch
    {
        Ceremony.Reshare c => keys.Count > 0 && Fits(c.Keys, keys) && keys.All(key => key.Epoch == c.Epoch),
        Ceremony.Repair c => keys.Count > 0 && Fits(c.Keys, keys) && keys.All(key => key.Epoch == c.Epoch),
        _ => false,
    };

    /// <summary>Verifies a certificate whole.</summary>
    /// <returns>What is wrong with it, or null; then the wallet's keys, where there are any.</returns>
    internal (string? Problem, WalletKeys? Keys) Check(CeremonyCertificate certificate)
    {
        if (!certificate.Attestations.Select(a => a.Party).SequenceEqual(Attesters))
            return ("It is not attested by exactly those who have to.", null);
        if (certificate.Attestations.FirstOrDefault(a => !a.Verify(order.Hash, certificate.Number, certificate.Claims, NodeOf(a.Party))) is { } forged)
            return ($"The attestation of {NameOf(forged.Party)} does not verify.", null);
        return CheckClaims(certificate);
    }

    /// <summary>Whether one attestation counts towards a certificate of these claims.</summary>
    internal bool Counts(Testimony testimony) =>
        Attesters.Contains(testimony.Attestation.Party)
        && testimony.Attestation.Verify(order.Hash, testimony.Number, testimony.Claims, NodeOf(testimony.Attestation.Party));

    internal NodeId NodeOf(PartyId party) => genesis.Nodes[party.Value - 1].Id;

    internal string NameOf(PartyId party) => genesis.Nodes[party.Value - 1].Name;

    (string? Problem, WalletKeys? Keys) CheckClaims(CeremonyCertificate certificate)
    {
        if (order.Ceremony is Ceremony.Backup)
            return (certificate.Claims.IsEmpty ? null : "A backup makes no keys.", null);
        KeyView[] keys;
        WalletKeys wallet;
        try
        {
            keys = [.. certificate.Claims.Select(claim => KeyView.Read(claim.Package))];
            wallet = WalletOf(order.Ceremony.WalletName!, certificate.Claims);
        }
        catch (Exception invalid) when (invalid is FormatException or ArgumentException)
        {
            return ($"Its keys are none: {invalid.Message}", null);
        }
        if (!AreExpected(keys))
            return ("Its keys are not those that the order is for.", null);
        if (IsRenewal && Enumerable.Range(0, keys.Length).FirstOrDefault(k => KeyWork.Of(keys[k].Scheme).Combine(certificate, k) is null, -1) is >= 0 and var wrong)
            return ($"The acknowledgements of its key for {keys[wrong].Scheme} do not verify.", null);
        return (null, wallet);
    }

    /// <summary>Whether the ceremony gives an existing key new shares.</summary>
    internal bool IsRenewal => order.Ceremony is Ceremony.Refresh or Ceremony.Reshare or Ceremony.ImportKey;

    bool AreExpected(KeyView[] keys)
    {
        bool Same(Func<KeyView, bool> all) => keys.Length > 0 && keys.All(all);

        return order.Ceremony switch
        {
            Ceremony.CreateWallet c => keys.Select(key => key.Scheme).SequenceEqual(c.Schemes)
                && Same(key => key is { Epoch: 0, Origin: KeyOrigin.Generated } && key.Threshold == c.Threshold && key.Parties.Equals(Attesters)),
            Ceremony.Refresh c => keys.Select(key => key.Id).SequenceEqual(Before.Select(key => key.Id))
                && Same(key => key.Epoch > c.Epoch && key.Threshold == Threshold && key.Parties.Equals(Attesters)),
            Ceremony.Reshare c => Fits(c.Keys, keys)
                && Same(key => key.Epoch > c.Epoch && key.Threshold == c.Threshold && key.Parties.Equals(Attesters)),
            Ceremony.ImportKey c => keys.Select(key => key.Id).SequenceEqual(Before.Select(key => key.Id))
                && Same(key => key.Epoch > 0 && key.Origin == KeyOrigin.Imported && key.Threshold == c.Threshold && key.Parties.Equals(Attesters)),
            Ceremony.Repair c => Fits(c.Keys, keys) && Same(key => key.Epoch == c.Epoch && Attesters.IsSubsetOf(key.Parties)),
            _ => false,
        };
    }

    internal static WalletKeys WalletOf(string name, ImmutableArray<KeyClaim> claims)
    {
        byte[]? Of(KeyScheme scheme) => claims.Select(claim => claim.Package).SingleOrDefault(package => package.Length > 1 && package[1] == (byte)scheme);

        return new(name,
            Of(KeyScheme.Dkls23) is { } ecdsa ? KeyView.ReadPackage<Secp256k1>(ecdsa) : null,
            Of(KeyScheme.FrostBip340) is { } bip340 ? KeyView.ReadPackage<Secp256k1>(bip340) : null,
            Of(KeyScheme.FrostEd25519) is { } ed25519 ? KeyView.ReadPackage<Ed25519>(ed25519) : null);
    }

    static KeyView ImportedKey(Ceremony.ImportKey import, PartyId importer)
    {
        var scheme = KeyView.KeySchemeOf(import.Scheme);
        return import.Scheme == SignatureScheme.Ed25519
            ? KeyView.Of(KeyImport.Package<Ed25519>(scheme, importer, Point<Ed25519>.Decode(import.PublicKey.Span), import.ChainCode.Span))
            : KeyView.Of(KeyImport.Package<Secp256k1>(scheme, importer, Point<Secp256k1>.Decode(import.PublicKey.Span), import.ChainCode.Span));
    }

    // A node that does not know the keys yet is told them, and compares then.
    static bool Fits(ImmutableArray<Digest> named, IReadOnlyList<KeyView> keys) =>
        keys.Count == 0 || (keys.Count == named.Length && keys.Select(key => key.Id).ToHashSet().SetEquals(named));

    static PartySet? Parties(GenesisDocument genesis, IReadOnlyList<string> names)
    {
        var entries = names.Select(name => genesis.Nodes.FirstOrDefault(node => node.Name == name)).ToArray();
        return entries.All(entry => entry is not null) ? new(entries.Select(entry => new PartyId(entry!.Number))) : null;
    }
}
