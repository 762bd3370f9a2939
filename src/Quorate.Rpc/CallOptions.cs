namespace Quorate.Rpc;

/// <summary>What a client says about one call.</summary>
/// <param name="Headers">Metadata that goes with the request.</param>
/// <param name="Deadline">When to give up, UTC; it travels as the time that is left. Null: never.</param>
/// <param name="CancellationToken">Cancels the call, here and at the server.</param>
public readonly record struct CallOptions(
    Metadata? Headers = null, DateTime? Deadline = null, CancellationToken CancellationToken = default);
