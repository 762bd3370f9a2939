using System.Text.Json;
using System.Text.Json.Serialization;
using Quorate.Chains;
using Quorate.Policies;
using Quorate.Server.Ids;

namespace Quorate.Server.Recording;

/// <summary>A value that events carry as its one text. What does not parse makes the event unreadable, not a default.</summary>
abstract class TextConverter<T>(Func<string, T> parse) : JsonConverter<T> where T : notnull
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        parse(reader.GetString() ?? throw new JsonException("A text is missing."));

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

sealed class ResourceIdText() : TextConverter<ResourceId>(ResourceId.Parse);

sealed class ChainIdText() : TextConverter<ChainId>(ChainId.Parse);

sealed class AssetIdText() : TextConverter<AssetId>(AssetId.Parse);

sealed class AmountText() : TextConverter<Amount>(Amount.Parse);

sealed class DigestText() : TextConverter<Digest>(text => Digest.TryParse(text, out var digest) ? digest : throw new FormatException("Not a digest."));
