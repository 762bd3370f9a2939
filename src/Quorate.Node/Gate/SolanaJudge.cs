using Quorate.Chains;
using Quorate.Chains.Solana;
using Quorate.Cryptography.Derivation;
using Quorate.Threshold.Lifecycle;

namespace Quorate.Node.Gate;

/// <summary>A Solana cluster: the account of a path is the Ed25519 key's child there, and signs alone.</summary>
public sealed class SolanaJudge(SolanaFormat format) : ChainJudge
{
    /// <inheritdoc/>
    public override ChainId Chain => format.Chain;

    /// <inheritdoc/>
    public override Finding Judge(SigningPayload payload, WalletKeys wallet, Bip32Path path)
    {
        if (payload.Kind != PayloadKind.Transaction)
            throw NotThisKind(payload, Chain);
        var (_, context) = AccountOf(payload, wallet, path);
        var inputs = format.GetSigningInputs(payload.Bytes, context);
        foreach (var input in inputs)
            if (input.Path is null)
                throw new FormatException($"It takes a signature of {input.Signer.Text}, which is not the wallet's account.");
        return new(format.Decode(payload.Bytes, context), inputs);
    }

    private protected override (ITransactionFormat Format, DecodeContext Context) AccountOf(SigningPayload transaction, WalletKeys wallet, Bip32Path path)
    {
        var key = (wallet.Ed25519 ?? throw NoKey(wallet, SignatureScheme.Ed25519)).DeriveChild(path).GroupKey;
        return (format, new(format.ToAddress(SolanaAddress.FromPublicKey(key)), path));
    }
}
