using Quorate.Chains.Ethereum;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Tests.Ethereum;

/// <summary>Signs by a single key what a format asks for.</summary>
static class Signing
{
    internal static DecodeContext ContextOf(EthereumFormat format, EcdsaKey key) =>
        new(format.ToAddress(EthereumAddress.FromPublicKey(key.PublicKey)), Bip32Path.Root);

    internal static InputSignature Sign(EcdsaKey key, SigningInput input)
    {
        var signature = key.Sign(input.Payload.Span);
        return new(input.Index, key.PublicKey.Encode(), signature.Signature.EncodeCompact(), (byte)signature.RecoveryId);
    }

    internal static ReadOnlyMemory<byte> Sign(EthereumFormat format, EcdsaKey key, ReadOnlyMemory<byte> unsigned)
    {
        var context = ContextOf(format, key);
        return format.Assemble(unsigned, context, [.. format.GetSigningInputs(unsigned, context).Select(i => Sign(key, i))]);
    }
}
