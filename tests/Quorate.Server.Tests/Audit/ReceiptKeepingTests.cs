using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum;
using Quorate.Policies;
using Quorate.Server.Acts;
using Quorate.Server.Audit;
using Quorate.Server.Governance;
using Quorate.Server.Ids;
using Quorate.Server.Sagas;
using Quorate.Server.Tests.Governance;
using Quorate.Server.Tests.Nodes;
using Quorate.Server.Tests.Sagas;
using Quorate.Server.Tests.Store;
using Quorate.Server.Tests.Wallets;
using Quorate.Server.Transfers;
using Quorate.Server.Wallets;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Audit;

/// <summary>What nodes state about what they have signed is kept when there are as many statements as it takes, and only what is one.</summary>
public sealed class ReceiptKeepingTests : StoredTests
{
    readonly GenesisDocument genesis = Acme.Genesis();
    readonly Line line = new();
    ReceiptKeeping receipts = null!;
    string transfer = "";
    Intent intent = null!;

    private protected override async Task BeginAsync()
    {
        receipts = new(Store, new DeploymentBook(genesis, Store), line, TimeSpan.FromSeconds(1), Time);
        (transfer, intent) = await SignedAsync();
    }

    [Fact]
    public async Task A_receipt_is_there_when_as_many_nodes_have_stated_their_decisions_as_it_takes_to_sign()
    {
        line.Decisions[1] = Decision(1).Sign(Acme.Keys["node-1"]);
        await RoundAsync();
        Assert.Null(await receipts.FindAsync(transfer, default));
        line.Decisions[2] = Decision(2).Sign(Acme.Keys["node-2"]);
        await RoundAsync();
        var receipt = (await receipts.FindAsync(transfer, default))!;
        Assert.Equal([1, 2], receipt.Decisions.Select(d => Acme.NumberOf(d.Open()!.Node)));
        Assert.Equal((genesis.Hash, intent.Hash), (receipt.Deployment, receipt.Signed.Intent.Hash));
        Assert.Empty(receipt.Acts);
        // Then nobody is asked any more.
        var asked = line.Asked;
        await RoundAsync();
        Assert.Equal((asked, 1), (line.Asked, (await EventsAsync(ReceiptKeeping.Prefix + transfer)).Count));
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("no document")]
    [InlineData("another's signature")]
    [InlineData("another's word")]
    [InlineData("another intent")]
    [InlineData("no share")]
    public async Task What_is_no_statement_of_that_node_on_that_intent_does_not_count(string fault)
    {
        line.Decisions[1] = Decision(1).Sign(Acme.Keys["node-1"]);
        line.Decisions[2] = fault switch
        {
            "nothing" => null,
            "no document" => new("{}"u8.ToArray(), new byte[64]),
            "another's signature" => Decision(2).Sign(Acme.Keys["node-1"]),
            "another's word" => line.Decisions[1],
            "another intent" => (Decision(2) with { Intent = Hash("another") }).Sign(Acme.Keys["node-2"]),
            _ => (Decision(2) with { Sessions = 0 }).Sign(Acme.Keys["node-2"]),
        };
        await RoundAsync();
        Assert.Empty(await EventsAsync(ReceiptKeeping.Prefix + transfer));
        line.Decisions[2] = Decision(2).Sign(Acme.Keys["node-2"]);
        await RoundAsync();
        Assert.Single(await EventsAsync(ReceiptKeeping.Prefix + transfer));
    }

    [Fact]
    public async Task A_receipt_has_the_acts_up_to_the_decision_and_none_that_came_later()
    {
        var first = await ActAsync(1, genesis.Hash);
        await ActAsync(2, first);
        foreach (var node in (int[])[1, 2])
            line.Decisions[node] = (Decision(node) with { Acts = 1 }).Sign(Acme.Keys[$"node-{node}"]);
        await RoundAsync();
        var act = Assert.Single((await receipts.FindAsync(transfer, default))!.Acts);
        Assert.Equal((1ul, first), (act.Act.Number, act.Act.Hash));
    }

    async Task RoundAsync()
    {
        await CatchUpAsync();
        await receipts.RunAsync(default);
        await CatchUpAsync();
    }

