using System.Text.Json;
using Quorate.Chains;
using Quorate.Journal;
using Quorate.Policies;
using Quorate.Server.Acts;
using Quorate.Server.AddressBook;
using Quorate.Server.ApiKeys;
using Quorate.Server.Balances;
using Quorate.Server.Features;
using Quorate.Server.Ceremonies;
using Quorate.Server.Ids;
using Quorate.Server.PolicyDrafts;
using Quorate.Server.Recording;
using Quorate.Server.Store;
using Quorate.Server.Transfers;
using Quorate.Server.Vaults;
using Quorate.Server.Wallets;
using Quorate.Server.Webhooks;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Store;

/// <summary>One event of each kind.</summary>
static class EventSamples
{
    static readonly DateTimeOffset at = Noon;
    static readonly DateTimeOffset until = Noon.AddMinutes(5);
    static readonly JsonElement document = Json("""{"a":[1,"b"]}""");
    static readonly Blob key = new(Enumerable.Range(0, 32).Select(i => (byte)i).ToArray());

    /// <summary>The events, the bases of their closed sets, and how they are read and written.</summary>
    internal static IEnumerable<(Type Base, object Event, NewEvent Encoded, Func<RecordedEvent, object> Decode)> All() =>
    [
        .. Of<TransferEvent>(TransferEvent.Catalog, Transfers),
        .. Of<VaultEvent>(VaultEvent.Catalog,
            new VaultEvent.VaultOpened(at, Id(ResourceKind.Vault), "Treasury", "c-1"), new VaultEvent.VaultRenamed(at, "Cold"), new VaultEvent.VaultReferenced(at, null),
            new VaultEvent.VaultFrozen(at, "alice", "lost phone"), new VaultEvent.VaultThawed(at, "bob"), new VaultEvent.VaultHidden(at, true)),
        .. Of<WalletEvent>(WalletEvent.Catalog,
            new WalletEvent.WalletPlanned(at, Id(ResourceKind.Wallet), Id(ResourceKind.Vault), "hot", null),
            new WalletEvent.WalletKeysReported(at, 1, 2, [new(SignatureScheme.Ed25519, key, key, 2, [1, 2, 3])]),
            new WalletEvent.AddressIssued(at, Id(ResourceKind.Address), Ethereum, SignatureScheme.EcdsaSecp256k1, 0, "0xA0", "first"),
            new WalletEvent.AddressLabelled(at, Id(ResourceKind.Address), null), new WalletEvent.WalletLabelled(at, "Hot wallet")),
        .. Of<ContactEvent>(ContactEvent.Catalog,
            new ContactEvent.ContactAdded(at, Id(ResourceKind.Contact), "Exchange", "eip155:1:0xB0", null), new ContactEvent.ContactChanged(at, "Bank", "note"),
            new ContactEvent.ContactRemoved(at, "alice")),
        .. Of<ActEvent>(ActEvent.Catalog,
            new ActEvent.ActDrafted(at, Id(ResourceKind.Act), ChangeKind.Policy, document, Hash("act"), 3, until, "alice"), new ActEvent.ActApproved(at, "bob", "phone", document),
            new ActEvent.ActTaken(at, 1), new ActEvent.ActDeclined(at, 2, "expired"), new ActEvent.ActEnded(at, "withdrawn")),
        .. Of<PolicyDraftEvent>(PolicyDraftEvent.Catalog,
            new PolicyDraftEvent.PolicyDrafted(at, Id(ResourceKind.Policy), document, Hash("policy"), "alice"),
            new PolicyDraftEvent.PolicyRedrafted(at, document, Hash("other"), "bob"), new PolicyDraftEvent.PolicyTested(at, Hash("other"), 4, 0, 1),
            new PolicyDraftEvent.PolicyProposed(at, Hash("other"), Id(ResourceKind.Act)), new PolicyDraftEvent.PolicyPublished(at, Hash("other"), Id(ResourceKind.Act))),
        .. Of<CeremonyEvent>(CeremonyEvent.Catalog,
            new CeremonyEvent.CeremonyDrafted(at, Id(ResourceKind.Ceremony), document, "make-hot", Hash("order"), "hot", until, "alice"),
            new CeremonyEvent.CeremonyApproved(at, "bob", "phone", document), new CeremonyEvent.CeremonyLed(at, 1),
            new CeremonyEvent.CeremonyFailed(at, 1, "timed out", [2]), new CeremonyEvent.CeremonyEnded(at, true, "completed")),
        .. Of<WebhookEvent>(WebhookEvent.Catalog,
            new WebhookEvent.WebhookRegistered(at, Id(ResourceKind.Webhook), "https://example.com/hook", ["transfer.finalized"], "k1", key),
            new WebhookEvent.WebhookChanged(at, "https://example.com/other", ["*"]), new WebhookEvent.WebhookKeyRolled(at, "k2", key, until),
            new WebhookEvent.WebhookPaused(at, true, "410"), new WebhookEvent.WebhookRemoved(at, "alice")),
        .. Of<ApiKeyEvent>(ApiKeyEvent.Catalog,
            new ApiKeyEvent.ApiKeyIssued(at, Id(ResourceKind.ApiKey), "ci", "alice", KeyAlgorithm.Ed25519, key, [Role.Viewer, Role.Initiator], ["10.0.0.0/8"], until, "bob"),
            new ApiKeyEvent.ApiKeyRotated(at, KeyAlgorithm.P256, key, at, until), new ApiKeyEvent.ApiKeyNetworksSet(at, []), new ApiKeyEvent.ApiKeyRevoked(at, "bob", "leaked")),
        .. Of<BalanceEvent>(BalanceEvent.Catalog, new BalanceEvent.BalanceReconciled(at, Id(ResourceKind.Wallet), Ether, 42)),
        .. Of<FeatureEvent>(FeatureEvent.Catalog, new FeatureEvent.FeatureSet(at, "solana", 25, [Id(ResourceKind.Vault)], "alice", "a quarter first")),
        .. Of<ClaimEvent>(ClaimEvent.Catalog, new ClaimEvent.Claimed("vault_name", "Treasury", "vlt_1"), new ClaimEvent.ClaimReleased("vlt_1")),
        .. Of<KeyEvent>(KeyEvent.Catalog, new KeyEvent.KeyTaken("key_1", Hash("body"), until), new KeyEvent.KeyAnswered(201, key), new KeyEvent.KeyFreed("no funds")),
    ];

