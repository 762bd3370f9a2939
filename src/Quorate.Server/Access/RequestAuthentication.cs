using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.Features;
using Quorate.Client.Signing;
using Quorate.Cryptography.Signatures;
using Quorate.Policies;
using Quorate.Rpc.Server;
using Quorate.Server.ApiKeys;
using Quorate.Server.Ids;
using Quorate.Server.Store;

namespace Quorate.Server.Access;

/// <summary>
/// Who has signed a request (RFC 9421): the headers' signature first, then, of what it covers, the content. A request is good
/// for a minute around the server's time, once.
/// </summary>
/// <param name="store">The API keys.</param>
/// <param name="seen">The nonces that have been seen.</param>
/// <param name="time">The clock.</param>
sealed class RequestAuthentication(ServerStore store, ISeenNonces seen, TimeProvider time)
{
    /// <summary>How wrong a caller's clock may be.</summary>
    internal static readonly TimeSpan MaxSkew = TimeSpan.FromSeconds(60);

    /// <summary>Characters of a nonce.</summary>
    internal const int MinNonce = 16, MaxNonce = 64;

    // Public keys of one API key that are tried: the current one and those before it.
    const int MaxTried = 3;

    // What was created before it may have been seen by the process that ran before, whose memory is gone.
    readonly DateTimeOffset begun = DateTimeOffset.FromUnixTimeSeconds(time.GetUtcNow().ToUnixTimeSeconds());

    /// <summary>The caller.</summary>
    /// <param name="context">The call.</param>
    /// <param name="changes">Whether it may change anything.</param>
    /// <exception cref="Rpc.RpcException">The request is not signed, or not by anybody who may call from there now.</exception>
    internal async Task<Caller> AuthenticateAsync(ServerCallContext context, bool changes)
    {
        var input = ReadInput(context);
        var now = time.GetUtcNow();
        CheckTime(input, now);
        if (!ResourceId.TryParse(input.KeyId ?? "", ResourceKind.ApiKey, out var id))
            throw AccessRefusal.Unauthenticated("signature_incomplete", "keyid is an API key's id.");
        if (input.Nonce is not { Length: >= MinNonce and <= MaxNonce } nonce)
            throw AccessRefusal.Unauthenticated("signature_incomplete", $"nonce has {MinNonce} to {MaxNonce} characters.");
        CheckComponents(input, context);

        var (key, _) = await store.ApiKeys.ReadAsync(id.ToString(), context.CancellationToken).ConfigureAwait(false);
        var used = Verify(input, key, context);
        // From here on the caller has shown to have the key, so it may be told more.
        if (StandingKey.Refusal(key, used, context, now) is { } refusal)
            throw refusal;
        await CheckContentAsync(context).ConfigureAwait(false);
        if (!await seen.IsNewAsync($"{id}:{nonce}", input.Created!.Value + MaxSkew, changes, context.CancellationToken).ConfigureAwait(false))
            throw AccessRefusal.Unauthenticated("signature_replayed", "This very request has come before. Sign it anew.", isRetryable: true);
        return new(id, key.Name, key.Member, key.Roles, used.PublicKey);
    }

    static SignatureInput ReadInput(ServerCallContext context)
    {
        var headers = context.HttpContext.Request.Headers;
        if (headers[SignatureInput.Header] is not [{ } text] || headers[SignatureInput.SignatureHeader] is not [not null])
            throw AccessRefusal.Unauthenticated("signature_missing", "The request has to be signed: one Signature-Input and one Signature, docs/authentication.md.");
        return SignatureInput.TryParse(text, out var input, out var problem) ? input
            : throw AccessRefusal.Unauthenticated("signature_malformed", $"Signature-Input: {problem}.");
    }

    void CheckTime(SignatureInput input, DateTimeOffset now)
    {
        if (input.Created is not { } created)
            throw AccessRefusal.Unauthenticated("signature_incomplete", "created is missing.");
        if (created - now > MaxSkew || now - created > MaxSkew || created < begun || now >= input.Expires)
            throw AccessRefusal.Unauthenticated("signature_expired", created < begun && now - created <= MaxSkew
                ? "It was signed before this server was started, which does not know whether it came before. Sign it anew."
                : $"It was signed at {created:u}, and here it is {now:u}: at most {MaxSkew.TotalSeconds} seconds apart.", isRetryable: true);
    }

    static void CheckComponents(SignatureInput input, ServerCallContext context)
    {
        var missing = RequestSigner.Required.Concat(RequestSigner.RequiredWherePresent.Where(h => context.HttpContext.Request.Headers.ContainsKey(h)))
            .FirstOrDefault(c => !input.Components.Contains(c));
        if (missing is not null)
            throw AccessRefusal.Unauthenticated("signature_incomplete", $"The signature has to cover {missing}.");
    }

    static TimedKey Verify(SignatureInput input, ApiKey key, ServerCallContext context)
    {
        string signatureText = context.HttpContext.Request.Headers[SignatureInput.SignatureHeader]!;
        var before = $"{input.Label}=:";
        var signature = new byte[64];
        if (!signatureText.StartsWith(before, StringComparison.Ordinal) || !signatureText.EndsWith(':')
            || !Convert.TryFromBase64String(signatureText[before.Length..^1], signature, out var size) || size != signature.Length)
            throw AccessRefusal.Unauthenticated("signature_malformed", $"Signature: {before}, 64 bytes in base64, and a colon.");
        if (input.BaseOf(name => ValueOf(context, name), out var absent) is not { } message)
            throw AccessRefusal.Unauthenticated("signature_malformed", $"The signature covers {absent}, which the request does not have.");
        return key.Keys.Reverse().Take(MaxTried).FirstOrDefault(k => (input.Algorithm ?? NameOf(k.Algorithm)) == NameOf(k.Algorithm) && Verifies(k, message, signature))
            ?? throw AccessRefusal.Unauthenticated("signature_invalid", "There is no such API key, or the signature is not made with it over this request.");
    }

    static string NameOf(KeyAlgorithm algorithm) => algorithm == KeyAlgorithm.P256 ? RequestKey.P256Name : RequestKey.Ed25519Name;

    static bool Verifies(TimedKey key, byte[] message, byte[] signature) => key.Algorithm == KeyAlgorithm.P256
        ? P256PublicKey.TryDecode(key.PublicKey.Bytes.Span, out var p256) && p256.VerifyConcatenated(message, signature)
        : Ed25519Signature.Verify(key.PublicKey.Bytes.Span, message, signature);

    static string? ValueOf(ServerCallContext context, string name)
    {
        var request = context.HttpContext.Request;
        var target = context.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return name switch
        {
            "@method" => request.Method,
            "@path" => query < 0 ? target : target[..query],
            "@query" => query < 0 ? "?" : target[query..],
            "@authority" => request.Host.Value?.ToLowerInvariant(),
            ['@', ..] => null,
            _ => request.Headers.TryGetValue(name, out var values) ? string.Join(", ", values.Select(v => v?.Trim())) : null,
        };
    }

    static async Task CheckContentAsync(ServerCallContext context)
    {
        if (!ContentDigest.TryParse(context.HttpContext.Request.Headers[ContentDigest.Header], out var digest))
            throw AccessRefusal.Unauthenticated("signature_malformed", "Content-Digest: one digest with sha-256.");
        var content = await context.HoldContentAsync().ConfigureAwait(false);
        if (!SHA256.HashData(content.Span).AsSpan().SequenceEqual(digest))
            throw AccessRefusal.Unauthenticated("digest_mismatch", "The content is not what Content-Digest says.");
    }
}
