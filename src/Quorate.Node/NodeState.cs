using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Quorate.Chains;
using Quorate.Journal;
using Quorate.Node.Breaker;
using Quorate.Node.Ceremonies;
using Quorate.Node.Gate;
using Quorate.Node.Vault;
using Quorate.Policies;

namespace Quorate.Node;

/// <summary>
/// What a node has pinned and counted: its journal, folded. A pure value. What it knows of single requests is in their own
/// streams, so that it does not grow with them.
/// </summary>
public sealed record NodeState
{
    /// <summary>How far the clock may be behind the journal: what time servers correct without anybody noticing.</summary>
    internal static readonly TimeSpan MaxClockStep = TimeSpan.FromMinutes(5);

    /// <summary>The state of an empty journal: no genesis, and so nothing is signed.</summary>
    public static NodeState Empty { get; } = new();

    /// <summary>The deployment; null before its operator has installed it.</summary>
    public GenesisDocument? Genesis { get; init; }

    /// <summary>Which of its nodes this is.</summary>
    public NodeEntry? Me { get; init; }

    /// <summary>The policy in force.</summary>
    public Policy? Policy { get; init; }

    /// <summary>The membership in force.</summary>
    public Membership? Membership { get; init; }

    /// <summary>Who decides now.</summary>
    public Administrators? Administrators { get; init; }

    /// <summary>How many acts have been taken.</summary>
    public ulong Acts { get; init; }

    /// <summary>Hash of the last act; of the genesis document before the first.</summary>
    public Digest LastAct { get; init; }

    /// <summary>How many of the acts have unfrozen something.</summary>
    public ulong Unfreezings { get; init; }

    /// <summary>Wallets that do not sign; * for none does.</summary>
    public ImmutableHashSet<string> Frozen { get; init; } = ImmutableHashSet.Create<string>(StringComparer.Ordinal);

    /// <summary>The wallets that have keys.</summary>
    public ImmutableDictionary<string, WalletKeys> Wallets { get; init; } = ImmutableDictionary.Create<string, WalletKeys>(StringComparer.Ordinal);

    /// <summary>The ceremonies that have been allowed and have not ended, by the ids of their orders.</summary>
    public ImmutableDictionary<string, CeremonyState> Ceremonies { get; init; } = ImmutableDictionary.Create<string, CeremonyState>(StringComparer.Ordinal);

    /// <summary>What is thought of the other nodes, as of the last time that something was noted of each.</summary>
    public ImmutableDictionary<NodeId, Standing> Standings { get; init; } = ImmutableDictionary<NodeId, Standing>.Empty;

    /// <summary>What has been spent and promised.</summary>
    public CounterLedger Ledger { get; init; } = CounterLedger.Empty;

    /// <summary>Intents that are allowed and for which no share has been lent yet, by hash.</summary>
    public ImmutableDictionary<string, PendingIntent> Pending { get; init; } = ImmutableDictionary.Create<string, PendingIntent>(StringComparer.Ordinal);

    /// <summary>The signature counters of passkeys.</summary>
    public PasskeyCounters Passkeys { get; init; } = PasskeyCounters.Empty;

    /// <summary>The last head of each journal that this node has co-signed.</summary>
    public ImmutableDictionary<Guid, Head> CosignedHeads { get; init; } = ImmutableDictionary<Guid, Head>.Empty;

    /// <summary>What the vault was after its last commit; null before the first that was kept.</summary>
    public VaultAnchor? Vault { get; init; }

    /// <summary>The latest time that was recorded, in Unix seconds.</summary>
    public long LatestTime { get; init; }

    /// <summary>The time that counts: never before what is recorded; null where the clock is too far behind.</summary>
    internal DateTimeOffset? Now(DateTimeOffset clock)
    {
        var recorded = DateTimeOffset.FromUnixTimeSeconds(LatestTime);
        return clock >= recorded ? clock : recorded - clock <= MaxClockStep ? recorded : null;
    }

