using System.Text.Json;
using System.Text.Json.Serialization;
using Quorate.Chains;

namespace Quorate.Server.Lanes;

/// <summary>Amounts in events: decimal text, as everywhere.</summary>
sealed class AmountJson : JsonConverter<Amount>
{
    public override Amount Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Amount.TryParse(reader.GetString(), out var amount) ? amount : throw new JsonException("Not an amount.");

    public override void Write(Utf8JsonWriter writer, Amount value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
