using Quorate.Rpc.Server;
using Quorate.V1;

namespace Quorate.Server.Api;

/// <summary>The services of proto/quorate/v1. Their methods turn messages into commands and states into messages, and decide nothing.</summary>
static class WalletApi
{
    /// <summary>Adds them to what a server serves.</summary>
    internal static RpcServices AddTo(RpcServices services, ApiParts parts)
    {
        var (transfers, governance) = (new TransfersApi(parts), new GovernanceApi(parts));
        return services
            .Add(VaultsReflection.Descriptor.Services[0], new VaultsApi(parts))
            .Add(WalletsReflection.Descriptor.Services[0], new WalletsApi(parts))
            .Add(TransfersReflection.Descriptor.Services[0], transfers)
            .Add(GovernanceReflection.Descriptor.Services[0], governance)
            .Add(PasskeysReflection.Descriptor.Services[0], new PasskeysApi(parts, transfers, governance))
            .Add(PoliciesReflection.Descriptor.Services[0], new PoliciesApi(parts))
            .Add(ContactsReflection.Descriptor.Services[0], new ContactsApi(parts))
            .Add(ApprovalsReflection.Descriptor.Services[0], new ApprovalsApi(parts, transfers))
            .Add(AuditReflection.Descriptor.Services[0], new AuditApi(parts))
            .Add(KeysReflection.Descriptor.Services[0], new KeysApi(parts))
            .Add(ContractReflection.Descriptor.Services[0], new ContractApi())
            .Add(OperationsReflection.Descriptor.Services[0], new OperationsApi(parts))
            .Add(FeaturesReflection.Descriptor.Services[0], new FeaturesApi(parts))
            .Add(EventsReflection.Descriptor.Services[0], new EventsApi(parts))
            .Add(WebhooksReflection.Descriptor.Services[0], new WebhooksApi(parts));
    }
}
