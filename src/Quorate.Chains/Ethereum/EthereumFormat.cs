using System.Collections.Immutable;
using System.Globalization;
using Quorate.Chains.Ethereum.Rlp;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Hashing;
using Quorate.Cryptography.Signatures;

namespace Quorate.Chains.Ethereum;

/// <summary>
/// The meaning of addresses, transactions and messages on one chain of Ethereum's kind. An unsigned transaction is the
/// bytes whose Keccak-256 is signed, a signed one the bytes that are broadcast. docs/chains/ethereum.md lists what is
/// understood.
/// </summary>
public sealed class EthereumFormat : ITransactionFormat
{
    /// <summary>The CAIP-2 namespace of these chains.</summary>
    public const string Namespace = "eip155";

    /// <summary>SLIP-44's number of ether.</summary>
    public const int Ether = 60;

    /// <summary>A chain by its EIP-155 number.</summary>
    /// <param name="chainId">The number, 1 for Ethereum's main chain.</param>
    /// <param name="contracts">What is known about contracts; nothing where null.</param>
    /// <param name="coinType">SLIP-44's number of the chain's own coin.</param>
    /// <exception cref="ArgumentOutOfRangeException">Chain 0, which is none.</exception>
    public EthereumFormat(ulong chainId, KnownContracts? contracts = null, int coinType = Ether)
    {
        ArgumentOutOfRangeException.ThrowIfZero(chainId);
        Number = chainId;
        Contracts = contracts ?? KnownContracts.None;
        Chain = ChainId.Parse(string.Create(CultureInfo.InvariantCulture, $"{Namespace}:{chainId}"));
        Coin = AssetId.Coin(Chain, coinType);
    }

    /// <summary>The chain's EIP-155 number.</summary>
    public ulong Number { get; }

    /// <summary>What is known about contracts.</summary>
    public KnownContracts Contracts { get; }

    /// <inheritdoc/>
    public ChainId Chain { get; }

    /// <inheritdoc/>
    public AssetId Coin { get; }

    /// <inheritdoc/>
    public Address ParseAddress(string text) => ToAddress(EthereumAddress.Parse(text));

    /// <summary>An account on this chain.</summary>
    public Address ToAddress(EthereumAddress address) => new(Chain, address.ToString());

    /// <summary>A token contract's asset, or one token of a collection.</summary>
    public AssetId Token(TokenKind kind, EthereumAddress contract, Amount? id = null) => AssetId.Create(
        Chain,
        kind switch { TokenKind.Erc20 => "erc20", TokenKind.Erc721 => "erc721", _ => "erc1155" },
        contract.ToString(), id?.ToString());

    /// <summary>The 20 bytes of an address of this chain.</summary>
    /// <exception cref="ArgumentException">It belongs to another chain.</exception>
    public EthereumAddress ToBytes(Address address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return address.Chain == Chain
            ? EthereumAddress.Parse(address.Text)
            : throw new ArgumentException($"{address} is an address of {address.Chain}, not of {Chain}.", nameof(address));
    }

    /// <inheritdoc/>
    public Effects Decode(ReadOnlyMemory<byte> transaction, DecodeContext context)
    {
        var (t, signer) = Read(transaction, context, mustBeUnsigned: false);
        var effects = new EffectsBuilder(this, context, signer);
        if (t.ChainId is null)
            effects.Add("It names no chain and is valid on all of them (before EIP-155).");
        foreach (var authorization in t.Authorizations)
            AddDelegation(effects, authorization);
        if (t.To is not { } to)
            AddDeployment(effects, t, signer);
        else
        {
            if (t.Data.IsEmpty || !t.Value.IsZero)
                effects.AddTransfer(signer, to, Coin, t.Value);
            if (!t.Data.IsEmpty)
            {
                CallDecoder.Decode(effects, signer, to, t.Value, t.Data);
                AddDelegatedCode(effects, t, to, signer);
            }
        }
        return effects.Build(new(context.Signer, Coin, t.MaxFee));
    }

    /// <inheritdoc/>
    /// <exception cref="FormatException">It is signed, or bound to no chain.</exception>
    public ImmutableArray<SigningInput> GetSigningInputs(ReadOnlyMemory<byte> unsigned, DecodeContext context)
    {
        Read(unsigned, context, mustBeUnsigned: true);
        return [Input(Keccak256.HashData(unsigned.Span), context)];
    }

