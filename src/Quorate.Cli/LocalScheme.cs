using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sharing;

namespace Quorate.Cli;

/// <summary>What the shell can do with keys of one scheme, all parties in this process.</summary>
abstract class LocalScheme
{
    internal abstract KeyScheme Scheme { get; }

    /// <summary>Runs key generation and returns the public file and one share file for every party.</summary>
    internal abstract (KeyFile Key, IReadOnlyList<ShareFile> Shares) Generate(int threshold, int parties, SecretBytes? passphrase, IRandom random);

    /// <summary>Opens the shares and signs; the signature has been verified.</summary>
    internal abstract (byte[] PublicKey, byte[] Signature) Sign(
        IReadOnlyList<(string Name, ShareFile File)> shares, Func<SecretBytes?> passphrase, KeyChoice choice, byte[] message, IRandom random);

    /// <summary>Whether the signature is valid under the chosen key.</summary>
    internal abstract bool Verify(string name, KeyFile key, KeyChoice choice, byte[] message, byte[] signature);
}
