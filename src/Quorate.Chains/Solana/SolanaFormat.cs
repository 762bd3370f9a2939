using System.Collections.Immutable;
using Quorate.Chains.Solana.Programs;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Solana;

/// <summary>
/// The meaning of addresses and transactions on one of Solana's clusters. An unsigned transaction is the message, which is
/// what is signed; a signed one is the bytes that are broadcast. docs/chains/solana.md lists what is understood.
/// </summary>
public sealed partial class SolanaFormat : ITransactionFormat
{
    /// <summary>The CAIP-19 namespace of tokens.</summary>
    public const string TokenNamespace = "token";

    /// <summary>The format on a cluster.</summary>
    /// <param name="cluster">The cluster. Messages do not say theirs; only their blockhash binds them to one.</param>
    /// <param name="known">What the judge knows about accounts; nothing where null.</param>
    public SolanaFormat(SolanaCluster cluster, KnownAccounts? known = null)
    {
        ArgumentNullException.ThrowIfNull(cluster);
        (Cluster, Known, Chain, Coin) = (cluster, known ?? KnownAccounts.None, cluster.Chain, cluster.Coin);
    }

    /// <summary>The cluster.</summary>
    public SolanaCluster Cluster { get; }

    /// <summary>What is known about accounts.</summary>
    public KnownAccounts Known { get; }

    /// <inheritdoc/>
    public ChainId Chain { get; }

    /// <inheritdoc/>
    public AssetId Coin { get; }

    /// <inheritdoc/>
    public Address ParseAddress(string text) => ToAddress(SolanaAddress.Parse(text));

    /// <summary>An account on this chain.</summary>
    public Address ToAddress(SolanaAddress address) => new(Chain, address.ToString());

    /// <summary>The 32 bytes of an address of this chain.</summary>
    /// <exception cref="ArgumentException">It belongs to another chain.</exception>
    public SolanaAddress ToBytes(Address address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.Chain == Chain
            ? SolanaAddress.Parse(address.Text)
            : throw new ArgumentException($"{address} is an address of {address.Chain}, not of {Chain}.", nameof(address));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Bytes that read as a message are one, so that what is shown is what <see cref="GetSigningInputs"/> has signed; all
    /// others must be a transaction whose signatures are all there and good.
    /// </remarks>
    public Effects Decode(ReadOnlyMemory<byte> transaction, DecodeContext context)
    {
        var signer = SignerOf(context);
        var message = ReadAny(transaction.Span);
        CheckSigner(message, signer);
        return new EffectsOfMessage(this, message, context, signer).Find();
    }

    /// <inheritdoc/>
    public ImmutableArray<SigningInput> GetSigningInputs(ReadOnlyMemory<byte> unsigned, DecodeContext context)
    {
        var message = ReadUnsigned(unsigned.Span, context, out var signer);
        var payload = message.Encode();
        var inputs = ImmutableArray.CreateBuilder<SigningInput>(message.RequiredSignatures);
        for (var i = 0; i < message.RequiredSignatures; i++)
        {
            var isSigner = message.Accounts[i] == signer;
            inputs.Add(new(
                i, SignatureScheme.Ed25519, isSigner ? context.Signer : ToAddress(message.Accounts[i]), isSigner ? context.Path : null, payload));
        }
        return inputs.MoveToImmutable();
    }

    /// <inheritdoc/>
    /// <remarks>
    /// Only under one value of a durable nonce: two messages that live by recent blockhashes, or by one and the same, are both
    /// executed if both are sent.
    /// </remarks>
    public string? WhyNotReplacing(ReadOnlyMemory<byte> original, ReadOnlyMemory<byte> replacement, DecodeContext context)
    {
        var before = ReadUnsigned(original.Span, context, out _);
        var after = ReadUnsigned(replacement.Span, context, out _);
        if (DurableNonce.Of(before) is not { } nonce || DurableNonce.Of(after) != nonce)
            return "Not both are under the same value of a durable nonce, so that both could be executed.";
        return ComputeBudget.IsSameButForPrice(before, after) ? null : "More than the price of a compute unit has changed.";
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Assemble(
        ReadOnlyMemory<byte> unsigned, DecodeContext context, IReadOnlyList<InputSignature> signatures)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        var message = ReadUnsigned(unsigned.Span, context, out _);
        var payload = message.Encode();
        var placed = new ReadOnlyMemory<byte>[message.RequiredSignatures];
        foreach (var signature in signatures)
        {
            if (signature.Index < 0 || signature.Index >= placed.Length || !placed[signature.Index].IsEmpty)
                throw new ArgumentException($"A signature with index {signature.Index}, of which there is none or another one already.", nameof(signatures));
            var key = message.Accounts[signature.Index].ToArray();
            if (!key.AsSpan().SequenceEqual(signature.PublicKey.Span))
                throw new ArgumentException($"The public key of signature {signature.Index} is not that of {message.Accounts[signature.Index]}.", nameof(signatures));
            if (!Ed25519Signature.Verify(key, payload, signature.Signature.Span))
                throw new ArgumentException($"The signature of {message.Accounts[signature.Index]} does not verify.", nameof(signatures));
            placed[signature.Index] = signature.Signature.ToArray();
        }
        if (Array.FindIndex(placed, s => s.IsEmpty) is >= 0 and var missing)
            throw new ArgumentException($"The signature of {message.Accounts[missing]} is missing.", nameof(signatures));
        return new SolanaTransaction(message, [.. placed]).Encode();
    }

    /// <summary>What a message costs at most.</summary>
    /// <exception cref="FormatException">It asks for computation in a way that no validator takes.</exception>
    public Fee MaxFee(SolanaMessage message)
    {
        ArgumentNullException.ThrowIfNull(message);
        return new(ToAddress(message.Payer), Coin, ComputeBudget.MaxFee(message));
    }

    /// <summary>The id of a signed transaction: its first signature in Base58.</summary>
    /// <exception cref="FormatException">The bytes are no transaction.</exception>
    public static string TransactionId(ReadOnlySpan<byte> signed) => SolanaTransaction.Decode(signed).Id;

    static SolanaMessage ReadAny(ReadOnlySpan<byte> bytes)
    {
        FormatException? complaint;
        try
        {
            return SolanaMessageCodec.Decode(bytes);
        }
        catch (FormatException notAMessage)
        {
            complaint = notAMessage;
        }
        if (bytes.Length <= SolanaTransaction.SignatureSize || (bytes[0] & 0x80) != 0)
            throw complaint;
        SolanaTransaction transaction;
        try
        {
            transaction = SolanaTransaction.Decode(bytes);
        }
        catch (FormatException neither)
        {
            throw new FormatException($"Neither a message ({complaint.Message}) nor a signed transaction ({neither.Message})", neither);
        }
        return transaction.IsFullySigned
            ? transaction.Message
            : throw new FormatException("A signature of the transaction is missing or does not verify.");
    }

    SolanaMessage ReadUnsigned(ReadOnlySpan<byte> unsigned, DecodeContext context, out SolanaAddress signer)
    {
        signer = SignerOf(context);
        var message = SolanaMessageCodec.Decode(unsigned);
        CheckSigner(message, signer);
        return message;
    }

    SolanaAddress SignerOf(DecodeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ToBytes(context.Signer);
    }

    static void CheckSigner(SolanaMessage message, SolanaAddress signer)
    {
        if (!message.Accounts.AsSpan()[..message.RequiredSignatures].Contains(signer))
            throw new FormatException($"The message needs no signature of {signer}.");
    }
}