    /// <inheritdoc/>
    /// <remarks>The account's nonce lets one of the two in. The gas limit may not change: with more of it a call may do more.</remarks>
    public string? WhyNotReplacing(ReadOnlyMemory<byte> original, ReadOnlyMemory<byte> replacement, DecodeContext context)
    {
        var (before, _) = Read(original, context, mustBeUnsigned: true);
        var (after, _) = Read(replacement, context, mustBeUnsigned: true);
        return after.IsSameButForFees(before) ? null : "More than the fees has changed.";
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> Assemble(
        ReadOnlyMemory<byte> unsigned, DecodeContext context, IReadOnlyList<InputSignature> signatures)
    {
        var (t, signer) = Read(unsigned, context, mustBeUnsigned: true);
        return EthereumTransactionCodec.Encode(t, Verified(Keccak256.HashData(unsigned.Span), signer, signatures));
    }

    /// <summary>The id of a signed transaction: 0x and its Keccak-256.</summary>
    public static string TransactionId(ReadOnlySpan<byte> signed) => "0x" + Convert.ToHexStringLower(Keccak256.HashData(signed));

    /// <summary>What a message does.</summary>
    public Effects Decode(EthereumMessage message, DecodeContext context)
    {
        ArgumentNullException.ThrowIfNull(message);
        var effects = new EffectsBuilder(this, context, SignerOf(context));
        message.AddEffects(effects, this);
        return effects.Build(null);
    }

    /// <summary>What is signed for a message.</summary>
    public SigningInput GetSigningInput(EthereumMessage message, DecodeContext context)
    {
        ArgumentNullException.ThrowIfNull(message);
        SignerOf(context);
        return Input(message.Digest(), context);
    }

    /// <summary>A message's signature as contracts and applications want it, 65 bytes: r ‖ s ‖ v with v 27 or 28.</summary>
    /// <exception cref="ArgumentException">The signature does not verify.</exception>
    public byte[] Assemble(EthereumMessage message, DecodeContext context, InputSignature signature)
    {
        ArgumentNullException.ThrowIfNull(message);
        var encoded = Verified(message.Digest(), SignerOf(context), [signature]).Encode();
        encoded[^1] += 27;
        return encoded;
    }

    (EthereumTransaction Transaction, EthereumAddress Signer) Read(ReadOnlyMemory<byte> encoded, DecodeContext context, bool mustBeUnsigned)
    {
        var signer = SignerOf(context);
        var (transaction, _, actual) = EthereumTransactionCodec.Decode(encoded);
        if (transaction.ChainId is { } chain && chain != Number)
            throw new FormatException($"A transaction for chain {chain}, not {Number}.");
        if (mustBeUnsigned && actual is not null)
            throw new FormatException("The transaction is signed already.");
        if (mustBeUnsigned && transaction.ChainId is null)
            throw new FormatException("The transaction names no chain and would be valid on all of them (before EIP-155).");
        return actual is null || actual == signer
            ? (transaction, signer)
            : throw new FormatException($"The transaction is signed by {actual}, not by {signer}.");
    }

    EthereumAddress SignerOf(DecodeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ToBytes(context.Signer);
    }

    void AddDelegation(EffectsBuilder effects, SetCodeAuthorization authorization)
    {
        if (!authorization.TryRecoverAuthority(out var authority))
        {
            effects.Add($"An authorisation of {authorization.Delegate} that nobody has signed.");
            return;
        }
        if (!authorization.ChainId.IsZero && authorization.ChainId != Number)
        {
            effects.Add($"An authorisation by {authority} for another chain, {authorization.ChainId}, where anybody can use it.");
            return;
        }
        effects.Add(new Effect.Delegation(
            effects.ToAddress(authority), authorization.Delegate.IsZero ? null : effects.ToAddress(authorization.Delegate)));
        if (authorization.ChainId.IsZero)
            effects.Add($"The authorisation by {authority} holds on every chain.");
    }

    /// <summary>
    /// An account that runs code by delegation is no token, whatever the function is called: the code behind it is the
    /// delegate's, and it runs with everything the account has.
    /// </summary>
    static void AddDelegatedCode(EffectsBuilder effects, EthereumTransaction t, EthereumAddress to, EthereumAddress signer)
    {
        if (to == signer)
            effects.Add("A call of the signer's own account: if it has delegated (EIP-7702), the delegate's code runs with everything it has.");
        else if (t.Authorizations.Any(a => a.TryRecoverAuthority(out var authority) && authority == to))
            effects.Add($"A call of {to}, whose code this transaction changes: what it does is the delegate's affair.");
    }

    static void AddDeployment(EffectsBuilder effects, EthereumTransaction t, EthereumAddress deployer)
    {
        var contract = ContractAddress(deployer, t.Nonce);
        effects.Add(new Effect.Deployment(
            effects.ToAddress(deployer), effects.ToAddress(contract), "0x" + Convert.ToHexStringLower(Keccak256.HashData(t.Data.Span)), t.Value));
        if (!t.Value.IsZero)
            effects.AddTransfer(deployer, contract, effects.Coin, t.Value);
    }

    /// <summary>Where an account's transaction creates its contract: the last 20 bytes of Keccak-256(rlp([deployer, nonce])).</summary>
    public static EthereumAddress ContractAddress(EthereumAddress deployer, ulong nonce)
    {
        Span<byte> address = stackalloc byte[EthereumAddress.Size];
        deployer.CopyTo(address);
        var writer = new RlpWriter(stackalloc byte[64]);
        var list = writer.BeginList();
        writer.Write(address);
        writer.Write(nonce);
        writer.EndList(list);
        return new(Keccak256.HashData(writer.Written).AsSpan(12));
    }

    static SigningInput Input(byte[] digest, DecodeContext context) =>
        new(0, SignatureScheme.EcdsaSecp256k1, context.Signer, context.Path, digest);

    static RecoverableEcdsaSignature Verified(byte[] digest, EthereumAddress signer, IReadOnlyList<InputSignature> signatures)
    {
        ArgumentNullException.ThrowIfNull(signatures);
        if (signatures is not [{ Index: 0 } only])
            throw new ArgumentException($"{signatures.Count} signatures; there is one, with index 0.", nameof(signatures));
        if (!Point<Secp256k1>.TryDecode(only.PublicKey.Span, out var key) || EthereumAddress.FromPublicKey(key) != signer)
            throw new ArgumentException($"The public key is not that of {signer}.", nameof(signatures));
        if (!EcdsaSignature.TryDecodeCompact(only.Signature.Span, out var signature) || !signature.IsLowS)
            throw new ArgumentException("Not a signature of 64 bytes with low s.", nameof(signatures));
        for (var id = 0; id <= 1; id++)
        {
            var candidate = new RecoverableEcdsaSignature(signature, id);
            if (only.RecoveryId is not { } given || given == id)
                if (candidate.TryRecover(digest, out var recovered) && recovered == key)
                    return candidate;
        }
        throw new ArgumentException(
            signature.Verify(key, digest) ? "The signature is good, its recovery id is not." : "The signature does not verify.", nameof(signatures));
    }
}