    /// <summary>The time that an event carries which has to be recorded whatever the clock says, in Unix seconds.</summary>
    internal long TimeToRecord(DateTimeOffset clock) => Math.Max(clock.ToUnixTimeSeconds(), LatestTime);

    /// <summary>Whether a wallet is stopped.</summary>
    public bool IsFrozen(string wallet) => Frozen.Contains(AdministrativeAct.Everything) || Frozen.Contains(wallet);

    /// <summary>The state after an event.</summary>
    /// <exception cref="FormatException">The event is none that this state can have led to: not of this build, or not of this journal.</exception>
    public NodeState Evolve(NodeEvent happened)
    {
        ArgumentNullException.ThrowIfNull(happened);
        // Anchors are appended beside everything else, whoever has the turn: they move nothing that is judged by.
        if (happened is NodeEvent.VaultAnchored kept)
            return this with { Vault = VaultAnchor.TryParse(kept.Anchor, out var anchor) ? anchor : throw new FormatException($"\"{kept.Anchor}\" is no anchor.") };
        var now = DateTimeOffset.FromUnixTimeSeconds(happened.At);
        return (happened switch
        {
            NodeEvent.GenesisInstalled e => Install(GenesisDocument.Parse(Utf8(e.Document)), e.Node),
            NodeEvent.ActAccepted e => Apply(AdministrativeAct.Parse(Utf8(e.Act))) with { Passkeys = With(e.Passkeys) },
            NodeEvent.Frozen e => this with { Frozen = Frozen.Add(e.Scope), Passkeys = With(e.Passkeys) },
            NodeEvent.WalletKeyed e => this with { Wallets = Wallets.SetItem(e.Wallet, WalletKeys.Read(e.Wallet, e.Ecdsa, e.Bip340, e.Ed25519)) },
            NodeEvent.WalletLeft e => this with { Wallets = Wallets.Remove(e.Wallet) },
            NodeEvent.CeremonyAllowed e => this with { Ceremonies = Ceremonies.SetItem(e.Id, CeremonyState.Unknown.Evolve(e)), Passkeys = With(e.Passkeys) },
            NodeEvent.ConductNoted e => this with { Standings = Note(e, now) },
            NodeEvent.SigningNoted e => this with { Standings = Note(e, now) },
            NodeEvent.CeremonyEnded e => this with { Ceremonies = Ceremonies.Remove(e.Id) },
            _ when CeremonyState.IdOf(happened) is { } id && Ceremonies.TryGetValue(id, out var ceremony) =>
                this with { Ceremonies = Ceremonies.SetItem(id, ceremony.Evolve(happened)) },
            NodeEvent.SigningAllowed e => Reserve(e, IntentJson.Parse(Utf8(e.Intent)), now) with { Passkeys = With(e.Passkeys) },
            // The first session spends what was reserved; a retry of it spends nothing.
            NodeEvent.SessionOpened e => Spend(e.Intent, now),
            NodeEvent.HeadCosigned e => this with { CosignedHeads = CosignedHeads.SetItem(Guid.ParseExact(e.Journal, "N"), HeadOf(e)) },
            NodeEvent.SigningReleased e => this with { Ledger = Ledger.Release(e.Intent), Pending = Pending.Remove(e.Intent) },
            _ => this,
        }).At(happened.At);
    }

    /// <summary>What is thought of a node at a time.</summary>
    internal Standing StandingOf(NodeId node, DateTimeOffset at) => Standings.TryGetValue(node, out var known) ? known.Faded(at) : Standing.Unknown(at);

    ImmutableDictionary<NodeId, Standing> Note(NodeEvent.ConductNoted noted, DateTimeOffset at)
    {
        var reputation = new Reputation(Standings);
        foreach (var (node, conduct, weight) in noted.Notes.Select(note => note.Read()))
            reputation.Record(node, conduct, at, weight);
        return reputation.Standings.ToImmutableDictionary();
    }

    ImmutableDictionary<NodeId, Standing> Note(NodeEvent.SigningNoted noted, DateTimeOffset at) =>
        NodeId.TryParse(noted.Node, out var node) && noted is { Successes: >= 0, Suspicions: >= 0, ProvenFaults: >= 0 }
            ? Standings.SetItem(node!, StandingOf(node!, at).With(noted.Successes, noted.Suspicions, noted.ProvenFaults))
            : throw new FormatException("What was noted of signing is nothing that this build knows.");

