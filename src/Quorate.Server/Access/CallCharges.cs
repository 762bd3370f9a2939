using Quorate.Rpc.Server;
using Quorate.Server.Api;
using Quorate.Server.Limits;
using Quorate.Server.Transfers;

namespace Quorate.Server.Access;

/// <summary>Where calls meet their limits.</summary>
static class CallCharges
{
    /// <summary>Charges a call, with the headers that say how its limits stand.</summary>
    /// <exception cref="Rpc.RpcException">It is too much.</exception>
    internal static async Task EnterAsync(this CallLimits limits, LimitedCall call, ServerCallContext context)
    {
        var ruling = await limits.TakeAsync(call, context.CancellationToken).ConfigureAwait(false);
        ruling.Show(context);
        if (!ruling.IsAllowed)
            throw ruling.ToException();
    }

    /// <summary>Says how the limits stand.</summary>
    internal static void Show(this Ruling ruling, ServerCallContext context)
    {
        // A refusal's problem document has Retry-After of its own.
        foreach (var header in ruling.Headers().Where(h => h.Key != "retry-after"))
            context.ResponseHeaders.Add(header);
    }

    /// <summary>Charges what leads to a signature of a wallet.</summary>
    /// <exception cref="Rpc.RpcException">It is too much.</exception>
    internal static async Task ChargeSignatureAsync(this ApiParts server, TransferDraft draft, ServerCallContext context)
    {
        var wallet = (await server.Store.Wallets.ReadAsync(draft.Wallet.ToString(), context.CancellationToken).ConfigureAwait(false)).State;
        await server.Limits.EnterAsync(new(
            Caller.Of(context).Key.ToString(), CallClass.Sign, draft.Wallet.ToString(), draft.Subject.From,
            wallet.Keys?.Keys.Select(k => k.Threshold).DefaultIfEmpty().Max() ?? 0, draft.Subject.Given?.Bytes), context).ConfigureAwait(false);
    }

    /// <summary>Charges what leads to keys being made or renewed.</summary>
    /// <exception cref="Rpc.RpcException">It is too much.</exception>
    internal static Task ChargeKeyGenerationAsync(this ApiParts server, ServerCallContext context) =>
        server.Limits.EnterAsync(new(Caller.Of(context).Key.ToString(), CallClass.KeyGeneration), context);
}
