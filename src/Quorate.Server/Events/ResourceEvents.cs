using System.Text.Json.Nodes;
using Quorate.Server.Acts;
using Quorate.Server.AddressBook;
using Quorate.Server.ApiKeys;
using Quorate.Server.Ceremonies;
using Quorate.Server.Features;
using Quorate.Server.PolicyDrafts;
using Quorate.Server.Recording;
using Quorate.Server.Vaults;
using Quorate.Server.Wallets;
using Quorate.Server.Webhooks;

namespace Quorate.Server.Events;

/// <summary>What callers hear of everything but transfers. Documents, signatures and addresses of endpoints stay where they are.</summary>
static class ResourceEvents
{
    static readonly RulesOf<VaultEvent> vaults = new(VaultEvent.Catalog, "vault");
    static readonly RulesOf<WalletEvent> wallets = new(WalletEvent.Catalog, "wallet");
    static readonly RulesOf<ContactEvent> contacts = new(ContactEvent.Catalog, "contact");
    static readonly RulesOf<PolicyDraftEvent> policies = new(PolicyDraftEvent.Catalog, "policy");
    static readonly RulesOf<ActEvent> acts = new(ActEvent.Catalog, "act");
    static readonly RulesOf<CeremonyEvent> ceremonies = new(CeremonyEvent.Catalog, "ceremony");
    static readonly RulesOf<WebhookEvent> webhooks = new(WebhookEvent.Catalog, "webhook");
    static readonly RulesOf<FeatureEvent> features = new(FeatureEvent.Catalog, "feature");
    static readonly RulesOf<ApiKeyEvent> apiKeys = new(ApiKeyEvent.Catalog, "api-key");

    /// <summary>The rules.</summary>
    internal static IEnumerable<EventRule> Rules =>
    [
        .. VaultRules, .. WalletRules, .. ContactRules, .. PolicyRules, .. ActRules, .. CeremonyRules, .. WebhookRules, .. FeatureRules, .. ApiKeyRules,
    ];

    static IEnumerable<EventRule> VaultRules =>
    [
        vaults.On<VaultEvent.VaultOpened>("vault-opened", "vault.opened", "There is a new vault.", ("name", e => e.Name), ("customerReference", e => e.CustomerReference)),
        vaults.On<VaultEvent.VaultRenamed>("vault-renamed", "vault.renamed", "It has another name.", ("name", e => e.Name)),
        vaults.On<VaultEvent.VaultReferenced>("vault-referenced", "vault.referenced", "It has another customer reference.", ("customerReference", e => e.CustomerReference)),
        vaults.On<VaultEvent.VaultFrozen>("vault-frozen", "vault.frozen", "The server starts nothing more for its wallets.", ("by", e => e.By), ("reason", e => e.Reason)),
        vaults.On<VaultEvent.VaultThawed>("vault-thawed", "vault.thawed", "It goes on.", ("by", e => e.By)),
        vaults.On<VaultEvent.VaultHidden>("vault-hidden", "vault.hidden", "It is hidden from people, or shown again.", ("isHidden", e => e.IsHidden)),
    ];

    static IEnumerable<EventRule> WalletRules =>
    [
        wallets.On<WalletEvent.WalletPlanned>("wallet-planned", "wallet.created", "There is a new wallet; its keys are made by a ceremony.", ("name", e => e.Name), ("label", e => e.Label)),
        wallets.On<WalletEvent.WalletKeysReported>("wallet-keys-reported", "wallet.keys_reported", "A node has said which keys it holds shares of.",
            ("node", e => e.Node), ("epoch", e => (long)e.Epoch), ("schemes", e => new JsonArray([.. e.Keys.Select(k => (JsonNode)SnakeCase.Text(k.Scheme))]))),
        wallets.On<WalletEvent.AddressIssued>("wallet-address-issued", "wallet.address_issued", "An address was given out.",
            ("address", e => e.Id.ToString()), ("chain", e => e.Chain.ToString()), ("text", e => e.Address), ("index", e => (long)e.Index), ("label", e => e.Label)),
        wallets.On<WalletEvent.AddressLabelled>("wallet-address-labelled", "wallet.address_labelled", "An address has another label.", ("address", e => e.Id.ToString()), ("label", e => e.Label)),
        wallets.On<WalletEvent.WalletLabelled>("wallet-labelled", "wallet.labelled", "It has another label.", ("label", e => e.Label)),
    ];

    static IEnumerable<EventRule> ContactRules =>
    [
        contacts.On<ContactEvent.ContactAdded>("contact-added", "contact.added", "There is a new entry in the address book.", ("name", e => e.Name), ("account", e => e.Account)),
        contacts.On<ContactEvent.ContactChanged>("contact-changed", "contact.changed", "An entry was changed.", ("name", e => e.Name)),
        contacts.On<ContactEvent.ContactRemoved>("contact-removed", "contact.removed", "An entry was removed.", ("by", e => e.By)),
    ];

    static IEnumerable<EventRule> FeatureRules =>
    [
        features.On<FeatureEvent.FeatureSet>("feature-set", "feature.set", "A feature is on for other vaults.",
            ("percentage", e => (long)e.Percentage), ("vaults", e => new JsonArray([.. e.Vaults.Select(v => (JsonNode)v.ToString())])), ("by", e => e.By), ("reason", e => e.Reason)),
    ];

