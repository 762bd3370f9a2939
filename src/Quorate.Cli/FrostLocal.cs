using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Cli;

/// <summary>FROST after RFC 9591; the curve's own rule derives child keys.</summary>
sealed class FrostLocal<C>(
    FrostSuite<C> suite, Func<KeyShare<C>, Bip32Path, KeyShare<C>> deriveShare,
    Func<PublicKeyPackage<C>, Bip32Path, PublicKeyPackage<C>> derivePackage) : LocalScheme where C : struct, ICurve<C>
{
    readonly ShareFormat<KeyShare<C>, C> format = ShareFormats.Plain<C>();

    internal override KeyScheme Scheme => suite.Scheme;

    internal override (KeyFile Key, IReadOnlyList<ShareFile> Shares) Generate(int threshold, int parties, SecretBytes? passphrase, IRandom random)
    {
        var id = SessionId.Random(random);
        var all = PartySet.Range(parties);
        var shares = LocalRun.Complete([.. all.Select(p => new FrostKeygen<C>(suite, id, p, all, threshold, random).Start())]);
        return LocalShares.Seal(format, shares, passphrase, random);
    }

    internal override Signed Sign(
        IReadOnlyList<(string Name, ShareFile File)> files, Func<SecretBytes?> passphrase, KeyChoice choice, Message message, IRandom random)
    {
        RefuseTaproot(choice);
        var bytes = message.Whole(Scheme);
        using var parents = LocalShares.Open(format, files, passphrase);
        using var shares = LocalShares.Checked(() => new LocalShares<KeyShare<C>, C>(format, [.. parents.All.Select(s => deriveShare(s, choice.Path))]));
        var id = SessionId.Random(random);
        var signatures = LocalRun.Complete([.. shares.All.Select(s => new FrostSign<C>(suite, id, s, shares.Quorum, bytes, random).Start())]);
        return new(shares.Package.GroupKey.Encode(), signatures[0].Encode());
    }

    internal override bool Verify(string name, KeyFile file, KeyChoice choice, Message message, byte[] signature)
    {
        RefuseTaproot(choice);
        var bytes = message.Whole(Scheme);
        var key = LocalShares.Checked(() => derivePackage(file.Open<C>(name), choice.Path));
        return SchnorrSignature<C>.TryDecode(signature, out var decoded) && decoded.Verify(suite, key.GroupKey, bytes);
    }
}
