namespace Quorate.Client.Webhooks;

/// <summary>
/// An endpoint's keys from its address, fetched when they are first asked for and again when a delivery is signed with none
/// of them, as after a roll-over; but not more often than once in so long, so that nobody who sends nonsense makes it ask
/// again and again. Thread-safe.
/// </summary>
/// <param name="client">Fetches; stays the caller's.</param>
/// <param name="address">Of the JWKS: <c>…/v1/webhooks/{webhook}/jwks.json</c>.</param>
/// <param name="refreshEvery">The shortest time between two fetches; a minute where null.</param>
/// <param name="time">The clock; the system's where null.</param>
public sealed class WebhookKeyCache(HttpClient client, Uri address, TimeSpan? refreshEvery = null, TimeProvider? time = null) : IDisposable
{
    const int MaxBytes = 64 << 10;

    readonly TimeProvider time = time ?? TimeProvider.System;
    readonly TimeSpan refreshEvery = refreshEvery ?? TimeSpan.FromMinutes(1);
    readonly SemaphoreSlim turn = new(1, 1);
    volatile WebhookKeys? keys;
    DateTimeOffset fetched = DateTimeOffset.MinValue;

    /// <summary>The keys; null where they cannot be fetched and never were.</summary>
    /// <param name="unlike">Keys that were of no use: newer ones are wanted. Null for whichever there are.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task<WebhookKeys?> GetAsync(WebhookKeys? unlike, CancellationToken cancellation)
    {
        if (keys is { } known && known != unlike)
            return known;
        await turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (keys != unlike && keys is { } other)
                return other;
            var now = time.GetUtcNow();
            if (now - fetched < refreshEvery && fetched != DateTimeOffset.MinValue)
                return keys;
            fetched = now;
            return keys = await FetchAsync(cancellation).ConfigureAwait(false) ?? keys;
        }
        finally
        {
            turn.Release();
        }
    }

    async Task<WebhookKeys?> FetchAsync(CancellationToken cancellation)
    {
        try
        {
            using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                return null;
            using var body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            var bytes = new byte[MaxBytes];
            var length = await body.ReadAtLeastAsync(bytes, MaxBytes, throwOnEndOfStream: false, cancellation).ConfigureAwait(false);
            return length == MaxBytes ? null : WebhookKeys.ParseJwks(bytes.AsSpan(0, length));
        }
        catch (Exception away) when (away is HttpRequestException or IOException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Ends it.</summary>
    public void Dispose() => turn.Dispose();
}
