using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Threshold.ChillDkg;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Cli;

/// <summary>FROST for BIP 340 after BIP 445, with keys from ChillDKG.</summary>
sealed class Bip340Local : LocalScheme
{
    readonly ShareFormat<KeyShare<Secp256k1>, Secp256k1> format = ShareFormats.Plain<Secp256k1>();

    internal override KeyScheme Scheme => KeyScheme.FrostBip340;

    internal override (KeyFile Key, IReadOnlyList<ShareFile> Shares) Generate(int threshold, int parties, SecretBytes? passphrase, IRandom random)
    {
        if (parties > SessionParameters.MaxCount)
            throw new CliException($"--parties is at most {SessionParameters.MaxCount} for {Schemes.NameOf(Scheme)}: the coordinator needs a place too.");
        var id = SessionId.Random(random);
        var hostKeys = Enumerable.Range(0, parties).Select(_ => HostKey.Generate(random)).ToArray();
        try
        {
            var parameters = new SessionParameters(threshold, hostKeys.Select(k => k.PublicKey.Encode()).ToArray());
            var coordinatorId = new PartyId(parties + 1);
            using var coordinator = new ChillDkgCoordinator(id, coordinatorId, parameters).Start();
            var participants = hostKeys.Select(k => new ChillDkgParticipant(id, k, parameters, coordinatorId, random).Start()).ToArray();
            var outputs = LocalRun.Complete(participants, coordinator);
            return LocalShares.Seal(format, [.. outputs.Select(o => o.Share)], passphrase, random);
        }
        finally
        {
            foreach (var key in hostKeys)
                key.Dispose();
        }
    }

    internal override Signed Sign(
        IReadOnlyList<(string Name, ShareFile File)> files, Func<SecretBytes?> passphrase, KeyChoice choice, Message message, IRandom random)
    {
        var bytes = message.Whole(Scheme);
        using var shares = LocalShares.Open(format, files, passphrase);
        var key = Choose(shares.Package, choice);
        var id = SessionId.Random(random);
        var signed = LocalRun.Complete([.. shares.All.Select(s => new Bip340Sign(id, s, shares.Quorum, key, bytes, random).Start())]);
        return new(signed[0].PublicKey.Encode(), signed[0].Signature.Encode());
    }

    internal override bool Verify(string name, KeyFile file, KeyChoice choice, Message message, byte[] signature) =>
        Bip340Signature.TryDecode(signature, out var decoded)
            && decoded.Verify(Choose(file.Open<Secp256k1>(name), choice).PublicKey, message.Whole(Scheme));

    static TweakContext Choose(PublicKeyPackage<Secp256k1> package, KeyChoice choice) => LocalShares.Checked(() =>
    {
        var key = TweakContext.Init(package.GroupKey).Derive(package.ChainCode, choice.Path);
        return choice.Taproot ? key.ApplyTaproot() : key;
    });
}
