using Quorate.Chains;
using Quorate.Server.Audit;
using Quorate.Server.Events;
using Quorate.Server.Governance;
using Quorate.Server.Hosting;
using Quorate.Server.Nodes;
using Quorate.Server.Sagas;
using Quorate.Server.Store;
using Quorate.Server.Webhooks;

namespace Quorate.Server.Api;

/// <summary>What the API's methods work with.</summary>
sealed record ApiParts(
    ServerStore Store, DeploymentBook Deployment, IReadOnlyDictionary<ChainId, ChainConnection> Chains, TransferChanges Changes, NodeFleet Nodes, NodeWatch Watch,
    ReceiptKeeping Receipts, HeadCosigning Cosigning, ChangeWatch Changed, WebhookWork? Webhooks, TimeSpan NodeTimeout, TimeProvider Time)
{
    internal DateTimeOffset Now => Time.GetUtcNow();
}
