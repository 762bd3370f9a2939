using System.CommandLine;
using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Quorate.Cli.Ceremonies;
using Quorate.Policies;

namespace Quorate.Cli.Api;

/// <summary><c>quorate wallet</c> and <c>quorate address</c>.</summary>
static class WalletCommand
{
    static readonly Argument<string> id = ApiCommands.Id("wal_");

    internal static Command Create()
    {
        var vault = new Option<string?>("--vault") { Description = "Of one vault: vlt_…" };
        return new("wallet",
            """
            Wallets: one shared key for each scheme, and addresses by derivation on every chain.

            Example:
              quorate wallet create --vault vlt_… --name treasury --wait
            """)
        {
            Plan(),
            ApiCommands.List("list",
                """
                List the wallets.

                Example:
                  quorate wallet list
                """, "id name vault label epoch create_time", (session, parsed, cancellation) => session.Client.Wallets.AllWalletsAsync(
                    new() { Vault = parsed.GetValue(vault) ?? "" }, cancellation), vault),
            ApiCommands.Ask("show",
                """
                Show a wallet with its keys and addresses.

                Example:
                  quorate wallet show wal_…
                """, (session, parsed, cancellation) => session.Client.Wallets.GetWalletAsync(new() { Wallet = parsed.GetValue(id)! }, null, cancellation), id),
            ApiCommands.List<V1.Balance>("balances",
                """
                What the chains said last, less what transfers keep.

                Example:
                  quorate wallet balances wal_…
                """, "asset total pending available unexplained reconcile_time", async (session, parsed, cancellation) =>
                    (await session.Client.Wallets.GetBalancesAsync(new() { Wallet = parsed.GetValue(id)! }, null, cancellation)).Balances_, id),
        };
    }

    internal static Command CreateAddress()
    {
        var wallet = new Option<string>("--wallet") { Description = "wal_…", Required = true };
        var chain = new Option<string>("--chain") { Description = "CAIP-2: eip155:1.", Required = true };
        var scheme = new Option<string?>("--scheme") { Description = "bip340 for Taproot; the chain's usual one when absent." };
        var label = new Option<string?>("--label") { Description = "For people." };
        var address = ApiCommands.Id("adr_");
        return new("address",
            """
            Addresses of wallets.

            Example:
              quorate address create --wallet wal_… --chain eip155:1
            """)
        {
            ApiCommands.Ask("create",
                """
                Give out the next address on a chain.

                Example:
                  quorate address create --wallet wal_… --chain eip155:1 --label deposits
                """, (session, parsed, cancellation) => session.Client.Wallets.CreateAddressAsync(new()
                {
                    Wallet = parsed.GetValue(wallet)!, Chain = parsed.GetValue(chain)!, Scheme = parsed.GetValue(scheme) ?? "", Label = parsed.GetValue(label) ?? "",
                }, null, cancellation), wallet, chain, scheme, label),
            ApiCommands.List("list",
                """
                List a wallet's addresses in the order they were given out.

                Example:
                  quorate address list --wallet wal_…
                """, "id chain address scheme index label", (session, parsed, cancellation) => session.Client.Wallets.AllAddressesAsync(
                    new() { Wallet = parsed.GetValue(wallet)! }, cancellation), wallet),
            ApiCommands.Ask("show",
                """
                Show an address by its id.

                Example:
                  quorate address show adr_…
                """, (session, parsed, cancellation) => session.Client.Wallets.GetAddressAsync(new() { Address = parsed.GetValue(address)! }, null, cancellation), address),
        };
    }

    // A wallet is planned, and its keys are made by an order that administrators sign: here with the first signature.
    static Command Plan()
    {
        var vault = new Option<string>("--vault") { Description = "vlt_…", Required = true };
        var name = new Option<string>("--name") { Description = "What nodes, policies and intents call it.", Required = true };
        var label = new Option<string?>("--label") { Description = "For people." };
        var threshold = new Option<int>("--threshold", "-t") { Description = "How many nodes sign, at least 2.", DefaultValueFactory = _ => 2 };
        var nodes = new Option<string[]>("--nodes") { Description = "Names of nodes; all when absent.", AllowMultipleArgumentsPerToken = true };
        var schemes = new Option<string[]>("--schemes") { Description = "A key for each of them.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [.. KeyName.All] };
        return ApiCommands.Make("create",
            """
            Plan a wallet, and order the ceremony in which nodes make its keys, with the caller's signature as an administrator. It is
            led when enough administrators have signed: `quorate approval give cer_…`.

            Example:
              quorate wallet create --vault vlt_… --name treasury --threshold 2 --wait
            """, [vault, name, label, threshold, nodes, schemes, Waiting.Option], async (session, parsed, cancellation) =>
            {
                var wallet = await session.Client.Wallets.CreateWalletAsync(
                    new() { Vault = parsed.GetValue(vault)!, Name = parsed.GetValue(name)!, Label = parsed.GetValue(label) ?? "" }, null, cancellation);
                ApiCommands.Print(session, wallet);
                var deployment = await session.Client.Governance.GetDeploymentAsync(null, null, cancellation);
                var named = parsed.GetValue(nodes) is { Length: > 0 } some ? some
                    : [.. (await session.Client.Operations.ListNodesAsync(null, null, cancellation)).Nodes.Select(n => n.Name)];
                var order = OrderText.Of(deployment.Genesis, $"create-{wallet.Name}", 24, "createWallet", new()
                {
                    ["wallet"] = wallet.Name, ["threshold"] = parsed.GetValue(threshold), ["nodes"] = List(named), ["schemes"] = List(parsed.GetValue(schemes)!),
                });
                var ceremony = await session.Client.Governance.CreateCeremonyAsync(new() { Order = Struct.Parser.ParseJson(order.ToJsonString()) }, null, cancellation);
                ceremony = await session.Client.Governance.ApproveCeremonyAsync(
                    new() { Ceremony = ceremony.Id, Approval = Documents.Of(session.Approve(Approving.HashOf(ceremony))) }, null, cancellation);
                return await Waiting.FinishAsync(session, parsed, ceremony, cancellation);
            });
    }

    static JsonArray List(IEnumerable<string> items) => [.. items.Select(item => (JsonNode)item)];
}
