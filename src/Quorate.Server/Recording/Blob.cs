using System.Text.Json;
using System.Text.Json.Serialization;

namespace Quorate.Server.Recording;

/// <summary>Bytes as a value: equal when they are the same, base64 in events. Not copied; whoever makes one leaves them alone.</summary>
[JsonConverter(typeof(BlobText))]
readonly struct Blob(ReadOnlyMemory<byte> bytes) : IEquatable<Blob>
{
    /// <summary>The bytes.</summary>
    internal ReadOnlyMemory<byte> Bytes { get; } = bytes;

    /// <summary>How many.</summary>
    internal int Length => Bytes.Length;

    /// <inheritdoc/>
    public bool Equals(Blob other) => Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Blob other && Equals(other);

    /// <summary>Whether the bytes are the same.</summary>
    public static bool operator ==(Blob a, Blob b) => a.Equals(b);

    /// <summary>Whether they are not.</summary>
    public static bool operator !=(Blob a, Blob b) => !a.Equals(b);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes.Span);
        return hash.ToHashCode();
    }

    /// <summary>The first bytes in hexadecimal, for people.</summary>
    public override string ToString() =>
        Length <= 16 ? Convert.ToHexStringLower(Bytes.Span) : $"{Convert.ToHexStringLower(Bytes.Span[..16])}… ({Length} bytes)";
}

/// <summary>A blob in an event: base64.</summary>
sealed class BlobText : JsonConverter<Blob>
{
    public override Blob Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetBytesFromBase64());

    public override void Write(Utf8JsonWriter writer, Blob value, JsonSerializerOptions options) => writer.WriteBase64StringValue(value.Bytes.Span);
}
