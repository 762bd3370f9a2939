using Quorate.Server.Ids;

namespace Quorate.Server.Events;

/// <summary>In which stream of the journal a resource is.</summary>
static class ResourceStreams
{
    /// <summary>The stream of a resource.</summary>
    /// <exception cref="ArgumentException">It has none of its own.</exception>
    internal static string Of(ResourceId resource) => $"{PrefixOf(resource.Kind)}/{resource}";

    static string PrefixOf(ResourceKind kind) => kind switch
    {
        ResourceKind.Transfer or ResourceKind.Transaction or ResourceKind.Signature => "transfer",
        ResourceKind.Vault => "vault",
        ResourceKind.Wallet => "wallet",
        ResourceKind.Policy => "policy",
        ResourceKind.Act => "act",
        ResourceKind.Ceremony => "ceremony",
        ResourceKind.Contact => "contact",
        ResourceKind.Webhook => "webhook",
        ResourceKind.ApiKey => "api-key",
        _ => throw new ArgumentException($"A {kind} has no stream of its own.", nameof(kind)),
    };
}
