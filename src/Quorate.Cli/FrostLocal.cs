using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Cli;

/// <summary>FROST after RFC 9591.</summary>
sealed class FrostLocal<C>(FrostSuite<C> suite) : LocalScheme where C : struct, ICurve<C>
{
    internal override KeyScheme Scheme => suite.Scheme;

    internal override (KeyFile Key, IReadOnlyList<ShareFile> Shares) Generate(int threshold, int parties, SecretBytes? passphrase, IRandom random)
    {
        var id = SessionId.Random(random);
        var all = PartySet.Range(parties);
        var shares = LocalRun.Complete([.. all.Select(p => new FrostKeygen<C>(suite, id, p, all, threshold, random).Start())]);
        return LocalShares.Seal(shares, passphrase, random);
    }

    internal override (byte[] PublicKey, byte[] Signature) Sign(
        IReadOnlyList<(string Name, ShareFile File)> files, Func<SecretBytes?> passphrase, string path, byte[] message, IRandom random)
    {
        using var shares = LocalShares.Open<C>(files, passphrase, path);
        var id = SessionId.Random(random);
        var signatures = LocalRun.Complete([.. shares.All.Select(s => new FrostSign<C>(suite, id, s, shares.Quorum, message, random).Start())]);
        return (shares.Package.GroupKey.Encode(), signatures[0].Encode());
    }

    internal override bool Verify(string name, KeyFile file, string path, byte[] message, byte[] signature)
    {
        var key = LocalShares.Child(file.Open<C>(name), path);
        return SchnorrSignature<C>.TryDecode(signature, out var decoded) && decoded.Verify(suite, key.GroupKey, message);
    }
}
