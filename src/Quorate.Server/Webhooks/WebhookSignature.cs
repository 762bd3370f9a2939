using System.Globalization;
using System.Text;

namespace Quorate.Server.Webhooks;

/// <summary>
/// The headers of a delivery (Standard Webhooks 1.0.0, "Signature scheme" and "Webhook headers"): <c>webhook-id</c>,
/// <c>webhook-timestamp</c>, and <c>webhook-signature</c> with a signature <c>v1a</c> (Ed25519 over id, timestamp and body)
/// of every key that is published, so that a receiver may know either of two while one follows the other.
/// </summary>
static class WebhookSignature
{
    internal const string IdHeader = "webhook-id";
    internal const string TimestampHeader = "webhook-timestamp";
    internal const string SignatureHeader = "webhook-signature";

    /// <summary>The signatures of a delivery; null where this server has the secret of none of the endpoint's keys.</summary>
    internal static string? Of(Webhook hook, WebhookSecret secret, string id, DateTimeOffset at, ReadOnlySpan<byte> body)
    {
        byte[] content = [.. Encoding.UTF8.GetBytes($"{id}.{Seconds(at)}."), .. body];
        var signatures = new List<string>();
        foreach (var known in hook.KeysAt(at))
        {
            using var key = secret.KeyOf(hook.Id.ToString(), known.KeyId);
            if (key.EncodedPublicKey.SequenceEqual(known.PublicKey.Bytes.Span))
                signatures.Add($"v1a,{Convert.ToBase64String(key.Sign(content))}");
        }
        return signatures.Count == 0 ? null : string.Join(' ', signatures);
    }

    /// <summary>Whole seconds since 1970.</summary>
    internal static string Seconds(DateTimeOffset at) => at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
