using System.Globalization;
using System.Text;

namespace Quorate.Client.Webhooks;

/// <summary>What a receiver makes of a delivery.</summary>
/// <param name="Fault">Why it is not believed; none where it is.</param>
/// <param name="Event">The event; null where it is not believed.</param>
public readonly record struct ReceivedWebhook(WebhookFault Fault, WebhookEvent? Event)
{
    /// <summary>Whether it is what the server has sent, now and for the first time.</summary>
    public bool IsValid => Fault == WebhookFault.None;
}

/// <summary>
/// Verifies deliveries (Standard Webhooks 1.0.0, signatures <c>v1a</c>): over the bytes as they came, with the endpoint's
/// keys, within five minutes of the clock. Give it the body before anybody has parsed it.
/// </summary>
public sealed class WebhookReceiver
{
    /// <summary>How far the time of a signature may be from the clock.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>Signatures in one header that are looked at.</summary>
    const int MaxSignatures = 16;

    const int MaxId = 128;

    readonly Func<WebhookKeys?, CancellationToken, Task<WebhookKeys?>> keys;
    readonly Func<string, CancellationToken, Task<bool>>? isNew;
    readonly TimeProvider time;

    /// <summary>With keys that are known.</summary>
    /// <param name="keys">The endpoint's keys.</param>
    /// <param name="isNew">
    /// Remembers ids: whether one was not there before. It is asked for deliveries that are signed and in time, once each; ids
    /// are worth remembering for as long as the server may send again, a day or two. Null for a receiver that does not mind.
    /// </param>
    /// <param name="time">The clock; the system's where null.</param>
    public WebhookReceiver(WebhookKeys keys, Func<string, CancellationToken, Task<bool>>? isNew = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        // Others there are none.
        this.keys = (unlike, _) => Task.FromResult(unlike is null ? keys : null);
        (this.isNew, this.time) = (isNew, time ?? TimeProvider.System);
    }

    /// <summary>With keys from the server, fetched again when they have changed.</summary>
    /// <param name="keys">The endpoint's keys.</param>
    /// <param name="isNew">As for the other.</param>
    /// <param name="time">The clock; the system's where null.</param>
    public WebhookReceiver(WebhookKeyCache keys, Func<string, CancellationToken, Task<bool>>? isNew = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(keys);
        this.keys = keys.GetAsync;
        (this.isNew, this.time) = (isNew, time ?? TimeProvider.System);
    }

    /// <summary>Verifies a delivery.</summary>
    /// <param name="header">The one value of a header by its name in lower case; null where it is missing or stands more than once.</param>
    /// <param name="body">The body's bytes as they came.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task<ReceivedWebhook> ReceiveAsync(Func<string, string?> header, ReadOnlyMemory<byte> body, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(header);
        if (header("webhook-id") is not { } id || header("webhook-timestamp") is not { } at || header("webhook-signature") is not { } signatures)
            return new(WebhookFault.MissingHeader, null);
        // A full stop in it would let an id and a time be read as others.
        if (id.Length is 0 or > MaxId || id.Contains('.', StringComparison.Ordinal) || !IsTime(at, out var seconds))
            return new(WebhookFault.MalformedHeader, null);
        var age = time.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (age > Tolerance)
            return new(WebhookFault.TooOld, null);
        if (age < -Tolerance)
            return new(WebhookFault.TooNew, null);
        if (!await IsSignedAsync($"{id}.{at}.", body, signatures, cancellation).ConfigureAwait(false))
            return new(WebhookFault.WrongSignature, null);
        if (WebhookEvent.Parse(body.Span) is not { } happened || happened.Id != id)
            return new(WebhookFault.MalformedEvent, null);
        return isNew is not null && !await isNew(id, cancellation).ConfigureAwait(false)
            ? new(WebhookFault.Repeated, null)
            : new(WebhookFault.None, happened);
    }

    async Task<bool> IsSignedAsync(string before, ReadOnlyMemory<byte> body, string signatures, CancellationToken cancellation)
    {
        byte[] content = [.. Encoding.UTF8.GetBytes(before), .. body.Span];
        byte[][] candidates = [.. signatures.Split(' ', MaxSignatures + 1).Take(MaxSignatures).Select(Signature).OfType<byte[]>()];
        if (candidates.Length == 0 || await keys(null, cancellation).ConfigureAwait(false) is not { } known)
            return false;
        return candidates.Any(s => known.Verify(content, s))
            || (await keys(known, cancellation).ConfigureAwait(false) is { } newer && newer != known && candidates.Any(s => newer.Verify(content, s)));
    }

    // Whatever else stands in the header is of another scheme, and none of ours.
    static byte[]? Signature(string text)
    {
        Span<byte> bytes = stackalloc byte[65];
        return text.StartsWith("v1a,", StringComparison.Ordinal) && Convert.TryFromBase64String(text[4..], bytes, out var length) && length == 64 ? bytes[..64].ToArray() : null;
    }

    // One spelling: digits, no sign, no zero before them; in the range of dates.
    static bool IsTime(string text, out long seconds) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out seconds) && text[0] != '0' && seconds <= 253_402_300_799 - 86_400;
}
