using Quorate.Chains;
using Quorate.Server.Audit;
using Quorate.Server.Events;
using Quorate.Server.Features;
using Quorate.Server.Governance;
using Quorate.Server.Hosting;
using Quorate.Server.Limits;
using Quorate.Server.Nodes;
using Quorate.Server.Sagas;
using Quorate.Server.Store;
using Quorate.Server.Webhooks;

namespace Quorate.Server.Api;

/// <summary>What the API's methods work with.</summary>
sealed record ApiParts(
    ServerStore Store, DeploymentBook Deployment, IReadOnlyDictionary<ChainId, ChainConnection> Chains, TransferChanges Changes, TransferPreview Preview, NodeFleet Nodes, NodeWatch Watch,
    ReceiptKeeping Receipts, HeadCosigning Cosigning, CallLimits Limits, FeatureBook Features, ChangeWatch Changed, WebhookWork? Webhooks, TimeSpan NodeTimeout, TimeProvider Time)
{
    internal DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>A chain of this server.</summary>
    /// <exception cref="Rpc.RpcException">It is none.</exception>
    internal ChainConnection ChainOf(string text) => ChainId.TryParse(text, out var chain) ? ChainOf(chain, "/chain") : throw Answers.Invalid("/chain", "not a CAIP-2 chain.");

    /// <inheritdoc cref="ChainOf(string)"/>
    internal ChainConnection ChainOf(ChainId chain, string pointer) =>
        Chains.TryGetValue(chain, out var connection) ? connection : throw Answers.Invalid(pointer, $"{chain} is no chain of this server.");
}
