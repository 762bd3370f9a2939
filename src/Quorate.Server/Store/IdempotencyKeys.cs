using System.Text.Json.Serialization;
using Quorate.Journal;
using Quorate.Journal.Events;
using Quorate.Policies;
using Quorate.Server.Recording;

namespace Quorate.Server.Store;

/// <summary>What happens to an idempotency key. Closed.</summary>
abstract record KeyEvent
{
    /// <summary>Somebody has begun with it, until <paramref name="Until"/>.</summary>
    internal sealed record KeyTaken(string Caller, Digest Body, DateTimeOffset Until) : KeyEvent;

    /// <summary>It was answered, and is answered so for ever.</summary>
    internal sealed record KeyAnswered(int Status, Blob Body) : KeyEvent;

    /// <summary>It failed before anything was done: the key is free.</summary>
    internal sealed record KeyFreed(string Reason) : KeyEvent;

    internal static EventCatalog<KeyEvent> Catalog { get; } = new EventCatalogBuilder<KeyEvent>()
        .AddJson("idempotency-key-taken", 1, KeyJson.Default.KeyTaken)
        .AddJson("idempotency-key-answered", 1, KeyJson.Default.KeyAnswered)
        .AddJson("idempotency-key-freed", 1, KeyJson.Default.KeyFreed)
        .Build();
}

/// <summary>What a caller with an idempotency key is to do. Closed.</summary>
abstract record KeyRuling
{
    /// <summary>Go ahead: the key is on disk, and <paramref name="Version"/> is what to answer or free it at.</summary>
    internal sealed record Go(long Version) : KeyRuling;

    /// <summary>It was answered before: the same again.</summary>
    internal sealed record Replay(int Status, Blob Body) : KeyRuling;

    /// <summary>The same key with another body.</summary>
    internal sealed record Mismatch : KeyRuling;

    /// <summary>Somebody is at it; ask again then.</summary>
    internal sealed record Running(DateTimeOffset Until) : KeyRuling;
}

/// <summary>Idempotency keys, each a stream of its own: taken on disk before anything follows from a request.</summary>
sealed class IdempotencyKeys(EventStore store)
{
    sealed record State(KeyEvent.KeyTaken? Taken, KeyEvent.KeyAnswered? Answered);

    readonly StreamFold<State, KeyEvent> fold = new(store, KeyEvent.Catalog, new(null, null), (state, happened) => happened switch
    {
        KeyEvent.KeyTaken taken => new(taken, null),
        KeyEvent.KeyAnswered answered => state with { Answered = answered },
        _ => new(null, null),
    });

    /// <summary>Takes a key for a request.</summary>
    /// <param name="caller">Whose key it is: keys of different callers have nothing to do with each other.</param>
    /// <param name="key">The key as it came.</param>
    /// <param name="body">Hash of method, path and body.</param>
    /// <param name="now">The time.</param>
    /// <param name="until">When a request that has not been answered is taken for dead, so that the caller may try again.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async Task<KeyRuling> TakeAsync(
        string caller, string key, Digest body, DateTimeOffset now, DateTimeOffset until, CancellationToken cancellation = default)
    {
        while (true)
        {
            var folded = await fold.ReadAsync(StreamOf(caller, key), cancellation).ConfigureAwait(false);
            var (taken, answered) = (folded.State.Taken, folded.State.Answered);
            if (taken is not null && taken.Body != body)
                return new KeyRuling.Mismatch();
            if (answered is not null)
                return new KeyRuling.Replay(answered.Status, answered.Body);
            if (taken is not null && now < taken.Until)
                return new KeyRuling.Running(taken.Until);
            try
            {
                var next = await fold.AppendAsync(StreamOf(caller, key), folded, [new KeyEvent.KeyTaken(caller, body, until)], cancellation).ConfigureAwait(false);
                return new KeyRuling.Go(next.Version);
            }
            catch (VersionConflictException)
            {
                // Another request with the same key was faster.
            }
        }
    }

    /// <summary>The append that answers a key, to go with what the request has done.</summary>
    internal static StreamAppend Answer(string caller, string key, KeyRuling.Go go, int status, Blob body) =>
        new(StreamOf(caller, key), go.Version, [KeyEvent.Catalog.Encode(new KeyEvent.KeyAnswered(status, body))]);

    /// <summary>The append that frees a key: nothing was done.</summary>
    internal static StreamAppend Free(string caller, string key, KeyRuling.Go go, string reason) =>
        new(StreamOf(caller, key), go.Version, [KeyEvent.Catalog.Encode(new KeyEvent.KeyFreed(reason))]);

    /// <summary>Writes one of these by itself.</summary>
    /// <exception cref="VersionConflictException">Somebody else has the key by now.</exception>
    internal Task SayAsync(StreamAppend append, CancellationToken cancellation) => store.AppendAsync([append], cancellation);

    static string StreamOf(string caller, string key) => $"idempotency/{new Digest(
        System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes($"{caller.Length}:{caller}{key}")))}";
}

[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Metadata, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [typeof(DigestText)])]
[JsonSerializable(typeof(KeyEvent.KeyTaken))]
[JsonSerializable(typeof(KeyEvent.KeyAnswered))]
[JsonSerializable(typeof(KeyEvent.KeyFreed))]
sealed partial class KeyJson : JsonSerializerContext;
