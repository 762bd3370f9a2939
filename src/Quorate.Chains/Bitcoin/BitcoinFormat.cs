using System.Collections.Immutable;
using Quorate.Cryptography.Derivation;

namespace Quorate.Chains.Bitcoin;

/// <summary>
/// Bitcoin's transactions and addresses. Unsigned transactions are PSBTs of version 0 in <see cref="Psbt"/>'s one encoding; a
/// bare transaction is read too, but says neither who pays nor what fee.
/// </summary>
public sealed class BitcoinFormat : ITransactionFormat
{
    readonly DescriptorWallet? wallet;

    /// <summary>The format on a network.</summary>
    /// <param name="network">The network.</param>
    /// <param name="wallet">
    /// The judge's own knowledge of the wallet's keys: what it has derived itself is the wallet's, besides what
    /// <see cref="DecodeContext"/> says. A PSBT's claims of derivations are followed with it and never believed.
    /// </param>
    /// <exception cref="ArgumentException">The wallet is on another network.</exception>
    public BitcoinFormat(BitcoinNetwork network, DescriptorWallet? wallet = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        if (wallet is not null && wallet.Network.Chain != network.Chain)
            throw new ArgumentException("The wallet is on another network.", nameof(wallet));
        (Network, this.wallet, Coin) = (network, wallet, network.Coin);
    }

    /// <summary>The network.</summary>
    public BitcoinNetwork Network { get; }

    /// <inheritdoc/>
    public ChainId Chain => Network.Chain;

    /// <inheritdoc/>
    public AssetId Coin { get; }

    /// <inheritdoc/>
    public Address ParseAddress(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var script = BitcoinAddresses.ToScript(Network, text);
        return BitcoinAddresses.FromScript(Network, script) ?? throw new FormatException("The address stands for no standard script.");
    }

    /// <summary>The script that pays an address.</summary>
    /// <exception cref="FormatException">The address is another chain's.</exception>
    public byte[] ScriptOf(Address address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return BitcoinAddresses.ToScript(Network, address);
    }

    /// <summary>The address that a script pays; null for data and for scripts without a standard form.</summary>
    public Address? AddressOf(ReadOnlySpan<byte> script) => BitcoinAddresses.FromScript(Network, script);

    /// <inheritdoc/>
    public Effects Decode(ReadOnlyMemory<byte> transaction, DecodeContext context)
    {
        Check(context);
        var found = new EffectsOfTransaction(this, context);
        if (!Psbt.IsPsbt(transaction.Span))
        {
            found.AddOutputs(BitcoinTransaction.Decode(transaction.Span), null);
            found.Doubt("A bare transaction does not say what its inputs are worth: who pays, and the fee, can not be told.");
            return found.ToEffects(null);
        }
        var psbt = ReadUnsigned(transaction.Span);
        var spent = SpentOutput.ReadAll(psbt);
        var sum = found.AddInputs(psbt, spent);
        var paid = found.AddOutputs(psbt.Transaction, psbt);
        if (sum < paid)
            throw new FormatException($"The transaction pays {paid} satoshi and spends {sum}.");
        return found.ToEffects(sum - paid);
    }