    // What no window can see any more leaves with the first event of an hour.
    NodeState At(long time) => this with
    {
        LatestTime = Math.Max(LatestTime, time),
        Ledger = time / 3600 > LatestTime / 3600 ? Ledger.Prune(DateTimeOffset.FromUnixTimeSeconds(time)) : Ledger,
    };

    NodeState Install(GenesisDocument genesis, string node) => this with
    {
        Genesis = genesis,
        Me = genesis.Nodes.FirstOrDefault(entry => entry.Id.ToString() == node) ?? throw new FormatException($"Node {node} is none of the deployment's."),
        Policy = genesis.Policy,
        Membership = genesis.Membership,
        Administrators = genesis.Administrators,
        LastAct = genesis.Hash,
    };

    /// <summary>The state after an act whose approvals have been verified.</summary>
    internal NodeState Apply(AdministrativeAct act)
    {
        var changed = act.Change switch
        {
            Change.PolicyChange change => this with { Policy = change.Policy },
            Change.MembershipChange change => this with { Membership = change.Membership },
            Change.AdministratorsChange change => this with { Administrators = new(change.Threshold, [.. change.Members]) },
            Change.Unfreeze change => this with
            {
                // What stands for everything was not put there for one wallet.
                Frozen = change.Scope == AdministrativeAct.Everything ? Frozen.Clear() : Frozen.Remove(change.Scope),
                Unfreezings = Unfreezings + 1,
            },
            _ => throw new FormatException("A change of an unknown kind."),
        };
        return changed with { Acts = act.Number, LastAct = act.Hash };
    }

    NodeState Reserve(NodeEvent.SigningAllowed e, Intent intent, DateTimeOffset now)
    {
        var hash = intent.Hash.ToString();
        return Ledger.TryReserve(hash, [.. e.Charges.Select(ToCharge)], now, out var ledger) is { } problem
            ? throw new FormatException($"{intent}: {problem}.")
            : this with { Ledger = ledger, Pending = Pending.SetItem(hash, new(intent.RequestId, intent.ExpiresAt, intent.Replaces?.ToString())) };
    }

    // A replacement has reserved nothing itself: it spends what its original has.
    NodeState Spend(string intent, DateTimeOffset now)
    {
        if (!Pending.TryGetValue(intent, out var pending))
            return this;
        var state = pending.Replaces is { } original ? Spend(original, now) : this;
        return state with { Ledger = state.Ledger.Commit(intent, now), Pending = state.Pending.Remove(intent) };
    }

    PasskeyCounters With(ImmutableArray<PasskeyUse> uses) => Passkeys.With(uses.Select(use =>
        Digest.TryParse(use.Subject, out var subject) ? (use.Credential, use.Count, subject) : throw new FormatException("A passkey's use has no subject.")));

    static Charge ToCharge(ChargeMade made) => new(made.Counter, CounterWindow.Parse(made.Window), ToAmount(made.Amount), ToAmount(made.Limit));

    static Amount ToAmount(string text) => Amount.TryParse(text, out var amount) ? amount : throw new FormatException($"\"{text}\" is no amount.");

    static Head HeadOf(NodeEvent.HeadCosigned e) =>
        new(Guid.ParseExact(e.Journal, "N"), e.Position, ChainHash.FromBytes(Convert.FromHexString(e.Hash)));

    internal static byte[] Utf8(JsonElement json) => Encoding.UTF8.GetBytes(json.GetRawText());
}

/// <summary>An intent that has reserved its charges.</summary>
/// <param name="Request">The request it belongs to.</param>
/// <param name="ExpiresAt">When what it has reserved is free again.</param>
/// <param name="Replaces">The hash of the intent it replaces; null for none.</param>
public sealed record PendingIntent(string Request, DateTimeOffset ExpiresAt, string? Replaces = null);
