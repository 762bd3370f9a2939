namespace Quorate.Client;

/// <summary>What a caller says of one request beside its content.</summary>
public sealed record RequestOptions
{
    /// <summary>
    /// The Idempotency-Key of a request that changes something: 1 to 128 printable characters. Where it is null the client makes one for the
    /// request and all its repetitions. Whoever wants to repeat a request after a crash names the key and keeps it.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The version that has to be the current one, as an answer's <c>version</c> had it; any where it is null.</summary>
    public long? IfVersion { get; init; }

    /// <summary>How long the answer may wait until a transfer rests; at most a minute, in whole seconds. Null: not at all.</summary>
    public TimeSpan? Wait { get; init; }
}
