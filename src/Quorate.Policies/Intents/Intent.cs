using System.Collections.Immutable;
using System.Security.Cryptography;
using Quorate.Chains;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Hashing;

namespace Quorate.Policies;

/// <summary>
/// What an initiator wants signed, in the one form that everybody judges, approves and records: docs/spec/intents.md. Its
/// hash binds every field, so an approval can be moved to nothing else. Immutable; equal when the hashes are.
/// </summary>
public sealed class Intent : IEquatable<Intent>
{
    /// <summary>Most signatures of one intent: a Bitcoin transaction of standard weight has fewer inputs.</summary>
    public const int MaxSignatures = 2048;

    /// <summary>An intent of these parts.</summary>
    /// <param name="organisation">Whose nodes sign.</param>
    /// <param name="wallet">The wallet.</param>
    /// <param name="keyEpoch">The epoch of its key: a reshared key takes new approvals.</param>
    /// <param name="chain">The chain.</param>
    /// <param name="transaction">SHA-256 of the unsigned transaction or message as its adapter reads it.</param>
    /// <param name="signatures">Every signature it takes, in order of their index.</param>
    /// <param name="requestId">The request that caused it; one request, one intent.</param>
    /// <param name="initiator">The member who asks, and who has to sign the intent as well.</param>
    /// <param name="maxFee">The most it may cost; null where it can cost nothing.</param>
    /// <param name="expiresAt">From then on it is worth nothing. Whole seconds.</param>
    /// <param name="replaces">The intent whose transaction this one's takes the place of, at another fee; null for none.</param>
    /// <exception cref="ArgumentException">A part is malformed; the parameter's name says which.</exception>
    public Intent(
        string organisation, string wallet, ulong keyEpoch, ChainId chain, Digest transaction,
        ImmutableArray<IntentSignature> signatures, string requestId, string initiator, MaxFee? maxFee, DateTimeOffset expiresAt,
        Digest? replaces = null)
    {
        ArgumentNullException.ThrowIfNull(chain);
        if (keyEpoch > JsonTree.MaxNumber)
            throw new ArgumentException("An epoch is at most 2⁵³ − 1, which JSON can carry.", nameof(keyEpoch));
        if (signatures.IsDefault || signatures.Length is 0 or > MaxSignatures)
            throw new ArgumentException($"An intent asks for 1 to {MaxSignatures} signatures.", nameof(signatures));
        for (var i = 0; i < signatures.Length; i++)
            if (!IsSound(signatures[i]) || (i > 0 && signatures[i].Index <= signatures[i - 1].Index))
                throw new ArgumentException($"Signature {i} is malformed, or its index is not above the one before.", nameof(signatures));
        if (maxFee is not null && maxFee.Asset.Chain != chain)
            throw new ArgumentException("The fee is paid on another chain.", nameof(maxFee));
        if (expiresAt.ToUnixTimeSeconds() < 0 || expiresAt.Ticks % TimeSpan.TicksPerSecond != 0)
            throw new ArgumentException("Whole seconds from 1970 on.", nameof(expiresAt));

        Organisation = Naming.Require(organisation, nameof(organisation));
        Wallet = Naming.Require(wallet, nameof(wallet));
        RequestId = Naming.Require(requestId, nameof(requestId));
        Initiator = Naming.Require(initiator, nameof(initiator));
        (KeyEpoch, Chain, Transaction, Signatures, MaxFee, Replaces) = (keyEpoch, chain, transaction, signatures, maxFee, replaces);
        ExpiresAt = expiresAt.ToUniversalTime();
        Hash = ComputeHash();
    }

    /// <summary>Whose nodes sign.</summary>
    public string Organisation { get; }

    /// <summary>The wallet.</summary>
    public string Wallet { get; }

    /// <summary>The epoch of the wallet's key.</summary>
    public ulong KeyEpoch { get; }

    /// <summary>The chain.</summary>
    public ChainId Chain { get; }

    /// <summary>SHA-256 of the unsigned transaction.</summary>
    public Digest Transaction { get; }

    /// <summary>Every signature it takes, by index.</summary>
    public ImmutableArray<IntentSignature> Signatures { get; }

    /// <summary>The request that caused it.</summary>
    public string RequestId { get; }

    /// <summary>The member who asks.</summary>
    public string Initiator { get; }

    /// <summary>The most it may cost; null where it can cost nothing.</summary>
    public MaxFee? MaxFee { get; }

