using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Cli;

/// <summary>Threshold ECDSA over secp256k1 after DKLs23.</summary>
sealed class Dkls23Local : LocalScheme
{
    internal override KeyScheme Scheme => KeyScheme.Dkls23;

    internal override int MinThreshold => 2;

    internal override (KeyFile Key, IReadOnlyList<ShareFile> Shares) Generate(int threshold, int parties, SecretBytes? passphrase, IRandom random)
    {
        var id = SessionId.Random(random);
        var all = PartySet.Range(parties);
        var shares = LocalRun.Complete([.. all.Select(p => new Dkls23Keygen(id, p, all, threshold, random).Start())]);
        return LocalShares.Seal(ShareFormats.Dkls23, shares, passphrase, random);
    }

    internal override Signed Sign(
        IReadOnlyList<(string Name, ShareFile File)> files, Func<SecretBytes?> passphrase, KeyChoice choice, Message message, IRandom random)
    {
        RefuseTaproot(choice);
        var digest = message.Digest();
        using var parents = LocalShares.Open(ShareFormats.Dkls23, files, passphrase);
        if (parents.All.Count != parents.Package.Threshold)
            throw new CliException($"Exactly {parents.Package.Threshold} shares sign with this key, not {parents.All.Count}.");
        using var shares = LocalShares.Checked(() => new LocalShares<Dkls23KeyShare, Secp256k1>(
            ShareFormats.Dkls23, [.. parents.All.Select(s => s.Derive(choice.Path))]));
        var bans = files.Select(f => new BanFile(f.Name + ".bans")).ToArray();
        for (var i = 0; i < bans.Length; i++)
            bans[i].Refuse(shares.All[i], shares.Quorum);

        var id = SessionId.Random(random);
        var signed = LocalRun.Complete(
            [.. shares.All.Select((s, i) => new Dkls23Sign(id, s, shares.Quorum, digest, bans[i], random).Start())])[0].Value;
        return new(
            shares.Package.GroupKey.Encode(), signed.Signature.EncodeCompact(), new(digest, signed.Signature.EncodeDer(), signed.RecoveryId));
    }

    /// <summary>Takes r ‖ s, and DER. High s is refused, as Bitcoin's relays and Ethereum do.</summary>
    internal override bool Verify(string name, KeyFile file, KeyChoice choice, Message message, byte[] signature)
    {
        RefuseTaproot(choice);
        var digest = message.Digest();
        var key = LocalShares.Checked(() => file.Open<Secp256k1>(name).DeriveChild(choice.Path)).GroupKey;
        return (EcdsaSignature.TryDecodeCompact(signature, out var compact) && IsValid(compact))
            || (EcdsaSignature.TryDecodeDer(signature, out var der) && IsValid(der));

        bool IsValid(EcdsaSignature candidate) => candidate.IsLowS && candidate.Verify(key, digest);
    }
}
