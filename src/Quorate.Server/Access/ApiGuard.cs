using System.Globalization;
using Google.Protobuf;
using Quorate.Rpc.Server;
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
/// <param name="keys">What was answered.</param>
/// <param name="limits">How much may be asked.</param>
/// <param name="time">The clock.</param>
sealed class ApiGuard(RequestAuthentication authentication, IdempotencyKeys keys, CallLimits limits, TimeProvider time) : ICallGuard
{
    /// <inheritdoc/>
    public async Task EnterAsync(ServerCallContext context)
    {
        var access = AccessOf(context);
        if (access.Anonymous)
            return;
        var caller = await authentication.AuthenticateAsync(context, changes: access.Cost != CallCost.Read).ConfigureAwait(false);
        if (access.Roles.Count > 0)
            caller.Require([.. access.Roles.Select(r => (Role)r)]);
        // What signs or makes keys is charged for that by its method, once it knows for which wallet; here, for asking.
        await limits.EnterAsync(new(caller.Key.ToString(), access.Cost == CallCost.Read ? CallClass.Read : CallClass.Write), context).ConfigureAwait(false);
        caller.Enter(context);
    }

    /// <inheritdoc/>
    public async Task<IMessage?> AnswerAsync(IMessage request, ServerCallContext context, Func<Task<IMessage?>> method)
    {
        var access = AccessOf(context);
        var key = access.Cost == CallCost.Read || access.Anonymous ? null : context.RequestHeaders.GetValue(IdempotentCall.Header);
        if (key is null && access.NeedsIdempotencyKey)
            throw AccessRefusal.Invalid("idempotency_key_required", "What moves money needs an Idempotency-Key: the same for the same, whenever it is sent again.");
        var answer = key is null ? await method().ConfigureAwait(false)
            : await IdempotentCall.RunAsync(keys, Caller.Of(context), key, request, context, time.GetUtcNow(), method).ConfigureAwait(false);
        // A resource that counts its changes has them for its tag.
        if (answer?.Descriptor.FindFieldByName("version") is { FieldType: Google.Protobuf.Reflection.FieldType.Int64 } version)
            context.ResponseHeaders.Add("etag", string.Create(CultureInfo.InvariantCulture, $"\"{version.Accessor.GetValue(answer)}\""));
        return answer;
    }

    static MethodAccess AccessOf(ServerCallContext context) => context.Descriptor.GetOptions()?.GetExtension(AccessExtensions.Access)
        ?? throw AccessRefusal.Forbidden("not_open", $"{context.Descriptor.FullName} is open to nobody.");
}
