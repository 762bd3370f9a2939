using Google.Protobuf;
using Google.Protobuf.Reflection;
using Quorate.Client.Signing;
using Quorate.Rpc;
using Quorate.Rpc.Client;
using Quorate.V1;

namespace Quorate.EndToEnd.Tests;

/// <summary>The server's API over gRPC and JSON, by its contract, as one caller sees it. Every call has an idempotency key of its own.</summary>
sealed class Api(Uri grpc, Uri json, RequestKey key) : IDisposable
{
    readonly RpcChannel channel = RpcChannel.ForAddress(grpc, new() { Around = inner => new RequestSigner(key, inner) });

    internal HttpClient Http { get; } = new(new RequestSigner(key, new HttpClientHandler())) { BaseAddress = json };

    internal Task<Vault> CreateVaultAsync(CreateVaultRequest request) => CallAsync<CreateVaultRequest, Vault>(VaultsReflection.Descriptor, request);

    internal Task<Vault> FreezeVaultAsync(FreezeVaultRequest request) => CallAsync<FreezeVaultRequest, Vault>(VaultsReflection.Descriptor, request);

    internal Task<Wallet> CreateWalletAsync(CreateWalletRequest request) => CallAsync<CreateWalletRequest, Wallet>(WalletsReflection.Descriptor, request);

    internal Task<Wallet> GetWalletAsync(GetWalletRequest request) => CallAsync<GetWalletRequest, Wallet>(WalletsReflection.Descriptor, request);

    internal Task<Address> CreateAddressAsync(CreateAddressRequest request) => CallAsync<CreateAddressRequest, Address>(WalletsReflection.Descriptor, request);

    internal Task<Balances> GetBalancesAsync(GetBalancesRequest request) => CallAsync<GetBalancesRequest, Balances>(WalletsReflection.Descriptor, request);

    internal Task<Transfer> CreateTransferAsync(CreateTransferRequest request) => CallAsync<CreateTransferRequest, Transfer>(TransfersReflection.Descriptor, request);

    internal Task<Transfer> CreateSignatureAsync(CreateSignatureRequest request) => CallAsync<CreateSignatureRequest, Transfer>(TransfersReflection.Descriptor, request);

    internal Task<Transfer> GetTransferAsync(GetTransferRequest request) => CallAsync<GetTransferRequest, Transfer>(TransfersReflection.Descriptor, request);

    internal Task<ListTransfersResponse> ListTransfersAsync(ListTransfersRequest request) => CallAsync<ListTransfersRequest, ListTransfersResponse>(TransfersReflection.Descriptor, request);

    internal Task<Transfer> ApproveTransferAsync(ApproveTransferRequest request) => CallAsync<ApproveTransferRequest, Transfer>(TransfersReflection.Descriptor, request);

    internal Task<Transfer> RejectTransferAsync(RejectTransferRequest request) => CallAsync<RejectTransferRequest, Transfer>(TransfersReflection.Descriptor, request);

    internal Task<Transfer> CancelTransferAsync(CancelTransferRequest request) => CallAsync<CancelTransferRequest, Transfer>(TransfersReflection.Descriptor, request);

    internal Task<Transfer> SpeedUpTransferAsync(SpeedUpTransferRequest request) => CallAsync<SpeedUpTransferRequest, Transfer>(TransfersReflection.Descriptor, request);

    internal Task<Receipt> GetReceiptAsync(GetReceiptRequest request) => CallAsync<GetReceiptRequest, Receipt>(TransfersReflection.Descriptor, request);

    internal Task<Ceremony> CreateCeremonyAsync(CreateCeremonyRequest request) => CallAsync<CreateCeremonyRequest, Ceremony>(GovernanceReflection.Descriptor, request);

    internal Task<Ceremony> GetCeremonyAsync(GetCeremonyRequest request) => CallAsync<GetCeremonyRequest, Ceremony>(GovernanceReflection.Descriptor, request);

    internal Task<Ceremony> ApproveCeremonyAsync(ApproveCeremonyRequest request) => CallAsync<ApproveCeremonyRequest, Ceremony>(GovernanceReflection.Descriptor, request);

    internal Task<Deployment> GetDeploymentAsync(GetDeploymentRequest request) => CallAsync<GetDeploymentRequest, Deployment>(GovernanceReflection.Descriptor, request);

    internal Task<AuditHead> GetAuditHeadAsync(GetAuditHeadRequest request) => CallAsync<GetAuditHeadRequest, AuditHead>(OperationsReflection.Descriptor, request);

    internal Task<ListNodesResponse> ListNodesAsync(ListNodesRequest request) => CallAsync<ListNodesRequest, ListNodesResponse>(OperationsReflection.Descriptor, request);

    // The method is the one that the request is named for.
    async Task<TResponse> CallAsync<TRequest, TResponse>(FileDescriptor file, TRequest request)
        where TRequest : class, IMessage<TRequest>, new() where TResponse : class, IMessage<TResponse>, new() =>
        await channel.AsyncUnaryCall(new Method<TRequest, TResponse>(file.Services[0], typeof(TRequest).Name[..^"Request".Length]), request, new(new() { { "idempotency-key", Guid.NewGuid().ToString() } }, DateTime.UtcNow.AddSeconds(60)));

    public void Dispose()
    {
        Http.Dispose();
        channel.Dispose();
        key.Dispose();
    }
}
