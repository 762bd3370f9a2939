using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum;
using Quorate.Rpc;
using Quorate.Server.Features;
using Quorate.Server.Hosting;
using Quorate.Server.Ids;
using Quorate.Server.Tests.Api;
using Quorate.Server.Tests.Store;
using Quorate.Server.Tests.Wallets;
using Quorate.Server.Vaults;
using Quorate.Server.Wallets;
using Quorate.V1;
using Feature = Quorate.V1.Feature;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Features;

/// <summary>A chain behind a feature, in a server of this process: over gRPC and JSON, and across a restart.</summary>
public sealed class FeaturesApiTests : IAsyncLifetime
{
    const string Recipient = "0x00000000000000000000000000000000000000B0";

    readonly ResourceId vault = Id(ResourceKind.Vault), other = Id(ResourceKind.Vault, 2);
    readonly ResourceId wallet = Id(ResourceKind.Wallet), otherWallet = Id(ResourceKind.Wallet, 2);
    ApiServer server = null!;
    HttpClient http = null!;

    public async Task InitializeAsync()
    {
        server = Behind("anvil");
        await server.InitializeAsync();
        foreach (var (v, w, name) in new[] { (vault, wallet, "hot"), (other, otherWallet, "cold") })
        {
            Assert.True((await server.Store.Vaults.DoAsync(v.ToString(), new VaultCommand.Open(Noon, v, name, null))).IsAccepted);
            Assert.True((await server.Store.Wallets.DoAsync(w.ToString(), new WalletCommand.Plan(Noon, w, v, name, null))).IsAccepted);
            foreach (var node in (int[])[1, 2])
                Assert.True((await server.Store.Wallets.DoAsync(w.ToString(), new WalletCommand.ReportKeys(Noon, node, 1, [WalletTests.KeyOf(1)]))).IsAccepted);
        }
        http = server.Http();
    }

    // Nobody listens there: what is tried ends before the chain is asked.
    static ApiServer Behind(string feature) => new()
    {
        With = options => options with { Chains = [new EthereumSettings(new EthereumFormat(31_337, KnownContracts.None), new("http://127.0.0.1:9")) { Flag = feature }] },
    };

    public async Task DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    async Task<Feature> SetAsync(int percentage, params ResourceId[] vaults)
    {
        var request = new SetFeatureRequest { Feature = "anvil", Percentage = percentage, By = "alice", Reason = "to try it" };
        request.Vaults.Add(vaults.Select(v => v.ToString()));
        return await server.CallAsync<Feature>(FeaturesReflection.Descriptor, request);
    }

    async Task<string> CreateAddressAsync(ResourceId of)
    {
        try
        {
            return (await server.CallAsync<Address>(WalletsReflection.Descriptor, new CreateAddressRequest { Wallet = of.ToString(), Chain = "eip155:31337" })).Address_[..2];
        }
        catch (RpcException refused)
        {
            return refused.GetProblem()!.Code;
        }
    }

