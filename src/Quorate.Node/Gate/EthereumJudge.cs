using Quorate.Chains;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Ethereum.TypedData;
using Quorate.Cryptography.Derivation;
using Quorate.Threshold.Lifecycle;

namespace Quorate.Node.Gate;

/// <summary>A chain of Ethereum's kind: the account of a path is the ECDSA key's child there.</summary>
public sealed class EthereumJudge(EthereumFormat format) : ChainJudge
{
    /// <inheritdoc/>
    public override ChainId Chain => format.Chain;

    /// <inheritdoc/>
    public override Finding Judge(SigningPayload payload, WalletKeys wallet, Bip32Path path)
    {
        var (_, context) = AccountOf(payload, wallet, path);
        if (payload.Kind == PayloadKind.Transaction)
            return new(format.Decode(payload.Bytes, context), format.GetSigningInputs(payload.Bytes, context));
        EthereumMessage message = payload.Kind switch
        {
            PayloadKind.TypedData => TypedMessage.Parse(payload.Bytes),
            PayloadKind.PersonalMessage when payload.Bytes.Length <= PersonalMessage.MaxSize => new PersonalMessage(payload.Bytes.Span),
            PayloadKind.PersonalMessage => throw new FormatException($"A message of {payload.Bytes.Length} bytes; at most {PersonalMessage.MaxSize}."),
            _ => throw NotThisKind(payload, Chain),
        };
        return new(format.Decode(message, context), [format.GetSigningInput(message, context)]);
    }

    private protected override (ITransactionFormat Format, DecodeContext Context) AccountOf(SigningPayload transaction, WalletKeys wallet, Bip32Path path)
    {
        var key = (wallet.Ecdsa ?? throw NoKey(wallet, SignatureScheme.EcdsaSecp256k1)).DeriveChild(path).GroupKey;
        return (format, new(format.ToAddress(EthereumAddress.FromPublicKey(key)), path));
    }
}
