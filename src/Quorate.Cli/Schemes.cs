using Quorate.Cryptography.Curves;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sharing;

namespace Quorate.Cli;

/// <summary>The schemes that the shell can run, by the names it knows them under.</summary>
static class Schemes
{
    static readonly LocalScheme[] All =
    [
        new FrostLocal<Ed25519>(FrostSuite.Ed25519, (share, path) => share.DeriveChild(path), (package, path) => package.DeriveChild(path)),
        new FrostLocal<Secp256k1>(FrostSuite.Secp256k1, (share, path) => share.DeriveChild(path), (package, path) => package.DeriveChild(path)),
        new Bip340Local(),
    ];

    internal static string[] Names => [.. All.Select(s => NameOf(s.Scheme))];

    internal static string NameOf(KeyScheme scheme) => scheme switch
    {
        KeyScheme.FrostEd25519 => "frost-ed25519",
        KeyScheme.FrostSecp256k1 => "frost-secp256k1",
        KeyScheme.FrostBip340 => "frost-bip340",
        KeyScheme.Dkls23 => "dkls23",
        _ => throw new ArgumentOutOfRangeException(nameof(scheme)),
    };

    internal static LocalScheme ByName(string name) => Array.Find(All, s => NameOf(s.Scheme) == name)
        ?? throw new CliException($"Unknown scheme {name}; there are {string.Join(", ", Names)}.");
}
