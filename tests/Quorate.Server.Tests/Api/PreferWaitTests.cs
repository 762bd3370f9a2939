using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Quorate.Chains.Ethereum;
using Quorate.Server.Hosting;
using Quorate.Server.Ids;
using Quorate.Server.Tests.Wallets;
using Quorate.Server.Transfers;
using Quorate.Server.Vaults;
using Quorate.Server.Wallets;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Api;

/// <summary>Who prefers to wait hears of a transfer when it rests, and no later than was said.</summary>
public sealed class PreferWaitTests : IAsyncLifetime
{
    readonly ApiServer server = Offline();
    HttpClient http = null!;

    // Nobody listens there, so nothing is planned: what happens, the test does.
    static ApiServer Offline() => new()
    {
        With = options => options with { Chains = [new EthereumSettings(new EthereumFormat(31_337, KnownContracts.None), new("http://127.0.0.1:9"))] },
    };

    public async Task InitializeAsync()
    {
        await server.InitializeAsync();
        var (vault, wallet) = (Id(ResourceKind.Vault), Id(ResourceKind.Wallet));
        await server.Store.Vaults.DoAsync(vault.ToString(), new VaultCommand.Open(Noon, vault, "v", null));
        await server.Store.Wallets.DoAsync(wallet.ToString(), new WalletCommand.Plan(Noon, wallet, vault, "w", null));
        foreach (var node in (int[])[1, 2])
            await server.Store.Wallets.DoAsync(wallet.ToString(), new WalletCommand.ReportKeys(Noon, node, 1, [WalletTests.KeyOf(1)]));
        http = server.Http();
        await http.PostAsJsonAsync($"/v1/wallets/{wallet}/addresses", new { chain = "eip155:31337" });
    }

    public async Task DisposeAsync()
    {
        http.Dispose();
        await server.DisposeAsync();
    }

    async Task<(HttpResponseMessage Response, JsonObject Body, TimeSpan Took)> SendAsync(HttpMethod method, string path, object? body, string prefer)
    {
        var clock = Stopwatch.StartNew();
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        request.Headers.Add("Prefer", prefer);
        var response = await http.SendAsync(request);
        return (response, (await response.Content.ReadFromJsonAsync<JsonObject>())!, clock.Elapsed);
    }

    [Fact]
    public async Task A_wait_ends_when_the_transfer_rests_and_otherwise_with_the_time_and_says_that_it_was_heeded()
    {
        var asked = new { wallet = Id(ResourceKind.Wallet).ToString(), asset = "eip155:31337/slip44:60", amount = "1", to = "0x00000000000000000000000000000000000000B0", maxFee = "1" };
        var (made, transfer, took) = await SendAsync(HttpMethod.Post, "/v1/transfers", asked, "respond-async, wait=1");
        Assert.True(took >= TimeSpan.FromSeconds(1));
        Assert.Equal((201, "wait=1"), ((int)made.StatusCode, made.Headers.GetValues("Preference-Applied").Single()));
        var id = transfer["id"]!.GetValue<string>();
        Assert.Contains(transfer["status"]!.GetValue<string>(), (string[])["draft", "pending_policy"]);

        var waiting = SendAsync(HttpMethod.Get, $"/v1/transfers/{id}", null, "wait=30");
        await Task.Delay(200);
        Assert.False(waiting.IsCompleted);
        Assert.Null((await server.Store.Transfers.DoAsync(id, new TransferCommand.Fail(DateTimeOffset.UtcNow, "because"))).Refusal);
        var (_, failed, waited) = await waiting;
        Assert.Equal("failed", failed["status"]!.GetValue<string>());
        Assert.True(waited < TimeSpan.FromSeconds(20));

        // What has ended is answered at once; a preference that is none is none.
        Assert.True((await SendAsync(HttpMethod.Get, $"/v1/transfers/{id}", null, "wait=30")).Took < TimeSpan.FromSeconds(10));
        Assert.False((await SendAsync(HttpMethod.Get, $"/v1/transfers/{id}", null, "wait=soon")).Response.Headers.Contains("Preference-Applied"));
    }
}