    static TransferEvent[] Transfers =>
    [
        new TransferEvent.Requested(at, Payment() with { ExternalId = "order-1", Note = "rent" }), new TransferEvent.Submitted(at, until),
        new TransferEvent.ReservationNoted(at, new("funds", ReservationKind.Funds, "lane/a", ["x"], Ether, 1_000)),
        new TransferEvent.ReservationDecided(at, "funds", ReservationOutcome.ReleaseExposed), new TransferEvent.ReservationSettled(at, "funds"),
        new TransferEvent.TransactionPrepared(at, Prepared(0, uses: "funds"), false), new TransferEvent.TransactionWithdrawn(at, 0, "made anew"),
        new TransferEvent.PolicyJudged(at, 0, Verdict.NeedsApprovals, Hash("policy"), ["2 of treasurers"], "trace"),
        new TransferEvent.ApprovalGiven(at, 0, "bob", "phone", document), new TransferEvent.Queued(at, until),
        new TransferEvent.SigningBegun(at, 0, 1, "node-1", until), new TransferEvent.SigningEnded(at, 0, 1, SigningOutcome.NeedsApprovals, "node-2"),
        new TransferEvent.TransactionSigned(at, 0, 2, [Signature()], key, Hash("signed")), new TransferEvent.BroadcastBegun(at, 0, Hash("signed"), until),
        new TransferEvent.BroadcastAccepted(at, 0, "0xid"), new TransferEvent.BroadcastRefused(at, 0, "fee too low"),
        new TransferEvent.TransactionTracked(at, 0, TransactionStage.Confirming, "0xb", 7, null, false),
        new TransferEvent.Ended(at, TransferStatus.Replaced, "as the chain shows", null, "0xother"),
    ];

    static IEnumerable<(Type, object, NewEvent, Func<RecordedEvent, object>)> Of<T>(Journal.Events.EventCatalog<T> catalog, params T[] events) where T : class =>
        events.Select(e => (typeof(T), (object)e, catalog.Encode(e), (Func<RecordedEvent, object>)(recorded => catalog.Decode(recorded))));
}
