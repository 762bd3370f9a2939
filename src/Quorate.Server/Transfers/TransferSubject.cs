using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Quorate.Chains;
using Quorate.Server.Recording;

namespace Quorate.Server.Transfers;

/// <summary>What is asked for. Three resources of the API, one machine. Closed.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Payment), "transfer")]
[JsonDerivedType(typeof(Unsigned), "transaction")]
[JsonDerivedType(typeof(Message), "signature")]
abstract record TransferSubject(ChainId Chain)
{
    /// <summary>The wallet's address that pays or signs, in its chain's canonical text.</summary>
    public abstract string From { get; init; }

    /// <summary>What the caller has built, and nobody may change; null where the server builds.</summary>
    internal Blob? Given => this switch
    {
        Unsigned u => u.Bytes,
        Message m => m.Bytes,
        _ => null,
    };

    /// <summary>An amount of an asset to an address; the server builds the transaction.</summary>
    /// <param name="Asset">The asset.</param>
    /// <param name="Amount">In its smallest unit.</param>
    /// <param name="To">The address in its chain's canonical text.</param>
    /// <param name="From">The wallet's address that pays, in the same text.</param>
    /// <param name="Memo">Published with it; null for none.</param>
    /// <param name="Coins">The coins that pay, all of them and no others, where the chain has coins; null for whichever fit.</param>
    internal sealed record Payment(
        AssetId Asset, Amount Amount, string To, string From, string? Memo,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] NamedCoins? Coins = null) : TransferSubject(Asset.Chain);

    /// <summary>A transaction that the caller has built, in the chain's own form.</summary>
    /// <param name="Chain">The chain.</param>
    /// <param name="From">The wallet's address that signs.</param>
    /// <param name="Bytes">The unsigned transaction.</param>
    internal sealed record Unsigned(ChainId Chain, string From, Blob Bytes) : TransferSubject(Chain);

    /// <summary>A message to be signed, for nobody's network.</summary>
    /// <param name="Chain">The chain whose addresses sign.</param>
    /// <param name="From">The wallet's address that signs.</param>
    /// <param name="Form">How the bytes are to be read.</param>
    /// <param name="Bytes">The message.</param>
    internal sealed record Message(ChainId Chain, string From, PayloadForm Form, Blob Bytes) : TransferSubject(Chain);
}

/// <summary>Coins by their outputs, <c>txid:n</c>.</summary>
sealed record NamedCoins(ImmutableArray<string> Points)
{
    /// <summary>Whether both name the same in the same order.</summary>
    public bool Equals(NamedCoins? other) => other is not null && Points.SequenceEqual(other.Points);

    /// <inheritdoc/>
    public override int GetHashCode() => Points.Length;
}

/// <summary>How what is signed is to be read: the node's own list of kinds.</summary>
[JsonConverter(typeof(SnakeCase<PayloadForm>))]
enum PayloadForm
{
    /// <summary>An unsigned transaction.</summary>
    Transaction = 1,

    /// <summary>Typed data, EIP-712.</summary>
    TypedData = 2,

    /// <summary>A message, EIP-191.</summary>
    PersonalMessage = 3,
}
