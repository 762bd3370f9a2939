using Google.Protobuf.WellKnownTypes;
using Quorate.Rpc.Server;
using Quorate.Rpc.Tests.V1;
using Quorate.Rpc.V1;

namespace Quorate.Rpc.Tests.Services;

/// <summary>Answers what it understood.</summary>
public sealed class VaultService
{
    public async Task<Wallet> GetWallet(GetWalletRequest request, ServerCallContext context)
    {
        if (request.Name.EndsWith("missing", StringComparison.Ordinal))
            throw new RpcException(new(StatusCode.NotFound, "There is no such wallet."));
        if (request.Name.EndsWith("denied", StringComparison.Ordinal))
        {
            throw new Problem
            {
                Code = "policy_denied", HttpStatus = 422, RetryAfter = Duration.FromTimeSpan(TimeSpan.FromSeconds(1.5)),
                Errors = { new FieldProblem { Pointer = "/name", Code = "not_allowed", Message = "No." } },
                Members = new() { Fields = { ["policyHash"] = Value.ForString("ab"), ["status"] = Value.ForNumber(1) } },
            }.ToRpcException(StatusCode.PermissionDenied, "The policy says no.");
        }
        if (request.Name.EndsWith("broken", StringComparison.Ordinal))
            throw new InvalidOperationException("the secret reason");
        if (request.Name.EndsWith("slow", StringComparison.Ordinal))
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
        return new() { Name = request.Name, State = State.Active, Balance = ulong.MaxValue };
    }

    public Task<ListWalletsResponse> ListWallets(ListWalletsRequest request, ServerCallContext context) =>
        Task.FromResult(new ListWalletsResponse { Request = request });

    public async Task<Wallet> CreateWallet(CreateWalletRequest request, ServerCallContext context)
    {
        context.HttpStatusCode = 201;
        await context.WriteResponseHeadersAsync(new()
        {
            { "location", $"/v1/vaults/{request.Vault}/wallets/1" },
            { "seen-key", context.RequestHeaders.GetValue("idempotency-key") ?? "none" },
        });
        var wallet = request.Wallet ?? new();
        wallet.Name = request.ValidateOnly ? "validated" : $"vaults/{request.Vault}/wallets/1";
        return wallet;
    }

    public Task<Wallet> UpdateWallet(UpdateWalletRequest request, ServerCallContext context) => Task.FromResult(request.Wallet);

    public Task<Transfer> Preview(Transfer request, ServerCallContext context) => Task.FromResult(request);

    public Task<Wallet> Freeze(GetWalletRequest request, ServerCallContext context) =>
        Task.FromResult(new Wallet { Name = request.Name, State = State.Frozen });

    public Task<Wallet> Tags(GetWalletRequest request, ServerCallContext context) =>
        Task.FromResult(new Wallet { Tags = { request.Name.Split('/') } });

    public async Task Watch(WatchRequest request, IServerStreamWriter<WalletEvent> events, ServerCallContext context)
    {
        var from = int.Parse(context.RequestHeaders.GetValue("last-event-id") ?? "0", null);
        for (var i = from + 1; i <= from + request.Count; i++)
        {
            await Task.Delay(request.PauseMs, context.CancellationToken);
            await events.WriteAsync(new() { ResumeToken = $"{i}", Wallet = new() { Name = request.Vault } });
        }
        await Task.Delay(request.PauseMs, context.CancellationToken);
        if (request.Fail)
            throw new RpcException(new(StatusCode.Unavailable, "Later."));
    }
}
