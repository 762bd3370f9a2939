using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Gate;
using Quorate.Node.Vault;
using Quorate.Policies;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Signing;

/// <summary>The public side of the keys that some of a permit's inputs take.</summary>
/// <param name="Committee">Who holds shares of all of them.</param>
/// <param name="Threshold">How many sign.</param>
/// <param name="Ids">The keys, as the vault knows them.</param>
/// <param name="BanId">What bans are about, where ECDSA is among them; else null.</param>
sealed record SigningKeys(PartySet Committee, int Threshold, ImmutableArray<Digest> Ids, Digest? BanId)
{
    /// <summary>The keys of these inputs, or null where no one quorum could sign them all: their thresholds differ.</summary>
    internal static SigningKeys? Of(WalletKeys wallet, IEnumerable<SigningInput> inputs)
    {
        var keys = inputs.Select(i => i.Scheme).Distinct().Select(scheme => KeyOf(wallet, scheme)).ToArray();
        var committee = keys.Aggregate(keys[0].Parties.AsEnumerable(), (all, key) => all.Intersect(key.Parties)).ToArray();
        return committee.Length == 0 || keys.Any(key => key.Threshold != keys[0].Threshold)
            ? null
            : new(new(committee), keys[0].Threshold, [.. keys.Select(key => key.Id)], keys.FirstOrDefault(key => key.BanId is not null).BanId);
    }

    static (PartySet Parties, int Threshold, Digest Id, Digest? BanId) KeyOf(WalletKeys wallet, SignatureScheme scheme) => scheme switch
    {
        SignatureScheme.EcdsaSecp256k1 => Of(wallet.Ecdsa!, new(Dkls23KeyShare.IdOf(wallet.Ecdsa!))),
        SignatureScheme.Bip340 => Of(wallet.Bip340!, null),
        _ => Of(wallet.Ed25519!, null),
    };

    static (PartySet, int, Digest, Digest?) Of<C>(PublicKeyPackage<C> package, Digest? banId) where C : struct, ICurve<C> =>
        (package.Parties, package.Threshold, KeyId.Of(package), banId);

    /// <summary>Why this node can not take part in signatures by these keys; null where it can.</summary>
    internal string? WhyNot(NodeVault vault, PartyId me, uint epoch)
    {
        foreach (var id in Ids)
        {
            if (vault.Find(id) is not { } entry || entry.Party != me || entry.Epoch != epoch)
                return $"no share of key {id} in epoch {epoch}";
            if (entry.SignsFrom is { } from)
                return $"the share of key {id} was restored from a backup and signs from epoch {from} on";
        }
        return null;
    }

    /// <summary>Who of these is banned by this node for one of the keys.</summary>
    internal ImmutableArray<PartyId> Banned(NodeVault vault, IEnumerable<PartyId> parties) =>
        BanId is { } id ? [.. parties.Where(party => vault.Bans.IsBanned(id.ToArray(), party)).Order()] : [];

    /// <summary>The point that an ECDSA input's signature verifies under.</summary>
    internal static Point<Secp256k1> EcdsaKey(WalletKeys wallet, SigningInput input) => wallet.Ecdsa!.DeriveChild(input.Path!).GroupKey;

    /// <summary>The same of a BIP 340 input, with the tweaks that lead there.</summary>
    internal static TweakContext Bip340Key(WalletKeys wallet, SigningInput input)
    {
        var key = TweakContext.Init(wallet.Bip340!.GroupKey).Derive(wallet.Bip340.ChainCode, input.Path!);
        return input.MerkleRoot is { } root ? key.ApplyTaproot(root.Span) : key;
    }

    /// <summary>The same of an Ed25519 input.</summary>
    internal static Point<Ed25519> Ed25519Key(WalletKeys wallet, SigningInput input) => wallet.Ed25519!.DeriveChild(input.Path!).GroupKey;

    /// <summary>
    /// A signature of 64 bytes with everything that belongs to it, if it is the input's: the key that it verifies under,
    /// and for ECDSA the recovery id. Null where it does not verify.
    /// </summary>
    internal static InputSignature? Complete(WalletKeys wallet, SigningInput input, ReadOnlySpan<byte> signature)
    {
        switch (input.Scheme)
        {
            case SignatureScheme.EcdsaSecp256k1:
                if (!EcdsaSignature.TryDecodeCompact(signature, out var ecdsa) || !ecdsa.IsLowS)
                    return null;
                var key = EcdsaKey(wallet, input);
                // Under low s the id is 0 or 1, but for a chance of 2⁻¹²⁷.
                for (byte id = 0; id < 4; id++)
                    if (new RecoverableEcdsaSignature(ecdsa, id).TryRecover(input.Payload.Span, out var recovered) && recovered == key)
                        return new(input.Index, key.Encode(), signature.ToArray(), id);
                return null;
            case SignatureScheme.Bip340:
                var output = Bip340Key(wallet, input).PublicKey;
                return Bip340Signature.TryDecode(signature, out var schnorr) && schnorr.Verify(output, input.Payload.Span)
                    ? new(input.Index, output.Encode(), signature.ToArray())
                    : null;
            default:
                var point = Ed25519Key(wallet, input);
                return Ed25519Signature.Verify(point, input.Payload.Span, signature) ? new(input.Index, point.Encode(), signature.ToArray()) : null;
        }
    }
}
