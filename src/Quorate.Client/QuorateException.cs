using System.Collections.Immutable;
using Google.Protobuf.WellKnownTypes;
using Quorate.Rpc;
using Quorate.Rpc.V1;

namespace Quorate.Client;

/// <summary>What the API refused, or why it could not be reached.</summary>
public sealed class QuorateException : Exception
{
    internal QuorateException(RpcException cause)
        : base(cause.Status.Detail, cause)
    {
        var problem = cause.GetProblem();
        Status = cause.StatusCode;
        // The API says a code with every refusal. Without one, these are the connection's end, or ours for having waited.
        IsUnanswered = problem is null && Status is (StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.Internal);
        Code = problem?.Code ?? (IsUnanswered ? "unanswered" : "unknown");
        IsRetryable = problem?.Retryable ?? IsUnanswered;
        RetryAfter = problem?.RetryAfter?.ToTimeSpan();
        Errors = [.. problem?.Errors ?? []];
        Members = problem?.Members ?? new();
    }

    /// <summary>The stable code of docs/errors.md; <c>unanswered</c> where no server answered in time, <c>unknown</c> where what answered is none.</summary>
    public string Code { get; }

    /// <summary>The status of gRPC.</summary>
    public StatusCode Status { get; }

    /// <summary>Whether the same request may succeed later.</summary>
    public bool IsRetryable { get; }

    internal bool IsUnanswered { get; }

    /// <summary>When to come back, where the server said so.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>Which parts of the request are wrong, by JSON pointers.</summary>
    public ImmutableArray<FieldProblem> Errors { get; }

    /// <summary>What else the problem says.</summary>
    public Struct Members { get; }
}
