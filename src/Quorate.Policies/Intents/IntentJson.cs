using System.Text.Json;
using Quorate.Chains;

namespace Quorate.Policies;

/// <summary>Intents as JSON, docs/spec/intents.md. It carries an intent; the hash is over the fields and not over this.</summary>
public static class IntentJson
{
    /// <summary>Largest document read: 2,048 signatures with deep paths fit.</summary>
    public const int MaxSize = 1 << 20;

    static readonly Dictionary<string, SignatureScheme> schemes = new()
    {
        ["ecdsa-secp256k1"] = SignatureScheme.EcdsaSecp256k1,
        ["bip340"] = SignatureScheme.Bip340,
        ["ed25519"] = SignatureScheme.Ed25519,
    };

    /// <summary>Reads an intent. Every field has exactly one accepted spelling.</summary>
    /// <exception cref="DocumentException">Not an intent; says where and why.</exception>
    public static Intent Parse(ReadOnlySpan<byte> utf8) => Read(JsonTree.Parse(utf8, MaxSize));

    /// <summary>The intent as compact JSON in UTF-8, which <see cref="Parse"/> reads back to an equal intent.</summary>
    public static byte[] Write(Intent intent)
    {
        ArgumentNullException.ThrowIfNull(intent);
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteNumber("quorateIntent", 1);
            json.WriteString("organisation", intent.Organisation);
            json.WriteString("wallet", intent.Wallet);
            json.WriteNumber("keyEpoch", intent.KeyEpoch);
            json.WriteString("chain", intent.Chain.ToString());
            json.WriteString("transaction", intent.Transaction.ToString());
            json.WriteStartArray("signatures");
            foreach (var s in intent.Signatures)
            {
                json.WriteStartObject();
                json.WriteNumber("index", s.Index);
                json.WriteString("scheme", schemes.First(pair => pair.Value == s.Scheme).Key);
                json.WriteString("path", s.Path.ToString());
                json.WriteString("payload", s.Payload.ToString());
                if (s.TaprootRoot is not null)
                    json.WriteString("taprootRoot", s.TaprootRoot);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteString("request", intent.RequestId);
            json.WriteString("initiator", intent.Initiator);
            if (intent.MaxFee is { } fee)
            {
                json.WriteStartObject("maxFee");
                json.WriteString("asset", fee.Asset.ToString());
                json.WriteString("amount", fee.Amount.ToString());
                json.WriteEndObject();
            }
            json.WriteString("expiresAt", JsonReading.WriteInstant(intent.ExpiresAt.ToUnixTimeSeconds()));
            if (intent.Replaces is { } replaced)
                json.WriteString("replaces", replaced.ToString());
            json.WriteEndObject();
        }
        return stream.ToArray();
    }

    internal static Intent Read(JsonValue value)
    {
        var members = new JsonMembers(value);
        members.Required("quorateIntent").AsNumber(1, 1);
        var organisation = members.Required("organisation").AsName();
        var wallet = members.Required("wallet").AsName();
        var epoch = members.Required("keyEpoch").AsNumber(0, JsonTree.MaxNumber);
        var chain = members.Required("chain").AsChain();
        var transaction = members.Required("transaction").AsDigest();
        var signatures = members.Required("signatures").AsList(1, Intent.MaxSignatures).Select(ReadSignature).ToArray();
        var request = members.Required("request").AsName();
        var initiator = members.Required("initiator").AsName();
        var fee = members.Optional("maxFee", ReadFee);
        var expiresAt = DateTimeOffset.FromUnixTimeSeconds(members.Required("expiresAt").AsInstant());
        var replaces = members.OptionalValue("replaces", member => member.AsDigest());
        members.End();
        try
        {
            return new(organisation, wallet, (ulong)epoch, chain, transaction, [.. signatures], request, initiator, fee, expiresAt, replaces);
        }
        catch (ArgumentException problem)
        {
            // What the fields say alone is right by now; what is left is how they fit together.
            throw new DocumentException(value.PointerTo(problem.ParamName!), "inconsistent", problem.Message);
        }
    }

    static IntentSignature ReadSignature(JsonValue value)
    {
        var members = new JsonMembers(value);
        var index = (int)members.Required("index").AsNumber(0, int.MaxValue);
        var scheme = members.Required("scheme").AsChoice(schemes);
        var path = members.Required("path").AsPath();
        var payload = members.Required("payload").AsDigest();
        var root = members.Optional("taprootRoot", member => member.AsHex());
        members.End();
        return new(index, scheme, path, payload, root);
    }

    static MaxFee ReadFee(JsonValue value)
    {
        var members = new JsonMembers(value);
        var fee = new MaxFee(members.Required("asset").AsAsset(), members.Required("amount").AsAmount());
        members.End();
        return fee;
    }
}
