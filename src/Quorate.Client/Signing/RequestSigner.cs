using System.Globalization;
using System.Net.Http.Headers;
using Quorate.Cryptography.Secrets;

namespace Quorate.Client.Signing;

/// <summary>
/// Signs every request that goes through it (RFC 9421, RFC 9530): its method, path, query, authority and content, and the
/// headers that change what it means. For JSON and for gRPC calls with one request; the content is held in memory.
/// </summary>
/// <param name="key">The caller's key; stays the caller's to dispose of.</param>
/// <param name="inner">What sends the request.</param>
/// <param name="time">The clock; the system's where null. The server allows it to be a minute wrong.</param>
public sealed class RequestSigner(RequestKey key, HttpMessageHandler inner, TimeProvider? time = null) : DelegatingHandler(inner)
{
    const int NonceSize = 16;

    /// <summary>What a signature has to cover of every request.</summary>
    public static IReadOnlyList<string> Required { get; } = ["@method", "@path", "@query", "content-digest"];

    /// <summary>Headers that a signature has to cover where a request has them.</summary>
    public static IReadOnlyList<string> RequiredWherePresent { get; } = ["idempotency-key", "if-match"];

    readonly TimeProvider time = time ?? TimeProvider.System;

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var content = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        if (request.Content is { } streamed)
        {
            // Read once: what is sent is what was signed.
            request.Content = new ByteArrayContent(content);
            foreach (var (name, values) in streamed.Headers.Where(h => h.Key != "Content-Length"))
                request.Content.Headers.TryAddWithoutValidation(name, values);
        }
        Sign(request, content);
        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    void Sign(HttpRequestMessage request, byte[] content)
    {
        var uri = request.RequestUri ?? throw new InvalidOperationException("The request has no address.");
        Set(request.Headers, ContentDigest.Header, ContentDigest.Of(content));
        var components = Required.Append("@authority").Concat(RequiredWherePresent.Where(h => ValueOf(request.Headers, h) is not null));
        Span<byte> nonce = stackalloc byte[NonceSize];
        SystemRandom.Shared.Fill(nonce);
        var input = SignatureInput.Of(components, time.GetUtcNow(), key.Id, Convert.ToHexStringLower(nonce), key.Algorithm);
        var message = input.BaseOf(name => name switch
        {
            "@method" => request.Method.Method,
            "@path" => uri.AbsolutePath,
            "@query" => uri.Query.Length == 0 ? "?" : uri.Query,
            "@authority" => (uri.IsDefaultPort ? uri.Host : string.Create(CultureInfo.InvariantCulture, $"{uri.Host}:{uri.Port}")).ToLowerInvariant(),
            _ => ValueOf(request.Headers, name),
        }, out _)!;
        Set(request.Headers, SignatureInput.Header, input.ToString());
        Set(request.Headers, SignatureInput.SignatureHeader, $"{input.Label}=:{Convert.ToBase64String(key.Sign(message))}:");
    }

    static string? ValueOf(HttpRequestHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? string.Join(", ", values.Select(v => v.Trim())) : null;

    static void Set(HttpRequestHeaders headers, string name, string value)
    {
        headers.Remove(name);
        headers.TryAddWithoutValidation(name, value);
    }
}
