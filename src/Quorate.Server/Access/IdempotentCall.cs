using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Quorate.Journal;
using Quorate.Policies;
using Quorate.Rpc;
using Quorate.Rpc.Server;
using Quorate.Rpc.V1;
using Quorate.Server.Store;

namespace Quorate.Server.Access;

/// <summary>
/// A call with an idempotency key. The key is on disk before the method runs. A method that writes takes <see cref="Answer"/>
/// into its commit, so that what was done and what was answered cannot come apart.
/// </summary>
sealed class IdempotentCall
{
    /// <summary>The header.</summary>
    internal const string Header = "idempotency-key";

    /// <summary>Characters of a key.</summary>
    internal const int MaxLength = 128;

    /// <summary>After how long a call that has not been answered is taken for dead.</summary>
    internal static readonly TimeSpan Lease = TimeSpan.FromMinutes(1);

    static readonly TimeSpan askAgain = TimeSpan.FromSeconds(1);

    readonly IdempotencyKeys keys;
    readonly string caller, key;
    readonly KeyRuling.Go go;
    bool isAnswered;

    IdempotentCall(IdempotencyKeys keys, string caller, string key, KeyRuling.Go go) => (this.keys, this.caller, this.key, this.go) = (keys, caller, key, go);

    /// <summary>That of a call; null where it has no key.</summary>
    internal static IdempotentCall? Of(ServerCallContext context) => context.HttpContext.Items[typeof(IdempotentCall)] as IdempotentCall;

    /// <summary>Runs a method under the key, or answers what was answered before.</summary>
    internal static async Task<IMessage> RunAsync(
        IdempotencyKeys keys, Caller caller, string key, IMessage request, ServerCallContext context, DateTimeOffset now, Func<Task<IMessage?>> method)
    {
        if (key.Length is 0 or > MaxLength || key.Any(c => c is < '!' or > '~'))
            throw AccessRefusal.Invalid("invalid_idempotency_key", $"Idempotency-Key has 1 to {MaxLength} printable characters, without spaces.");
        switch (await keys.TakeAsync(caller.Key.ToString(), key, HashOf(context.Descriptor, request), now, now + Lease, context.CancellationToken).ConfigureAwait(false))
        {
            case KeyRuling.Replay before:
                context.HttpStatusCode = before.Status;
                context.ResponseHeaders.Add("idempotency-replayed", "true");
                return context.Descriptor.OutputType.Parser.ParseFrom(before.Body.Bytes.Span);
            case KeyRuling.Mismatch:
                throw AccessRefusal.Invalid("idempotency_key_reused", "The key was used for another request.", httpStatus: 422);
            case KeyRuling.Running:
                throw new Problem { Code = "idempotency_key_in_use", Retryable = true, RetryAfter = Duration.FromTimeSpan(askAgain) }
                    .ToRpcException(StatusCode.Aborted, "The request with this key has not been answered yet.");
            case KeyRuling.Go go:
                var call = new IdempotentCall(keys, caller.Key.ToString(), key, go);
                context.HttpContext.Items[typeof(IdempotentCall)] = call;
                return await call.RunAsync(context, method).ConfigureAwait(false);
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>What was asked, whatever way it was written: as the method sees it.</summary>
    internal static Digest HashOf(MethodDescriptor method, IMessage request) =>
        new(SHA256.HashData([.. System.Text.Encoding.UTF8.GetBytes(method.FullName), 0, .. request.ToByteArray()]));

    /// <summary>What goes into the commit of what was done.</summary>
    /// <param name="status">The HTTP status of the answer.</param>
    /// <param name="answer">The answer.</param>
    internal StreamAppend Answer(int status, IMessage answer)
    {
        isAnswered = true;
        return IdempotencyKeys.Answer(caller, key, go, status, new(answer.ToByteArray()));
    }

    /// <summary>Has the call answered when it ends, where a method calls another that would answer.</summary>
    internal static void Defer(ServerCallContext context) => context.HttpContext.Items.Remove(typeof(IdempotentCall));

    async Task<IMessage> RunAsync(ServerCallContext context, Func<Task<IMessage?>> method)
    {
        IMessage answer;
        try
        {
            answer = await method().ConfigureAwait(false) ?? throw new InvalidOperationException("A stream has no idempotency key.");
        }
        catch (RpcException refused) when (IsDefinite(refused))
        {
            // Nothing was done, so whoever mends the request may use the key for it.
            await keys.SayAsync(IdempotencyKeys.Free(caller, key, go, refused.Status.Detail), CancellationToken.None).ConfigureAwait(false);
            throw;
        }
        if (!isAnswered)
            await keys.SayAsync(Answer(context.HttpStatusCode, answer), CancellationToken.None).ConfigureAwait(false);
        return answer;
    }

    // Of the others nobody knows what was done: the key stays taken until its time is over. What is not counted is not begun.
    static bool IsDefinite(RpcException refused) => refused.StatusCode is StatusCode.InvalidArgument or StatusCode.NotFound or StatusCode.AlreadyExists
        or StatusCode.PermissionDenied or StatusCode.FailedPrecondition or StatusCode.OutOfRange or StatusCode.Unimplemented or StatusCode.ResourceExhausted
        or StatusCode.Aborted || refused.GetProblem()?.Code == "limiter_unavailable";
}
