using System.Collections.Immutable;
using Quorate.Chains;
using Quorate.Policies;
using Quorate.Server.Deciding;
using Quorate.Server.Ids;

namespace Quorate.Server.Wallets;

/// <summary>What can be asked of a wallet. Closed.</summary>
abstract record WalletCommand(DateTimeOffset At)
{
    internal sealed record Plan(DateTimeOffset At, ResourceId Id, ResourceId Vault, string Name, string? Label) : WalletCommand(At);

    /// <summary>What a node says it holds.</summary>
    internal sealed record ReportKeys(DateTimeOffset At, int Node, uint Epoch, ImmutableArray<WalletKey> Keys) : WalletCommand(At);

    /// <summary>Gives out the next address of a chain, derived by <see cref="WalletAddresses"/> from the keys of this state.</summary>
    internal sealed record IssueAddress(DateTimeOffset At, ResourceId Id, ChainId Chain, SignatureScheme Scheme, uint Index, string Address, string? Label, int Most = Wallet.MaxAddresses) : WalletCommand(At);

    internal sealed record LabelAddress(DateTimeOffset At, ResourceId Id, string? Label) : WalletCommand(At);

    internal sealed record LabelWallet(DateTimeOffset At, string? Label) : WalletCommand(At);
}

/// <summary>An address that was given out.</summary>
sealed record IssuedAddress(ResourceId Id, ChainId Chain, SignatureScheme Scheme, uint Index, string Address, string? Label);

/// <summary>What one node has said last.</summary>
sealed record KeyReport(int Node, uint Epoch, ImmutableArray<WalletKey> Keys)
{
    internal bool Agrees(KeyReport other) => Epoch == other.Epoch && Keys.SequenceEqual(other.Keys);
}