    async Task<string> CreateTransferAsync(ResourceId of)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/transfers")
        {
            Content = JsonContent.Create(new { wallet = of.ToString(), asset = "eip155:31337/slip44:60", to = Recipient, amount = "1", maxFee = "1" }),
        };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        using var response = await http.SendAsync(request);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
        return response.IsSuccessStatusCode ? (string)answer["status"]! : $"{(int)response.StatusCode} {answer["code"]}";
    }

    [Fact]
    public async Task A_chain_behind_a_feature_is_offered_only_to_vaults_that_have_it()
    {
        // What was never set is off.
        Assert.Equal(("feature_off", "409 feature_off"), (await CreateAddressAsync(wallet), await CreateTransferAsync(wallet)));
        var feature = await SetAsync(0, vault);
        Assert.Equal((1L, "to try it", "alice"), (feature.Version, feature.Changes.Single().Reason, feature.Changes.Single().By));
        Assert.Equal("0x", await CreateAddressAsync(wallet));
        Assert.DoesNotContain("409", await CreateTransferAsync(wallet), StringComparison.Ordinal);
        Assert.Equal(("feature_off", "409 feature_off"), (await CreateAddressAsync(otherWallet), await CreateTransferAsync(otherWallet)));
        // It outlives the server.
        await server.RestartAsync();
        http.Dispose();
        http = server.Http();
        Assert.Equal(("0x", "feature_off"), (await CreateAddressAsync(wallet), await CreateAddressAsync(otherWallet)));
        await SetAsync(100);
        Assert.Equal("0x", await CreateAddressAsync(otherWallet));
        await SetAsync(0);
        Assert.Equal(("feature_off", "409 feature_off"), (await CreateAddressAsync(wallet), await CreateTransferAsync(wallet)));
    }

    [Fact]
    public async Task Features_are_set_and_read_back_with_every_change_in_JSON()
    {
        async Task<(HttpStatusCode, JsonNode)> PutAsync(string name, object body, string? ifMatch = null)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, $"/v1/features/{name}") { Content = JsonContent.Create(body) };
            if (ifMatch is not null)
                request.Headers.Add("If-Match", ifMatch);
            using var response = await http.SendAsync(request);
            return (response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync())!);
        }
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(new Uri("/v1/features/anvil", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await PutAsync("anvil", new { percentage = 10, by = "alice", vaults = new[] { vault.ToString() } })).Item1);
        Assert.Equal("2", (string)(await PutAsync("anvil", new { percentage = 20, by = "alice", reason = "it works" })).Item2["version"]!);
        Assert.Equal("2", (string)(await PutAsync("anvil", new { percentage = 20, by = "alice" })).Item2["version"]!);
        var read = JsonNode.Parse(await http.GetStringAsync(new Uri("/v1/features/anvil", UriKind.Relative)))!;
        Assert.Equal([(20, "alice", "it works", 0), (10, "alice", "", 1)],
            read["changes"]!.AsArray().Select(c => ((int)c!["percentage"]!, (string)c["by"]!, (string)c["reason"]!, c["vaults"]!.AsArray().Count)));

        Assert.Equal((HttpStatusCode.PreconditionFailed, "version_mismatch"), await PutAsync("anvil", new { percentage = 30, by = "alice" }, "\"1\"") is var (status, stale) ? (status, (string)stale["code"]!) : default);
        foreach (var (name, body, pointer) in new (string, object, string?)[]
        {
            ("Anvil", new { percentage = 1, by = "alice" }, "/feature"), ("anvil", new { percentage = 1, by = "alice", vaults = new[] { "x" } }, "/vaults/0"),
            ("anvil", new { percentage = 1, by = "alice", vaults = new[] { Id(ResourceKind.Vault, 9).ToString() } }, "/vaults/0"), ("anvil", new { percentage = 101, by = "alice" }, null),
        })
        {
            var (wrong, problem) = await PutAsync(name, body);
            Assert.Equal(HttpStatusCode.BadRequest, wrong);
            Assert.Equal(pointer, problem["errors"]!.AsArray().FirstOrDefault()?["pointer"]?.GetValue<string>());
        }

        // The list is a read model, and follows.
        for (var tries = 0; ; tries++, await Task.Delay(50))
            if (JsonNode.Parse(await http.GetStringAsync(new Uri("/v1/features", UriKind.Relative)))!["features"]!.AsArray() is { Count: 1 } listed)
            {
                Assert.Equal(("anvil", 20, 0), ((string)listed[0]!["name"]!, (int)listed[0]!["percentage"]!, listed[0]!["changes"]!.AsArray().Count));
                break;
            }
            else
                Assert.True(tries < 400, "It is not listed.");
    }

    [Fact]
    public async Task What_another_server_has_set_is_found_in_the_journal()
    {
        await using var harness = new SqliteStoreHarness();
        await using var store = await harness.OpenAsync();
        await using var elsewhere = await harness.OpenAsync();
        var book = new FeatureBook(elsewhere, new Dictionary<Chains.ChainId, string> { [Ethereum] = "anvil" });
        async Task LookAsync()
        {
            foreach (var projector in elsewhere.Projectors)
                await projector.CatchUpAsync();
            await book.RefreshAsync(default);
        }
        async Task SetThereAsync(int percentage, params ResourceId[] vaults) =>
            Assert.True((await store.Features.DoAsync("anvil", new FeatureCommand.Set(Noon, "anvil", percentage, [.. vaults], "alice", null))).IsAccepted);

        await LookAsync();
        Assert.Equal("feature_off", book.Withheld(Ethereum, vault)?.Code);
        Assert.Null(book.Withheld(Chains.ChainId.Parse("eip155:1"), vault));
        await SetThereAsync(0, vault);
        await LookAsync();
        Assert.True(book.IsOn("anvil", vault) && !book.IsOn("anvil", other) && !book.IsOn("other", vault));
        await SetThereAsync(0, other);
        await SetThereAsync(100);
        await LookAsync();
        Assert.Null(book.Withheld(Ethereum, other));
        // What was read before does not replace what is known.
        book.Note(Server.Features.Feature.None with { Name = "anvil" }, 1);
        Assert.Null(book.Withheld(Ethereum, other));
    }
}
