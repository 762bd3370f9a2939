using Google.Protobuf.WellKnownTypes;
using Quorate.Rpc.Server;
using Quorate.Server.Access;
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
        context.HttpStatusCode = 201;
        return await DoAsync(id, new VaultCommand.Open(server.Now, id, request.Name, Answers.Text(request.CustomerReference)), context).ConfigureAwait(false);
    });

    public Task<Vault> GetVault(GetVaultRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (state, version) = await server.Store.Vaults.FindAsync(request.Vault, ResourceKind.Vault, context).ConfigureAwait(false);
        return Message(state, version);
    });

    public Task<ListVaultsResponse> ListVaults(ListVaultsRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var response = new ListVaultsResponse();
        response.NextPageToken = await server.Store.ListAsync(
            server.Store.Vaults, "vault", null, request.PageSize, request.PageToken, (state, version) => response.Vaults.Add(Message(state, version)), context).ConfigureAwait(false);
        return response;
    });

    public Task<Vault> FreezeVault(FreezeVaultRequest request, ServerCallContext context) => Answers.Of(() =>
        DoAsync(Answers.Id(request.Vault, ResourceKind.Vault, "/vault"), new VaultCommand.Freeze(server.Now, Caller.Of(context).ActingAs(request.By, "/by"), request.Reason), context));

    public Task<Vault> ThawVault(ThawVaultRequest request, ServerCallContext context) => Answers.Of(() =>
        DoAsync(Answers.Id(request.Vault, ResourceKind.Vault, "/vault"), new VaultCommand.Thaw(server.Now, Caller.Of(context).ActingAs(request.By, "/by")), context));

    Task<Vault> DoAsync(ResourceId id, VaultCommand command, ServerCallContext context) => server.Store.Vaults.DoAsync(id, command, Message, context);

    static Vault Message(Vaults.Vault vault, long version) => new()
    {
        Id = vault.Id.ToString(), Name = vault.Name, CustomerReference = vault.CustomerReference ?? "", Frozen = vault.IsFrozen, Version = version,
        CreateTime = Timestamp.FromDateTimeOffset(vault.Id.MadeAt),
    };
}
