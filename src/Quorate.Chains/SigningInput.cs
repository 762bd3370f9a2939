using Quorate.Cryptography.Derivation;

namespace Quorate.Chains;

/// <summary>Which signature a chain expects.</summary>
public enum SignatureScheme
{
    /// <summary>ECDSA over secp256k1 with low s; 32 bytes of digest.</summary>
    EcdsaSecp256k1 = 1,

    /// <summary>BIP 340 over secp256k1; 32 bytes of digest, under the key tweaked as BIP 341 says.</summary>
    Bip340 = 2,

    /// <summary>Ed25519, RFC 8032; the whole message, which the scheme hashes itself.</summary>
    Ed25519 = 3,
}

/// <summary>One signature a transaction needs.</summary>
/// <param name="Index">Its place in the transaction: input number on Bitcoin, signer number on Solana, 0 on Ethereum.</param>
/// <param name="Scheme">The kind of signature.</param>
/// <param name="Signer">The address whose key signs.</param>
/// <param name="Path">The key's derivation path from the wallet's key, where the transaction or the caller tells it.</param>
/// <param name="Payload">What is signed: a digest of 32 bytes, or for Ed25519 the whole message.</param>
/// <param name="MerkleRoot">For BIP 340: the root of the script tree the key is tweaked with, empty for the unspendable commitment; null elsewhere.</param>
public sealed record SigningInput(
    int Index, SignatureScheme Scheme, Address Signer, Bip32Path? Path, ReadOnlyMemory<byte> Payload, ReadOnlyMemory<byte>? MerkleRoot = null);

/// <summary>A signature for one <see cref="SigningInput"/>.</summary>
/// <param name="Index">The same index.</param>
/// <param name="PublicKey">The key it verifies under: 33 bytes compressed, 32 x-only (as tweaked), or 32 Ed25519.</param>
/// <param name="Signature">64 bytes: r ‖ s for both ECDSA and the Schnorr kinds.</param>
/// <param name="RecoveryId">For ECDSA: 0 or 1, the parity of the nonce point under low s; null elsewhere.</param>
public sealed record InputSignature(
    int Index, ReadOnlyMemory<byte> PublicKey, ReadOnlyMemory<byte> Signature, byte? RecoveryId = null);