    /// <inheritdoc/>
    public ImmutableArray<SigningInput> GetSigningInputs(ReadOnlyMemory<byte> unsigned, DecodeContext context)
    {
        Check(context);
        var psbt = ReadUnsigned(unsigned.Span);
        var spent = SpentOutput.ReadAll(psbt);
        var hash = new SignatureHash(psbt.Transaction, InputSigning.Outputs(spent));
        var inputs = ImmutableArray.CreateBuilder<SigningInput>(spent.Length);
        for (var i = 0; i < spent.Length; i++)
        {
            var signing = InputSigning.Of(psbt, spent, i);
            var address = AddressOf(signing.Output.Script.Span)!;
            inputs.Add(new(
                i,
                signing.Form == KeyScript.Taproot ? SignatureScheme.Bip340 : SignatureScheme.EcdsaSecp256k1,
                address,
                PathOf(address, signing.Output.Script.Span, psbt.Inputs[i], context),
                signing.Digest(hash),
                signing.Form == KeyScript.Taproot ? psbt.Inputs[i].TaprootMerkleRoot ?? ReadOnlyMemory<byte>.Empty : default(ReadOnlyMemory<byte>?)));
        }
        return inputs.MoveToImmutable();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Both spend all coins of the original, so that of all its replacements one alone gets in. What both pay to others is the
    /// same; more coins may go in and other amounts come back, as long as they are the wallet's.
    /// </remarks>
    public string? WhyNotReplacing(ReadOnlyMemory<byte> original, ReadOnlyMemory<byte> replacement, DecodeContext context)
    {
        Check(context);
        var (before, after) = (ReadUnsigned(original.Span), ReadUnsigned(replacement.Span));
        if (before.Transaction.Version != after.Transaction.Version || before.Transaction.LockTime != after.Transaction.LockTime)
            return "Version or lock time has changed.";
        if (before.Transaction.Inputs.Select(input => input.Previous).Except(after.Transaction.Inputs.Select(input => input.Previous)).Any())
            return "It does not spend all coins of the original, so that both could get in.";
        return PaidToOthers(before, context).SequenceEqual(PaidToOthers(after, context)) ? null : "What it pays to others has changed.";
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Assemble(
        ReadOnlyMemory<byte> unsigned, DecodeContext context, IReadOnlyList<InputSignature> signatures)
    {
        Check(context);
        ArgumentNullException.ThrowIfNull(signatures);
        var psbt = ReadUnsigned(unsigned.Span);
        var spent = SpentOutput.ReadAll(psbt);
        var hash = new SignatureHash(psbt.Transaction, InputSigning.Outputs(spent));
        if (signatures.Count != spent.Length || signatures.Select(s => s.Index).Distinct().Count() != spent.Length)
            throw new ArgumentException($"{signatures.Count} signatures for {spent.Length} inputs, or two for one.", nameof(signatures));

        var inputs = new TxInput[spent.Length];
        foreach (var signature in signatures)
        {
            if (signature.Index < 0 || signature.Index >= spent.Length)
                throw new ArgumentException($"There is no input {signature.Index}.", nameof(signatures));
            inputs[signature.Index] = InputSigning.Of(psbt, spent, signature.Index).Finish(psbt.Transaction.Inputs[signature.Index], hash, signature);
        }
        var transaction = psbt.Transaction;
        return new BitcoinTransaction(transaction.Version, [.. inputs], transaction.Outputs, transaction.LockTime).Encode();
    }

    /// <summary>
    /// Whether a script is the wallet's, by its address or by following the PSBT's claims down from the judge's own key:
    /// anywhere for coins, which are there, and only as far as <see cref="DescriptorWallet.MaxLead"/> for where money goes.
    /// </summary>
    internal bool IsOwn(Address address, ReadOnlySpan<byte> script, IEnumerable<PsbtDerivation> claims, DecodeContext context, bool isCoin) =>
        address == context.Signer || context.IsOwn?.Invoke(address) == true || wallet?.Find(script, claims, isCoin) is not null;

    // In one order, whatever the transaction's: outputs are shuffled.
    IEnumerable<(string Script, ulong Value)> PaidToOthers(Psbt psbt, DecodeContext context) => psbt.Transaction.Outputs
        .Where((output, i) => AddressOf(output.Script.Span) is not { } address || !IsOwn(address, output.Script.Span, psbt.Outputs[i].Derivations, context, isCoin: false))
        .Select(output => (Convert.ToHexStringLower(output.Script.Span), output.Value)).Order();

    Bip32Path? PathOf(Address address, ReadOnlySpan<byte> script, PsbtInput input, DecodeContext context) =>
        wallet?.Find(script, input.Derivations, isCoin: true)?.Path ?? (address == context.Signer ? context.Path : null);

    static Psbt ReadUnsigned(ReadOnlySpan<byte> bytes)
    {
        var psbt = Psbt.Decode(bytes);
        if (psbt.Transaction.Inputs.IsEmpty || psbt.Transaction.Outputs.IsEmpty)
            throw new FormatException("The PSBT's transaction has no inputs, or no outputs.");
        // Also a bound on time: the original digest hashes everything again for every input.
        if (psbt.UnsignedSize > BitcoinTransaction.MaxStandardWeight / 4)
            throw new FormatException($"A transaction of {psbt.UnsignedSize} bytes before its signatures, more than nodes relay.");
        return psbt;
    }

    void Check(DecodeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context.Signer.Chain != Chain)
            throw new ArgumentException($"The signer is on {context.Signer.Chain}, not on {Chain}.", nameof(context));
    }
}