    static IEnumerable<EventRule> PolicyRules =>
    [
        policies.On<PolicyDraftEvent.PolicyDrafted>("policy-drafted", "policy.drafted", "There is a new draft of a policy.", ("hash", e => e.Hash.ToString()), ("by", e => e.By)),
        policies.On<PolicyDraftEvent.PolicyRedrafted>("policy-redrafted", "policy.redrafted", "A draft was changed.", ("hash", e => e.Hash.ToString()), ("by", e => e.By)),
        policies.On<PolicyDraftEvent.PolicyTested>("policy-tested", "policy.tested", "Its tests were run.",
            ("hash", e => e.Hash.ToString()), ("passed", e => e.Passed), ("failed", e => e.Failed), ("findings", e => e.Findings)),
        policies.On<PolicyDraftEvent.PolicyProposed>("policy-proposed", "policy.proposed", "An act proposes it to the administrators.", ("hash", e => e.Hash.ToString()), ("act", e => e.Act.ToString())),
        policies.On<PolicyDraftEvent.PolicyPublished>("policy-published", "policy.published", "Nodes have taken it.", ("hash", e => e.Hash.ToString()), ("act", e => e.Act.ToString())),
    ];

    static IEnumerable<EventRule> ActRules =>
    [
        acts.On<ActEvent.ActDrafted>("act-drafted", "act.drafted", "There is a new act for administrators to sign.",
            ("kind", e => SnakeCase.Text(e.Kind)), ("hash", e => e.Hash.ToString()), ("number", e => e.Number), ("by", e => e.By)),
        acts.On<ActEvent.ActApproved>("act-approved", "act.approved", "An administrator has signed it.", ("member", e => e.Member), ("device", e => e.Device)),
        acts.On<ActEvent.ActTaken>("act-taken", "act.taken", "A node has taken it.", ("node", e => e.Node)),
        acts.On<ActEvent.ActDeclined>("act-declined", "act.declined", "A node does not take it.", ("node", e => e.Node), ("problem", e => e.Problem)),
        acts.On<ActEvent.ActEnded>("act-ended", "act.ended", "It is handed to nodes no more.", ("reason", e => e.Reason)),
    ];

    static IEnumerable<EventRule> CeremonyRules =>
    [
        ceremonies.On<CeremonyEvent.CeremonyDrafted>("ceremony-drafted", "ceremony.drafted", "There is a new order for administrators to sign.",
            ("orderId", e => e.OrderId), ("hash", e => e.Hash.ToString()), ("walletName", e => e.Wallet), ("by", e => e.By)),
        ceremonies.On<CeremonyEvent.CeremonyApproved>("ceremony-approved", "ceremony.approved", "An administrator has signed it.", ("member", e => e.Member), ("device", e => e.Device)),
        ceremonies.On<CeremonyEvent.CeremonyFailed>("ceremony-failed", "ceremony.failed", "An attempt has failed; another may follow.",
            ("lead", e => e.Lead), ("fault", e => e.Fault), ("culprits", e => new JsonArray([.. e.Culprits.Select(c => (JsonNode)c)]))),
        ceremonies.On<CeremonyEvent.CeremonyEnded>("ceremony-ended", "ceremony.ended", "It is done, or given up.", ("isDone", e => e.IsDone), ("outcome", e => e.Outcome)),
    ];

    static IEnumerable<EventRule> WebhookRules =>
    [
        webhooks.On<WebhookEvent.WebhookRegistered>("webhook-registered", "webhook.registered", "There is a new endpoint.",
            ("types", e => new JsonArray([.. e.Kinds.Select(k => (JsonNode)k)])), ("keyId", e => e.KeyId)),
        webhooks.On<WebhookEvent.WebhookChanged>("webhook-changed", "webhook.changed", "It has another address or is told other types.", ("types", e => new JsonArray([.. e.Kinds.Select(k => (JsonNode)k)]))),
        webhooks.On<WebhookEvent.WebhookKeyRolled>("webhook-key-rolled", "webhook.key_rolled", "Another key signs; the one before does too until then.",
            ("keyId", e => e.KeyId), ("oldUntil", e => e.OldUntil.ToString("O"))),
        webhooks.On<WebhookEvent.WebhookPaused>("webhook-paused", "webhook.paused", "It is told nothing for a while, or is again.", ("isPaused", e => e.IsPaused), ("reason", e => e.Reason)),
        webhooks.On<WebhookEvent.WebhookRemoved>("webhook-removed", "webhook.removed", "It is told nothing any more.", ("by", e => e.By)),
    ];

    static IEnumerable<EventRule> ApiKeyRules =>
    [
        apiKeys.On<ApiKeyEvent.ApiKeyIssued>("api-key-issued", "api_key.issued", "There is a new caller.",
            ("name", e => e.Name), ("member", e => e.Member), ("roles", e => new JsonArray([.. e.Roles.Select(r => (JsonNode)SnakeCase.Text(r))])), ("by", e => e.By)),
        apiKeys.On<ApiKeyEvent.ApiKeyRotated>("api-key-rotated", "api_key.rotated", "It has another key pair.", ("oldUntil", e => e.OldUntil.ToString("O")), ("expiresAt", e => e.ExpiresAt.ToString("O"))),
        apiKeys.On<ApiKeyEvent.ApiKeyNetworksSet>("api-key-networks-set", "api_key.networks_set", "It may be used from other networks.",
            ("networks", e => new JsonArray([.. e.Networks.Select(n => (JsonNode)n)]))),
        apiKeys.On<ApiKeyEvent.ApiKeyRevoked>("api-key-revoked", "api_key.revoked", "It is good for nothing any more.", ("by", e => e.By), ("reason", e => e.Reason)),
    ];
}
