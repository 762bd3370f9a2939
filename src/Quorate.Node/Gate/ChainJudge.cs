using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Cryptography.Derivation;

namespace Quorate.Node.Gate;

/// <summary>What a node has found out itself about a payload.</summary>
/// <param name="Effects">Everything it does.</param>
/// <param name="Inputs">Every signature it takes, with the digest and the path of the key; paths are never null.</param>
public sealed record Finding(Effects Effects, ImmutableArray<SigningInput> Inputs);

/// <summary>
/// What a node knows of one chain: how its payloads are read, and which accounts a wallet's keys have there. Pure.
/// </summary>
public abstract class ChainJudge
{
    /// <summary>The chain.</summary>
    public abstract ChainId Chain { get; }

    /// <summary>Decodes a payload and derives what is signed, by which of the wallet's keys.</summary>
    /// <param name="payload">The payload.</param>
    /// <param name="wallet">The wallet whose keys sign.</param>
    /// <param name="path">The path of the signing key where the payload does not tell; the request's claim, which the finding confirms or not.</param>
    /// <exception cref="FormatException">
    /// Not a payload of this chain, or one that takes a signature of a key that is not the wallet's; says why.
    /// </exception>
    public abstract Finding Judge(SigningPayload payload, WalletKeys wallet, Bip32Path path);

    /// <summary>Whether a payload may take another's place, <see cref="ITransactionFormat.WhyNotReplacing"/>.</summary>
    /// <param name="original">The payload that is to be replaced.</param>
    /// <param name="replacement">The payload that is to replace it.</param>
    /// <param name="wallet">The wallet whose keys sign both.</param>
    /// <param name="path">The path of the original's signing key.</param>
    /// <returns>Null where it may; otherwise why not.</returns>
    /// <exception cref="FormatException">As <see cref="Judge"/>, for either.</exception>
    public string? WhyNotReplacing(SigningPayload original, SigningPayload replacement, WalletKeys wallet, Bip32Path path)
    {
        ArgumentNullException.ThrowIfNull(original);
        ArgumentNullException.ThrowIfNull(replacement);
        if (original.Kind != PayloadKind.Transaction || replacement.Kind != PayloadKind.Transaction)
            return "Transactions alone are replaced.";
        var (format, context) = AccountOf(original, wallet, path);
        return format.WhyNotReplacing(original.Bytes, replacement.Bytes, context);
    }

    /// <summary>A transaction with its signatures, ready to broadcast.</summary>
    /// <param name="transaction">The unsigned transaction.</param>
    /// <param name="wallet">The wallet whose keys have signed.</param>
    /// <param name="path">As for <see cref="Judge"/>.</param>
    /// <param name="signatures">One for each input.</param>
    /// <exception cref="FormatException">As <see cref="Judge"/>.</exception>
    /// <exception cref="ArgumentException">A signature is missing, superfluous, or does not verify.</exception>
    public ReadOnlyMemory<byte> Assemble(SigningPayload transaction, WalletKeys wallet, Bip32Path path, IReadOnlyList<InputSignature> signatures)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        var (format, context) = AccountOf(transaction, wallet, path);
        return format.Assemble(transaction.Bytes, context, signatures);
    }

    /// <summary>The wallet's account that a transaction is of, and how it is read for it.</summary>
    private protected abstract (ITransactionFormat Format, DecodeContext Context) AccountOf(SigningPayload transaction, WalletKeys wallet, Bip32Path path);

    private protected static FormatException NotThisKind(SigningPayload payload, ChainId chain) =>
        new($"{payload.Kind} is nothing that {chain} knows.");

    private protected static FormatException NoKey(WalletKeys wallet, SignatureScheme scheme) =>
        new($"Wallet {wallet.Name} has no key for {scheme}.");
}
