using Quorate.Chains.Bitcoin;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Tests.Bitcoin;

/// <summary>A whole key that signs whatever a transaction asks of it.</summary>
sealed class TestKey : IDisposable
{
    readonly Secret<Scalar<Secp256k1>> secret;
    readonly EcdsaKey ecdsa;

    public TestKey(byte[] encoded, KeyScript kind)
    {
        Encoded = encoded;
        secret = new(Scalar<Secp256k1>.Decode(encoded));
        ecdsa = new(secret.Copy());
        Script = WalletScript.Create(kind, ecdsa.PublicKey);
    }

    public byte[] Encoded { get; }

    public WalletScript Script { get; }

    public InputSignature Sign(SigningInput input)
    {
        if (input.Scheme == SignatureScheme.EcdsaSecp256k1)
            return new(input.Index, ecdsa.PublicKey.Encode(), ecdsa.Sign(input.Payload.Span).Signature.EncodeCompact());
        using var key = new Bip340Key(Bip341.TweakSecret(secret, input.MerkleRoot!.Value.Span));
        return new(input.Index, key.PublicKey.Encode(), key.Sign(input.Payload.Span, new byte[32]).Encode());
    }

    public void Dispose()
    {
        ecdsa.Dispose();
        secret.Dispose();
    }
}
