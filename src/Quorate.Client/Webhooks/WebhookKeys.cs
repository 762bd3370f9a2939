using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text.Json;
using Quorate.Cryptography.Signatures;

namespace Quorate.Client.Webhooks;

/// <summary>The public keys of an endpoint: Ed25519, 32 bytes each. From its JWKS (RFC 7517, RFC 8037), or from a <c>whpk_</c> text of Standard Webhooks.</summary>
public sealed class WebhookKeys
{
    /// <summary>Keys that a set may have.</summary>
    public const int MaxKeys = 16;

    const string Prefix = "whpk_";

    WebhookKeys(ImmutableArray<ReadOnlyMemory<byte>> keys) => Keys = keys;

    /// <summary>The keys.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Keys { get; }

    /// <summary>Reads a JWKS document; keys of other kinds in it are left out.</summary>
    /// <exception cref="FormatException">It is none, has more than <see cref="MaxKeys"/>, or none of them is of use.</exception>
    public static WebhookKeys ParseJwks(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var reader = new Utf8JsonReader(utf8);
            using var json = JsonDocument.ParseValue(ref reader);
            if (!json.RootElement.TryGetProperty("keys", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MaxKeys)
                throw new FormatException($"A JWKS has a list of up to {MaxKeys} keys.");
            ImmutableArray<ReadOnlyMemory<byte>> keys = [.. list.EnumerateArray().Where(IsEd25519).Select(k => (ReadOnlyMemory<byte>)Base64Url.DecodeFromChars(k.GetProperty("x").GetString()))];
            return keys.IsEmpty || keys.Any(k => k.Length != Ed25519Signature.PublicKeySize)
                ? throw new FormatException("The JWKS has no Ed25519 key, or one of a wrong length.")
                : new(keys);
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException("That is no JWKS.", wrong);
        }
    }

    /// <summary>Reads one key: <c>whpk_</c> and base 64 of 32 bytes.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static WebhookKeys Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.StartsWith(Prefix, StringComparison.Ordinal) && Convert.FromBase64String(text[Prefix.Length..]) is { Length: Ed25519Signature.PublicKeySize } key
            ? new([key])
            : throw new FormatException("A public key of webhooks is whpk_ and base 64 of 32 bytes.");
    }

    /// <summary>Whether one of the keys has signed it.</summary>
    internal bool Verify(ReadOnlySpan<byte> content, ReadOnlySpan<byte> signature)
    {
        foreach (var key in Keys)
            if (Ed25519Signature.Verify(key.Span, content, signature))
                return true;
        return false;
    }

    static bool IsEd25519(JsonElement key) =>
        key.TryGetProperty("kty", out var kind) && kind.GetString() == "OKP" && key.TryGetProperty("crv", out var curve) && curve.GetString() == "Ed25519";
}
