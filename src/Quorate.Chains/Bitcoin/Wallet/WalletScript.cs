using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Bitcoin;

/// <summary>How a single key is paid and signs: the four forms a wallet spends.</summary>
public enum KeyScript
{
    /// <summary>P2PKH, <c>pkh(KEY)</c>, BIP 44.</summary>
    KeyHash = 1,

    /// <summary>P2SH-P2WPKH, <c>sh(wpkh(KEY))</c>, BIP 49.</summary>
    NestedWitnessKeyHash = 2,

    /// <summary>P2WPKH, <c>wpkh(KEY)</c>, BIP 84.</summary>
    WitnessKeyHash = 3,

    /// <summary>P2TR spent by its key, <c>tr(KEY)</c>, BIP 86.</summary>
    Taproot = 4,
}

/// <summary>A script that one key spends, and what a spender of it has to know.</summary>
public sealed class WalletScript
{
    WalletScript(KeyScript kind, in Point<Secp256k1> key, byte[] script, byte[]? redeemScript, PsbtDerivation? origin, Bip32Path path)
    {
        (Kind, Key, Script, Origin, Path) = (kind, key, script, origin, path);
        // Not by the implicit conversion, which makes empty memory of null.
        if (redeemScript is not null)
            RedeemScript = redeemScript;
    }

    /// <summary>The form.</summary>
    public KeyScript Kind { get; }

    /// <summary>The key; Taproot's internal one.</summary>
    public Point<Secp256k1> Key { get; }

    /// <summary>scriptPubKey.</summary>
    public ReadOnlyMemory<byte> Script { get; }

    /// <summary>The redeem script of P2SH-P2WPKH; null for the others.</summary>
    public ReadOnlyMemory<byte>? RedeemScript { get; }

    /// <summary>The key's path from the wallet's key: what a signer derives along.</summary>
    public Bip32Path Path { get; }

    internal PsbtDerivation? Origin { get; }

    /// <summary>The script of a key that stands alone.</summary>
    /// <exception cref="InvalidOperationException">The key is the identity.</exception>
    public static WalletScript Create(KeyScript kind, in Point<Secp256k1> key) => Create(kind, key, null, Bip32Path.Root);

    internal static WalletScript Create(KeyScript kind, in Point<Secp256k1> key, PsbtDerivation? origin, Bip32Path path)
    {
        Span<byte> hash = stackalloc byte[Ripemd160.Size];
        if (kind == KeyScript.Taproot)
        {
            var output = Bip341.TweakPublicKey(Bip340PublicKey.FromPoint(key), []);
            return new(kind, key, OutputScript.Witness(1, output.Key.Encode()), null, origin, path);
        }
        Ripemd160.HashSha256(key.Encode(), hash);
        switch (kind)
        {
            case KeyScript.KeyHash:
                return new(kind, key, OutputScript.KeyHash(hash), null, origin, path);
            case KeyScript.WitnessKeyHash:
                return new(kind, key, OutputScript.Witness(0, hash), null, origin, path);
            case KeyScript.NestedWitnessKeyHash:
                var redeemScript = OutputScript.Witness(0, hash);
                Ripemd160.HashSha256(redeemScript, hash);
                return new(kind, key, OutputScript.ScriptHash(hash), redeemScript, origin, path);
            default:
                throw new ArgumentOutOfRangeException(nameof(kind));
        }
    }

    /// <summary>The script as an address of a network.</summary>
    public Address AddressOn(BitcoinNetwork network) => BitcoinAddresses.FromScript(network, Script.Span)!;
}
