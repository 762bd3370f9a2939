using Google.Protobuf.WellKnownTypes;
using Quorate.Rpc.Server;
using Quorate.Server.Ids;
using Quorate.Server.Vaults;
using Quorate.V1;
using Vault = Quorate.V1.Vault;

namespace Quorate.Server.Api;

/// <summary>quorate.v1.Vaults.</summary>
sealed class VaultsApi(ApiParts server)
{
    public Task<Vault> CreateVault(CreateVaultRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var id = server.Store.Ids.Next(ResourceKind.Vault);
        return await DoAsync(id, new VaultCommand.Open(server.Now, id, request.Name, Answers.Text(request.CustomerReference)), context).ConfigureAwait(false);
    });

    public Task<Vault> GetVault(GetVaultRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var id = Answers.Id(request.Vault, ResourceKind.Vault, "/vault");
        var (state, version) = await server.Store.Vaults.ReadAsync(id.ToString(), context.CancellationToken).ConfigureAwait(false);
        return version == 0 ? throw Answers.Problem(Deciding.Rules.NotFound("vault")) : Message(state, version);
    });

    public Task<ListVaultsResponse> ListVaults(ListVaultsRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (page, refusal) = await server.Store.Index.ListAsync(
            "vault", null, Answers.Rows(request.PageSize), Answers.Text(request.PageToken), context.CancellationToken).ConfigureAwait(false);
        if (page is null)
            throw Answers.Problem(refusal!);
        var response = new ListVaultsResponse { NextPageToken = page.NextPageToken ?? "" };
        foreach (var id in page.Items)
        {
            var (state, version) = await server.Store.Vaults.ReadAsync(id, context.CancellationToken).ConfigureAwait(false);
            response.Vaults.Add(Message(state, version));
        }
        return response;
    });

    public Task<Vault> FreezeVault(FreezeVaultRequest request, ServerCallContext context) => Answers.Of(() =>
        DoAsync(Answers.Id(request.Vault, ResourceKind.Vault, "/vault"), new VaultCommand.Freeze(server.Now, request.By, request.Reason), context));

    public Task<Vault> ThawVault(ThawVaultRequest request, ServerCallContext context) => Answers.Of(() =>
        DoAsync(Answers.Id(request.Vault, ResourceKind.Vault, "/vault"), new VaultCommand.Thaw(server.Now, request.By), context));

    async Task<Vault> DoAsync(ResourceId id, VaultCommand command, ServerCallContext context)
    {
        var outcome = await server.Store.Vaults.DoAsync(id.ToString(), command, cancellation: context.CancellationToken).ConfigureAwait(false);
        return Message(outcome.Accepted(), outcome.Version);
    }

    static Vault Message(Vaults.Vault vault, long version) => new()
    {
        Id = vault.Id.ToString(), Name = vault.Name, CustomerReference = vault.CustomerReference ?? "", Frozen = vault.IsFrozen, Version = version,
        CreateTime = Timestamp.FromDateTimeOffset(vault.Id.MadeAt),
    };
}
