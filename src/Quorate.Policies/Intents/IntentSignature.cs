using System.Security.Cryptography;
using Quorate.Chains;
using Quorate.Cryptography.Derivation;

namespace Quorate.Policies;

/// <summary>One signature that an intent asks for, bound to its key and to what is signed.</summary>
/// <param name="Index">Its place in the transaction, <see cref="SigningInput.Index"/>.</param>
/// <param name="Scheme">The kind of signature.</param>
/// <param name="Path">The key's derivation path from the wallet's key.</param>
/// <param name="Payload">The digest that is signed; for Ed25519, which signs whole messages, SHA-256 of the message.</param>
/// <param name="TaprootRoot">
/// For BIP 340 under a tweaked key: root of the script tree in hexadecimal, empty where there is no tree. Null elsewhere.
/// </param>
public sealed record IntentSignature(int Index, SignatureScheme Scheme, Bip32Path Path, Digest Payload, string? TaprootRoot = null)
{
    /// <summary>What an intent binds of a signature that an adapter has derived.</summary>
    /// <param name="input">The adapter's answer.</param>
    /// <param name="path">The key's path where the adapter does not know it.</param>
    /// <exception cref="ArgumentException">A digest scheme with a payload that is not 32 bytes, or a script root of another length.</exception>
    public static IntentSignature From(SigningInput input, Bip32Path path)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(path);
        var payload = input.Scheme == SignatureScheme.Ed25519 ? SHA256.HashData(input.Payload.Span) : input.Payload.Span;
        if (input.MerkleRoot is { Length: not (0 or Digest.Size) })
            throw new ArgumentException("The root of a script tree is 32 bytes.", nameof(input));
        return new(input.Index, input.Scheme, input.Path ?? path, new(payload),
            input.MerkleRoot is { } root ? Convert.ToHexStringLower(root.Span) : null);
    }
}

/// <summary>The most an intent may cost, in the chain's coin.</summary>
public sealed record MaxFee(AssetId Asset, Amount Amount);