    NodeDecision Decision(int node) => new()
    {
        Deployment = genesis.Hash, Node = genesis.Nodes.First(n => n.Number == node).Id, Request = intent.RequestId, Intent = intent.Hash, Policy = Hash("policy"),
        Acts = 0, DecidedAt = Noon.ToUnixTimeSeconds(), Trace = "allowed", Sessions = 1, Signed = [0],
        Keys = ImmutableSortedDictionary<string, ReadOnlyMemory<byte>>.Empty, Journal = new(new('0', 32), 7, Hash("head")), StatedAt = Noon.ToUnixTimeSeconds(),
    };

    // A payment that was signed, with the intent that a saga makes of it.
    async Task<(string Transfer, Intent Intent)> SignedAsync()
    {
        var world = new EthereumWorld(new Random(1));
        var (format, scene) = ((EthereumFormat)world.Scene.Format, world.Scene);
        var desk = world.Desk(new(1, 0), new(), new SimDatabase(new(1, 0), Time).Direct, new(), Time);
        var draft = scene.Payment(1, 1_000, scene.To, world.MaxFee, Expiry);
        foreach (var command in (WalletCommand[])[
            new WalletCommand.Plan(Noon, draft.Wallet, draft.Vault, "hot", null),
            .. Enumerable.Range(1, 2).Select(node => new WalletCommand.ReportKeys(Noon, node, 1, [WalletTests.KeyOf(1)]))])
            Assert.True((await Store.Wallets.DoAsync(draft.Wallet.ToString(), command)).IsAccepted);
        var unsigned = EthereumTransactionCodec.Encode(new()
        {
            Type = EthereumTransactionType.FeeMarket, ChainId = format.Number, Nonce = 0, GasLimit = 21_000, MaxFeePerGas = 10, MaxPriorityFeePerGas = 2,
            To = format.ToBytes(format.ParseAddress(scene.To)), Value = 1_000UL,
        });
        var id = draft.Id.ToString();
        await DoAsync(new TransferCommand.Request(Noon, draft));
        var state = await DoAsync(new TransferCommand.Submit(Noon, Expiry));
        var prepared = IntentMaker.Make(state, new("acme", "hot", 1, scene.Context), desk, new(unsigned, []), TransactionPurpose.Original, null, draft.ExpiresAt);
        foreach (var command in (TransferCommand[])[
            new TransferCommand.Prepare(Noon, prepared), new TransferCommand.Judge(Noon, 0, Verdict.Allow, Hash("policy"), [], "trace"),
            new TransferCommand.Queue(Noon, Expiry), new TransferCommand.BeginSigning(Noon, 0, 1, "node", Expiry),
            new TransferCommand.Sign(Noon, 0, 1, [Signature()], new Recording.Blob(new byte[] { 1 }))])
            await DoAsync(command);
        return (id, IntentMaker.Read(prepared));

        async Task<TransferState> DoAsync(TransferCommand command)
        {
            var outcome = await Store.Transfers.DoAsync(id, command);
            Assert.True(outcome.IsAccepted, $"{outcome.Refusal}");
            return outcome.State;
        }
    }

    // An act that both nodes have taken.
    async Task<Digest> ActAsync(int number, Digest previous)
    {
        var id = Id(ResourceKind.Act, number);
        var document = Json(new JsonObject
        {
            ["quorateAct"] = 1, ["previous"] = previous.ToString(), ["number"] = number, ["expiresAt"] = "2026-11-30T12:00:00Z", ["change"] = new JsonObject { ["unfreeze"] = "*" },
        }.ToJsonString());
        await Store.Acts.DoAsync(id.ToString(), new ActCommand.Draft(Noon, id, document, "alice"));
        var act = AdministrativeAct.Parse(Documents.Utf8(document));
        foreach (var member in (string[])["alice", "bob"])
            await Store.Acts.DoAsync(id.ToString(), new ActCommand.Approve(Noon, member, "laptop", Acme.Approval(member, act.Hash)));
        Assert.True((await Store.Acts.DoAsync(id.ToString(), new ActCommand.NoteTaken(Noon, 1))).IsAccepted);
        return act.Hash;
    }

    sealed class Line : QuietLine
    {
        internal Dictionary<int, SignedDecision?> Decisions { get; } = [];

        internal int Asked { get; private set; }

        public override Task<SignedDecision?> DecisionAsync(NodeId node, string request, TimeSpan timeout, CancellationToken cancellation)
        {
            Asked++;
            return Task.FromResult(Decisions.GetValueOrDefault(Acme.NumberOf(node)));
        }
    }
}
