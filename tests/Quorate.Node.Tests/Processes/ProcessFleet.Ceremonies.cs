using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Quorate.Node.Ceremonies;
using Quorate.Node.Gate;
using Quorate.Node.V1;
using Quorate.Policies;

namespace Quorate.Node.Tests.Processes;

/// <summary>Orders, and leading them.</summary>
sealed partial class ProcessFleet
{
    internal CeremonyOrder Order(string id, string kind, JsonObject ceremony) => CeremonyOrder.Parse(Encoding.UTF8.GetBytes(new JsonObject
    {
        ["quorateCeremony"] = 1,
        ["deployment"] = Acme.Genesis.Hash.ToString(),
        ["id"] = id,
        ["expiresAt"] = Soon.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["ceremony"] = new JsonObject { [kind] = ceremony },
    }.ToJsonString()));

    internal static JsonArray Names(params int[] nodes) => [.. nodes.Select(n => (JsonNode)$"node-{n}")];

    internal CeremonyOrder NewWallet(string id, string wallet, params int[] nodes) => NewWallet(id, wallet, [.. KeyName.All], nodes);

    internal CeremonyOrder NewWallet(string id, string wallet, string[] schemes, params int[] nodes) => Order(id, "createWallet", new()
    {
        ["wallet"] = wallet, ["threshold"] = 2, ["nodes"] = Names(nodes), ["schemes"] = new JsonArray([.. schemes.Select(s => (JsonNode)s)]),
    });

    internal CeremonyOrder Refresh(string id, Wallet wallet) => Order(id, "refresh", new() { ["wallet"] = wallet.Name, ["epoch"] = wallet.Epoch });

    internal CeremonyOrder Reshare(string id, Wallet wallet, params int[] nodes) => Order(id, "reshare", new()
    {
        ["wallet"] = wallet.Name, ["epoch"] = wallet.Epoch, ["threshold"] = 2, ["nodes"] = Names(nodes), ["keys"] = KeyIds(wallet),
    });

    internal CeremonyOrder Repair(string id, Wallet wallet, int lost) => Order(id, "repair", new()
    {
        ["wallet"] = wallet.Name, ["epoch"] = wallet.Epoch, ["node"] = $"node-{lost}", ["keys"] = KeyIds(wallet),
    });

    internal CeremonyOrder BackUp(string id, params int[] nodes) => Order(id, "backup", new() { ["nodes"] = Names(nodes) });

    static JsonArray KeyIds(Wallet wallet) => [.. wallet.Keys.Select(key => (JsonNode)Convert.ToHexStringLower(key.Id.Span))];

    /// <summary>Hands a node an order that two administrators have signed, and does not wait.</summary>
    internal Task<CeremonyStatus> BeginAsync(int lead, CeremonyOrder order) => Nodes[lead].LeadAsync(new()
    {
        Order = ByteString.CopyFrom(order.Canonical.Span), Approvals = ByteString.CopyFrom(ApprovalJson.Write([Acme.Approve(order.Hash, "alice"), Acme.Approve(order.Hash, "bob")])),
    });

    /// <summary>Has an order led to its end, whatever that is.</summary>
    internal async Task<CeremonyStatus> LeadAsync(int lead, CeremonyOrder order)
    {
        var status = await BeginAsync(lead, order);
        for (var i = 0; status.Refused.Length == 0 && status.Lead?.IsLeading == true; i++)
        {
            Assert.True(i < 2_000, $"{status}");
            await Task.Delay(50);
            status = await Nodes[lead].CeremonyAsync(order.Id);
        }
        return status;
    }

    /// <summary>Has an order led until it holds. On a busy machine an attempt may take longer than it is given.</summary>
    internal async Task<CeremonyStatus> HoldAsync(int lead, CeremonyOrder order)
    {
        var status = await LeadAsync(lead, order);
        for (var again = 0; again < 4 && status.Outcome != CeremonyState.Completed; again++)
            status = await LeadAsync(lead, order);
        Assert.True(status.Outcome == CeremonyState.Completed, $"{status}");
        return status;
    }

    /// <summary>A wallet as a node knows it; null where it does not.</summary>
    internal async Task<Wallet?> WalletAsync(int node, string name) => (await Nodes[node].StatusAsync()).Wallets.FirstOrDefault(w => w.Name == name);

    internal static WalletKeys KeysOf(Wallet wallet)
    {
        byte[]? Of(string scheme) => wallet.Keys.FirstOrDefault(key => key.Scheme == scheme)?.Package.ToByteArray();
        return WalletKeys.Read(wallet.Name, Of(KeyName.Ecdsa), Of(KeyName.Bip340), Of(KeyName.Ed25519));
    }
}
