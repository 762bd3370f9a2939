using Quorate.Cryptography.Secrets;
using Quorate.Threshold.Sharing;

namespace Quorate.Cli;

/// <summary>A verified signature and the key it verifies under; for ECDSA the recovery id as well.</summary>
sealed record Signed(byte[] PublicKey, byte[] Signature, EcdsaForms? Ecdsa = null);

/// <summary>What else an ECDSA signature is asked for.</summary>
sealed record EcdsaForms(byte[] Digest, byte[] Der, int RecoveryId);

/// <summary>What the shell can do with keys of one scheme, all parties in this process.</summary>
abstract class LocalScheme
{
    internal abstract KeyScheme Scheme { get; }

    /// <summary>The fewest parties that may sign.</summary>
    internal virtual int MinThreshold => 1;

    /// <summary>Runs key generation and returns the public file and one share file for every party.</summary>
    internal abstract (KeyFile Key, IReadOnlyList<ShareFile> Shares) Generate(int threshold, int parties, SecretBytes? passphrase, IRandom random);

    /// <summary>Opens the shares and signs; the signature has been verified.</summary>
    internal abstract Signed Sign(
        IReadOnlyList<(string Name, ShareFile File)> shares, Func<SecretBytes?> passphrase, KeyChoice choice, Message message, IRandom random);

    /// <summary>Whether the signature is valid under the chosen key.</summary>
    internal abstract bool Verify(string name, KeyFile key, KeyChoice choice, Message message, byte[] signature);

    /// <summary>Refuses the option that only BIP 340 keys know.</summary>
    private protected void RefuseTaproot(KeyChoice choice)
    {
        if (choice.Taproot)
            throw new CliException($"--taproot is for keys of {Schemes.NameOf(KeyScheme.FrostBip340)}; this is one of {Schemes.NameOf(Scheme)}.");
    }
}
