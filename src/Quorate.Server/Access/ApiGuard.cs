using System.Globalization;
using Google.Protobuf;
using Quorate.Rpc.Server;
using Quorate.Server.Api;
using Quorate.Server.Limits;
using Quorate.Server.Store;
using Quorate.V1;
using Role = Quorate.Server.ApiKeys.Role;

namespace Quorate.Server.Access;

/// <summary>
/// Stands before every method of the API, by what its definition says of it (<c>quorate.v1.access</c>): who calls, whether
/// its role may, and whether the same was answered before. A method that says nothing is called by nobody.
/// </summary>
/// <param name="authentication">Who calls.</param>
/// <param name="strangers">How often somebody may call who is not known.</param>
/// <param name="keys">What was answered.</param>
/// <param name="limits">How much may be asked.</param>
/// <param name="time">The clock.</param>
sealed class ApiGuard(RequestAuthentication authentication, StrangerLimit strangers, IdempotencyKeys keys, CallLimits limits, TimeProvider time) : ICallGuard
{
    /// <summary>The guard of a server.</summary>
    /// <param name="store">API keys, and what was answered.</param>
    /// <param name="limits">How much may be asked.</param>
    /// <param name="isShared">Whether other servers may have the same database, and then remember together what has come.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Gives up.</param>
    internal static async Task<ApiGuard> OpenAsync(ServerStore store, CallLimits limits, bool isShared, TimeProvider time, CancellationToken cancellation)
    {
        ISeenNonces seen = new NoncesInMemory(time, limits.Options.MaxNonces);
        if (isShared)
            seen = await SharedNonces.OpenAsync(store.ReadModels, seen, time, cancellation).ConfigureAwait(false);
        return new(new(store, seen, time), new(new MemoryLimiter(time, limits.Options.MaxTallies), limits.Options), store.Keys, limits, time);
    }

    /// <inheritdoc/>
    public Task EnterAsync(ServerCallContext context) => AccessOf(context) is { Anonymous: false } access
        ? Answers.Of(() => EnterAsync(access, context))
        : Task.CompletedTask;

    async Task<Caller> EnterAsync(MethodAccess access, ServerCallContext context)
    {
        var caller = await strangers.WatchAsync(context, () => authentication.AuthenticateAsync(context, changes: IsChange(access))).ConfigureAwait(false);
        if (access.Roles.Count > 0)
            caller.Require([.. access.Roles.Select(r => (Role)r)]);
        // What signs or makes keys is charged for that by its method, once it knows for which wallet; here, for asking.
        await limits.EnterAsync(new(caller.Key.ToString(), ClassOf(access)), context).ConfigureAwait(false);
        caller.Enter(context);
        return caller;
    }

    /// <inheritdoc/>
    public Task<IMessage?> AnswerAsync(IMessage request, ServerCallContext context, Func<Task<IMessage?>> method) => Answers.Of(() => AnswerOnceAsync(request, context, method));

    async Task<IMessage?> AnswerOnceAsync(IMessage request, ServerCallContext context, Func<Task<IMessage?>> method)
    {
        var access = AccessOf(context);
        var key = !IsChange(access) || access.Anonymous ? null : context.RequestHeaders.GetValue(IdempotentCall.Header);
        if (key is null && access.NeedsIdempotencyKey)
            throw AccessRefusal.Invalid("idempotency_key_required", "What moves money needs an Idempotency-Key: the same for the same, whenever it is sent again.");
        var answer = key is null ? await method().ConfigureAwait(false)
            : await IdempotentCall.RunAsync(keys, Caller.Of(context), key, request, context, time.GetUtcNow(), method).ConfigureAwait(false);
        // A resource that counts its changes has them for its tag.
        if (answer?.Descriptor.FindFieldByName("version") is { FieldType: Google.Protobuf.Reflection.FieldType.Int64 } version)
            context.ResponseHeaders.Add("etag", string.Create(CultureInfo.InvariantCulture, $"\"{version.Accessor.GetValue(answer)}\""));
        return answer;
    }

    static bool IsChange(MethodAccess access) => access.Cost is not (CallCost.Read or CallCost.Replay);

    static CallClass ClassOf(MethodAccess access) => access.Cost switch
    {
        CallCost.Read => CallClass.Read,
        CallCost.Replay => CallClass.Replay,
        _ => CallClass.Write,
    };

    static MethodAccess AccessOf(ServerCallContext context) => context.Descriptor.GetOptions()?.GetExtension(AccessExtensions.Access)
        ?? throw AccessRefusal.Forbidden("not_open", $"{context.Descriptor.FullName} is open to nobody.");
}
