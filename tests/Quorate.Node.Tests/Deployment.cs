using System.Text;
using System.Text.Json.Nodes;
using Quorate.Chains;
using Quorate.Chains.Ethereum;
using Quorate.Chains.Solana;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Gate;
using Quorate.Node.Governance;
using Quorate.Policies;
using Quorate.Testing;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;

namespace Quorate.Node.Tests;

/// <summary>
/// An organisation with nodes (three, if nobody says otherwise), three administrators and a wallet on Ethereum, and the keys of all of them. Alice pays
/// up to five ether a day to a supplier; above one ether it takes one of the treasurers, bob and carol.
/// </summary>
sealed class Deployment
{
    internal const string Supplier = "0xab16a96D359eC26a11e2C2b3d8f8B8942d5Bfcdb";
    internal const string Stranger = "0x52908400098527886E0F7030069857D2E4169EE7";

    internal static readonly DateTimeOffset Start = new(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
    internal static readonly Amount Ether = (Amount)1_000_000_000_000_000_000;
    internal static readonly EthereumFormat Ethereum = new(1);
    internal static readonly SolanaFormat Solana = new(SolanaCluster.Devnet);
    internal static readonly Bip32Path Path = new(0, 7);

    internal static readonly IReadOnlyDictionary<ChainId, ChainJudge> Judges = new ChainJudge[]
    {
        new EthereumJudge(Ethereum), new BitcoinJudge(Chains.Bitcoin.BitcoinNetwork.Regtest), new SolanaJudge(Solana),
    }.ToDictionary(judge => judge.Chain);

    readonly Dictionary<string, Ed25519Key> keys = new(StringComparer.Ordinal);

    readonly string[] nodes;
    readonly JsonObject? policy;

    /// <param name="wallet">The wallet's keys; a key of one party's, which signs nothing, where null.</param>
    /// <param name="nodeCount">How many nodes.</param>
    /// <param name="policy">Another policy than <see cref="PolicyJson"/>.</param>
    internal Deployment(WalletKeys? wallet = null, int nodeCount = 3, JsonObject? policy = null)
    {
        this.policy = policy;
        nodes = [.. Enumerable.Range(1, nodeCount).Select(i => $"node-{i}")];
        foreach (var name in (string[])["alice", "bob", "carol", "mallory", .. nodes, "stranger-node"])
            keys.Add(name, Ed25519Key.Generate(new SeededRandom(1, name)));
        Genesis = GenesisDocument.Parse(GenesisUtf8());
        using var ecdsa = KeyImport.Share(KeyScheme.Dkls23, new(1), Secret<Scalar<Secp256k1>>.Random(new SeededRandom(2)), new byte[32]);
        using var bip340 = KeyImport.Share(KeyScheme.FrostBip340, new(1), Secret<Scalar<Secp256k1>>.Random(new SeededRandom(3)), new byte[32]);
        Wallet = wallet ?? new("treasury", ecdsa.Package, bip340.Package, null);
        State = NodeState.Empty
            .Evolve(new NodeEvent.GenesisInstalled(Start.ToUnixTimeSeconds(), NodeEvent.Json(Genesis.Canonical), Id("node-1").ToString()))
            .Evolve(Keyed(Wallet));
    }

    internal GenesisDocument Genesis { get; }

    internal WalletKeys Wallet { get; }

    /// <summary>A node that has the genesis document and the wallet.</summary>
    internal NodeState State { get; }

    internal NodeId Id(string name) => NodeId.FromPublicKey(keys[name].EncodedPublicKey);

    internal Ed25519Key Key(string name) => keys[name];

    internal static NodeEvent Keyed(WalletKeys wallet) =>
        new NodeEvent.WalletKeyed(Start.ToUnixTimeSeconds(), wallet.Name, Stored(wallet.Ecdsa), Stored(wallet.Bip340), Stored(wallet.Ed25519));

    internal JsonObject GenesisJson() => new()
    {
        ["quorateGenesis"] = 1,
        ["organisation"] = "acme",
        ["mode"] = "production",
        ["nodes"] = new JsonArray([.. nodes.Select(n => new JsonObject { ["name"] = n, ["key"] = Id(n).ToString() })]),
        ["administrators"] = new JsonObject { ["threshold"] = 2, ["members"] = new JsonArray("alice", "bob", "carol") },
        ["membership"] = MembershipJson("alice", "bob", "carol"),
        ["policy"] = policy?.DeepClone() ?? PolicyJson(),
    };

    internal byte[] GenesisUtf8() => Encoding.UTF8.GetBytes(GenesisJson().ToJsonString());

    internal JsonObject MembershipJson(params string[] members) => new()
    {
        ["quorateMembership"] = 1,
        ["relyingParty"] = new JsonObject { ["id"] = "wallet.example.org", ["origins"] = new JsonArray("https://wallet.example.org") },
        ["members"] = new JsonArray([.. members.Select(name => new JsonObject
        {
            ["id"] = name,
            ["devices"] = new JsonArray(new JsonObject { ["id"] = "laptop", ["ed25519"] = Convert.ToHexStringLower(keys[name].EncodedPublicKey) }),
        })]),
    };

    internal static JsonObject PolicyJson(string name = "treasury") => new()
    {
        ["quoratePolicy"] = 1,
        ["name"] = name,
        ["groups"] = new JsonObject { ["treasurers"] = new JsonArray("bob", "carol") },
        ["rules"] = new JsonArray(
            new JsonObject
            {
                ["id"] = "pay-supplier",
                ["effect"] = "allow",
                ["initiators"] = new JsonArray("alice"),
                ["what"] = new JsonArray(new JsonObject
                {
                    ["kind"] = "transfer",
                    ["assets"] = new JsonArray("eip155:1/slip44:60"),
                    ["recipients"] = new JsonArray("eip155:1:" + Supplier),
                }),
                ["within"] = new JsonArray(new JsonObject
                {
                    ["asset"] = "eip155:1/slip44:60", ["atMost"] = "5000000000000000000", ["every"] = "day", ["zone"] = "UTC",
                }),
            },
            new JsonObject
            {
                ["id"] = "fees",
                ["effect"] = "allow",
                ["what"] = new JsonArray(new JsonObject { ["kind"] = "fee", ["assets"] = new JsonArray("eip155:1/slip44:60"), ["atMost"] = "10000000000000000" }),
            },
            new JsonObject
            {
                ["id"] = "one-treasurer",
                ["effect"] = "require",
                ["what"] = new JsonArray(new JsonObject { ["kind"] = "transfer", ["above"] = "1000000000000000000" }),
                ["approvals"] = new JsonArray(new JsonObject { ["group"] = "treasurers", ["count"] = 1, ["initiatorMayApprove"] = false }),
            }),
    };

    /// <summary>An unsigned payment.</summary>
    internal static byte[] Payment(Amount amount, string to = Supplier, ulong nonce = 0, byte[]? data = null, ulong gwei = 30, ulong gas = 21_000) => EthereumTransactionCodec.Encode(new()
    {
        Type = EthereumTransactionType.FeeMarket, ChainId = 1, Nonce = nonce, GasLimit = gas, MaxFeePerGas = (Amount)1_000_000_000 * gwei, MaxPriorityFeePerGas = 1_000_000_000,
        To = EthereumAddress.Parse(to), Value = amount, Data = data ?? [],
    });

    internal DecodeContext ContextAt(Bip32Path path) =>
        new(Ethereum.ToAddress(EthereumAddress.FromPublicKey(Wallet.Ecdsa!.DeriveChild(path).GroupKey)), path);

    /// <summary>The intent of a payment.</summary>
    internal Intent IntentOf(
        byte[] payment, string request = "req_1", string initiator = "alice", DateTimeOffset? expiresAt = null, string organisation = "acme",
        string wallet = "treasury", ulong epoch = 0, Bip32Path? path = null) =>
        new(organisation, wallet, epoch, Ethereum.Chain, new(System.Security.Cryptography.SHA256.HashData(payment)),
            [.. Ethereum.GetSigningInputs(payment, ContextAt(path ?? Path)).Select(i => IntentSignature.From(i, path ?? Path))],
            request, initiator, new(Ethereum.Coin, Ether / 100), expiresAt ?? Start.AddHours(1));

    internal Approval Approve(Digest subject, string member) => new Approval.Signature(member, "laptop", keys[member].Sign(ApprovalSet.MessageFor(subject)));

    /// <summary>A request as an honest server makes it.</summary>
    internal SigningRequest Request(byte[] payment, Intent intent, params string[] approvers) =>
        new(intent, new(PayloadKind.Transaction, payment), [.. approvers.Select(name => Approve(intent.Hash, name))]);

    /// <summary>What a server asks that has a request's approvals and no others: another transaction in its place.</summary>
    internal SigningRequest Replacing(SigningRequest approved, byte[] payment, string request, Bip32Path? path = null)
    {
        var intent = approved.Intent.ReplaceBy(new(System.Security.Cryptography.SHA256.HashData(payment)), IntentOf(payment, path: path).Signatures, request);
        return new(intent, new(PayloadKind.Transaction, payment), approved.Approvals, new(approved.Intent, approved.Payload));
    }

    /// <summary>A request for half an ether that alice has signed: all there has to be.</summary>
    internal SigningRequest Request(string request = "req_1", ulong nonce = 0)
    {
        var payment = Payment(Ether / 2, nonce: nonce);
        return Request(payment, IntentOf(payment, request), "alice");
    }

    /// <summary>A request for a payment on Solana, with <see cref="AnythingGoes"/>; its amount tells it from others.</summary>
    internal SigningRequest SolanaRequest(string request, ulong lamports)
    {
        Address At(Bip32Path path) => Solana.ToAddress(SolanaAddress.FromPublicKey(Wallet.Ed25519!.DeriveChild(path).GroupKey));
        var message = Solana.Build(new(At(Path), At(new(1)), Solana.Coin, lamports), new(new MessageLifetime.Recent(SolanaCluster.Devnet.GenesisHash))).Encode();
        var intent = new Intent("acme", "treasury", 0, Solana.Chain, new(System.Security.Cryptography.SHA256.HashData(message)),
            [.. Solana.GetSigningInputs(message, new(At(Path), Path)).Select(i => IntentSignature.From(i, Path))], request, "alice", new(Solana.Coin, 5_000), Start.AddHours(1));
        return Request(message, intent, "alice");
    }

    /// <summary>A policy that allows alice whatever is understood.</summary>
    internal static JsonObject AnythingGoes() => new()
    {
        ["quoratePolicy"] = 1,
        ["name"] = "anything",
        ["rules"] = new JsonArray(new JsonObject
        {
            ["id"] = "all", ["effect"] = "allow", ["initiators"] = new JsonArray("alice"),
            ["what"] = new JsonArray(new JsonObject { ["kind"] = "transfer" }, new JsonObject { ["kind"] = "fee" }),
        }),
    };

    /// <summary>An act that follows on a state's last one.</summary>
    internal ApprovedAct Act(NodeState state, JsonObject change, string[] approvers, DateTimeOffset? expiresAt = null)
    {
        var act = AdministrativeAct.Parse(Encoding.UTF8.GetBytes(new JsonObject
        {
            ["quorateAct"] = 1,
            ["previous"] = state.LastAct.ToString(),
            ["number"] = state.Acts + 1,
            ["expiresAt"] = (expiresAt ?? Start.AddHours(1)).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
            ["change"] = change,
        }.ToJsonString()));
        return new(act, [.. approvers.Select(name => Approve(act.Hash, name))]);
    }

    static byte[]? Stored<C>(PublicKeyPackage<C>? package) where C : struct, ICurve<C>
    {
        if (package is null)
            return null;
        using var writer = new WireWriter();
        package.Write(writer);
        return writer.Written.ToArray();
    }
}