/// <summary>
/// A wallet: one shared key for each scheme, and addresses by derivation. A key is believed when as many nodes have
/// reported it as it takes to sign: one of them is honest, or the key is worth nothing anyway.
/// </summary>
sealed record Wallet(
    ResourceId Id, ResourceId Vault, string Name, string? Label, ImmutableArray<KeyReport> Reports, KeyReport? Keys, ImmutableArray<IssuedAddress> Addresses)
{
    /// <summary>Addresses of one wallet.</summary>
    internal const int MaxAddresses = 100_000;

    internal static Wallet None { get; } = new(default, default, "", null, [], null, []);

    internal static Decider<Wallet, WalletCommand, WalletEvent> Decider { get; } = new("wallet", WalletEvent.Catalog, None, Decide, Evolve, Claims);

    /// <summary>The index of the next address that is given out of a chain and scheme.</summary>
    internal uint NextIndex(ChainId chain, SignatureScheme scheme) =>
        (uint)Addresses.Count(a => a.Chain == chain && a.Scheme == scheme);

    internal static Decision<WalletEvent> Decide(Wallet wallet, WalletCommand command) => (wallet.Id.Kind, command) switch
    {
        (0, WalletCommand.Plan c) => Plan(c),
        (0, _) => Rules.NotFound("wallet"),
        (_, WalletCommand.Plan c) => (wallet.Id, wallet.Vault, wallet.Name) == (c.Id, c.Vault, c.Name)
            ? Decision<WalletEvent>.Nothing : Rules.AlreadyExists("wallet"),
        (_, WalletCommand.ReportKeys c) => Report(wallet, c),
        (_, WalletCommand.IssueAddress c) => Issue(wallet, c),
        (_, WalletCommand.LabelAddress c) => wallet.Addresses.FirstOrDefault(a => a.Id == c.Id) switch
        {
            null => Rules.NotFound("address"),
            { } address when address.Label == c.Label => Decision<WalletEvent>.Nothing,
            _ => Rules.Text(c.Label, "label") is { } wrong ? wrong : new WalletEvent.AddressLabelled(c.At, c.Id, c.Label),
        },
        (_, WalletCommand.LabelWallet c) => c.Label == wallet.Label ? Decision<WalletEvent>.Nothing
            : Rules.Text(c.Label, "label") is { } wrong ? wrong : new WalletEvent.WalletLabelled(c.At, c.Label),
        _ => throw new System.Diagnostics.UnreachableException(command.GetType().Name),
    };

    internal static Wallet Evolve(Wallet wallet, WalletEvent happened) => happened switch
    {
        WalletEvent.WalletPlanned e => new(e.Id, e.Vault, e.Name, e.Label, [], null, []),
        WalletEvent.WalletKeysReported e => Reported(wallet, new(e.Node, e.Epoch, e.Keys)),
        WalletEvent.AddressIssued e => wallet with { Addresses = wallet.Addresses.Add(new(e.Id, e.Chain, e.Scheme, e.Index, e.Address, e.Label)) },
        WalletEvent.AddressLabelled e => wallet with { Addresses = [.. wallet.Addresses.Select(a => a.Id == e.Id ? a with { Label = e.Label } : a)] },
        WalletEvent.WalletLabelled e => wallet with { Label = e.Label },
        _ => throw new System.Diagnostics.UnreachableException(happened.GetType().Name),
    };

    static Decision<WalletEvent> Plan(WalletCommand.Plan c)
    {
        if (!Naming.IsValid(c.Name))
            return new Refusal("invalid_name", "A wallet's name is 1 to 64 letters, digits, '.', '_' and '-'.");
        return Rules.Text(c.Label, "label") is { } wrong
            ? wrong
            : new WalletEvent.WalletPlanned(c.At, c.Id.Require(ResourceKind.Wallet), c.Vault.Require(ResourceKind.Vault), c.Name, c.Label);
    }

    static Decision<WalletEvent> Report(Wallet wallet, WalletCommand.ReportKeys c)
    {
        var report = new KeyReport(c.Node, c.Epoch, c.Keys);
        if (c.Keys.IsEmpty || c.Keys.DistinctBy(k => k.Scheme).Count() != c.Keys.Length || !c.Keys.All(k => k.Nodes.Contains(c.Node) && k.Threshold >= 2))
            return new Refusal("invalid_keys", "A node reports keys that it has a share of, one for each scheme.");
        if (wallet.Reports.FirstOrDefault(r => r.Node == c.Node) is { } before && (before.Agrees(report) || before.Epoch > c.Epoch))
            return Decision<WalletEvent>.Nothing;
        // Resharing changes who holds a key, and never the key: another key under this name is an attack or a mistake.
        return wallet.Keys is { } keys && (c.Epoch < keys.Epoch || (c.Epoch == keys.Epoch && !keys.Agrees(report)) || !SameKeys(keys.Keys, c.Keys))
            ? new Refusal("keys_disagree", $"Node {c.Node} reports other keys than the wallet has.")
            : new WalletEvent.WalletKeysReported(c.At, c.Node, c.Epoch, c.Keys);
    }

    static bool SameKeys(ImmutableArray<WalletKey> a, ImmutableArray<WalletKey> b) => a.Length == b.Length && a.Zip(b).All(pair => pair.First.IsSameKey(pair.Second));

    static Wallet Reported(Wallet wallet, KeyReport report)
    {
        var next = wallet with { Reports = [.. wallet.Reports.Where(r => r.Node != report.Node), report] };
        return next.Reports.Count(report.Agrees) >= report.Keys.Max(k => k.Threshold) ? next with { Keys = report } : next;
    }

    static Decision<WalletEvent> Issue(Wallet wallet, WalletCommand.IssueAddress c)
    {
        if (wallet.Addresses.Any(a => a.Id == c.Id && a.Address == c.Address))
            return Decision<WalletEvent>.Nothing;
        if (wallet.Keys?.Keys.Any(k => k.Scheme == c.Scheme) != true)
            return new Refusal("no_key", "Too few nodes have reported a key for that yet.", IsRetryable: true);
        if (c.Index != wallet.NextIndex(c.Chain, c.Scheme))
            return new Refusal("wrong_index", $"The next address of {c.Chain} is {wallet.NextIndex(c.Chain, c.Scheme)}.", IsRetryable: true);
        if (wallet.Addresses.Length >= c.Most)
            return new Refusal("too_many_addresses", $"A wallet has at most {c.Most}.");
        return Rules.Text(c.Label, "label") is { } wrong
            ? wrong
            : new WalletEvent.AddressIssued(c.At, c.Id.Require(ResourceKind.Address), c.Chain, c.Scheme, c.Index, c.Address, c.Label);
    }

    static IEnumerable<Claim> Claims(Wallet wallet, WalletEvent happened) =>
        happened is WalletEvent.WalletPlanned e ? [new("wallet_name", e.Name, e.Id.ToString())] : [];
}