    /// <summary>The first instant at which it is worth nothing, in UTC.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>
    /// The intent that was approved, where this one asks for the same at another fee within the approved one: it takes no
    /// approvals of its own. Null otherwise.
    /// </summary>
    public Digest? Replaces { get; }

    /// <summary>What approvers sign.</summary>
    public Digest Hash { get; }

    /// <summary>
    /// Whether the intent is about exactly this transaction: its bytes, and every signature that the adapter derives from
    /// them, with scheme, path, payload and tweak. A node asks this with what it has derived itself.
    /// </summary>
    /// <param name="unsigned">The unsigned transaction.</param>
    /// <param name="inputs">What <see cref="ITransactionFormat.GetSigningInputs"/> says of it.</param>
    /// <param name="path">The path of keys that the adapter does not know; the same for all.</param>
    public bool Binds(ReadOnlySpan<byte> unsigned, ImmutableArray<SigningInput> inputs, Bip32Path path) =>
        Transaction == new Digest(SHA256.HashData(unsigned))
        && inputs.OrderBy(input => input.Index).Select(input => IntentSignature.From(input, path)).SequenceEqual(Signatures);

    /// <summary>
    /// The intent by which another transaction takes the place of this one's: the same in everything but the transaction and
    /// the request.
    /// </summary>
    /// <param name="transaction">SHA-256 of the unsigned transaction that replaces this one's.</param>
    /// <param name="signatures">Every signature it takes.</param>
    /// <param name="requestId">A request of its own.</param>
    /// <exception cref="InvalidOperationException">This one replaces another itself: what was approved is what is replaced.</exception>
    /// <exception cref="ArgumentException">A part is malformed, or the request is this one's.</exception>
    public Intent ReplaceBy(Digest transaction, ImmutableArray<IntentSignature> signatures, string requestId)
    {
        if (Replaces is not null)
            throw new InvalidOperationException("The intent is a replacement itself: the one that was approved is replaced.");
        if (requestId == RequestId)
            throw new ArgumentException("A replacement is a request of its own.", nameof(requestId));
        return new(Organisation, Wallet, KeyEpoch, Chain, transaction, signatures, requestId, Initiator, MaxFee, ExpiresAt, Hash);
    }

    /// <summary>Whether this is an intent to replace another's transaction, as <see cref="ReplaceBy"/> makes it.</summary>
    public bool IsReplacementOf(Intent original)
    {
        ArgumentNullException.ThrowIfNull(original);
        return original.Replaces is null && original.RequestId != RequestId && original.ReplaceBy(Transaction, Signatures, RequestId).Equals(this);
    }

    /// <summary>Whether the hashes are equal.</summary>
    public bool Equals(Intent? other) => other is not null && other.Hash == Hash;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Intent);

    /// <inheritdoc/>
    public override int GetHashCode() => Hash.GetHashCode();

    /// <summary>The hash in hexadecimal.</summary>
    public override string ToString() => $"Intent({Hash})";

    static bool IsSound(IntentSignature? s) =>
        s is { Index: >= 0, Path: not null }
        && s.Scheme is SignatureScheme.EcdsaSecp256k1 or SignatureScheme.Bip340 or SignatureScheme.Ed25519
        && (s.TaprootRoot is null || (s.Scheme == SignatureScheme.Bip340 && (s.TaprootRoot.Length == 0 || Digest.TryParse(s.TaprootRoot, out _))));

    Digest ComputeHash()
    {
        using var transcript = new Transcript(Tags.Intent);
        transcript.Append(Organisation).Append(Wallet).Append(KeyEpoch).Append(Chain.ToString()).Append(Transaction.ToArray());
        transcript.List(Signatures.Length);
        foreach (var s in Signatures)
        {
            transcript.Append((ulong)s.Index).Append((ulong)s.Scheme).Append(s.Path.ToString()).Append(s.Payload.ToArray());
            // No tweak, a tweak without scripts and one with scripts are three different keys.
            transcript.List(s.TaprootRoot is null ? 0 : 1);
            if (s.TaprootRoot is { } root)
                transcript.Append(Convert.FromHexString(root));
        }
        transcript.Append(RequestId).Append(Initiator).List(MaxFee is null ? 0 : 1);
        if (MaxFee is { } fee)
        {
            Span<byte> amount = stackalloc byte[Amount.Size];
            fee.Amount.WriteBigEndian(amount);
            transcript.Append(fee.Asset.ToString()).Append(amount);
        }
        transcript.Append((ulong)ExpiresAt.ToUnixTimeSeconds());
        if (Replaces is { } replaced)
            transcript.Append(replaced.ToArray());
        return new(transcript.Digest());
    }
}
