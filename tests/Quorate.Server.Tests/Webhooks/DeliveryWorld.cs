using Microsoft.Extensions.Logging.Abstractions;
using Quorate.Client.Webhooks;
using Quorate.Server.Ids;
using Quorate.Server.Recording;
using Quorate.Server.Store;
using Quorate.Server.Tests.Store;
using Quorate.Server.Vaults;
using Quorate.Server.Webhooks;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Webhooks;

/// <summary>A server's deliveries at work on a store, as <c>WalletServer</c> runs them.</summary>
sealed class DeliveryServer : IAsyncDisposable
{
    readonly CancellationTokenSource stop = new();
    readonly Task[] working;

    DeliveryServer(ServerStore store, WebhookWork work)
    {
        (Store, Work) = (store, work);
        working = [store.ProjectAsync(stop.Token), work.FanOut.RunAsync(stop.Token), work.Dispatch.RunAsync(stop.Token)];
    }

    internal ServerStore Store { get; }

    internal WebhookWork Work { get; }

    internal static async Task<DeliveryServer> StartAsync(StoreHarness harness, WebhookSecret secret, WebhookOptions options, string name)
    {
        var store = await harness.OpenAsync();
        foreach (var projector in store.Projectors)
            await projector.CatchUpAsync();
        var work = new WebhookWork(store, secret, options, name, TimeProvider.System, NullLogger.Instance);
        await work.BeginAsync(default);
        return new(store, work);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await Task.WhenAll(working).ContinueWith(_ => { }, TaskScheduler.Default);
        Work.Dispose();
        await Store.DisposeAsync();
        stop.Dispose();
    }
}

/// <summary>What tests of deliveries have in common: one database, servers on it, endpoints.</summary>
sealed class DeliveryWorld(StoreHarness harness) : IAsyncDisposable
{
    /// <summary>Quick waits, and the loopback interface allowed.</summary>
    internal static WebhookOptions Options { get; } = new()
    {
        AllowedNetworks = [System.Net.IPNetwork.Parse("127.0.0.0/8")], Timeout = TimeSpan.FromSeconds(20), PollEvery = TimeSpan.FromMilliseconds(20),
        Waits = [.. Enumerable.Repeat(TimeSpan.FromMilliseconds(50), 3)], LongestRest = TimeSpan.FromMilliseconds(100),
    };

    readonly List<DeliveryServer> servers = [];

    internal WebhookSecret Secret { get; } = new(new byte[WebhookSecret.Size]);

    internal static DeliveryWorld Of(StoreHarness harness) => new(harness);

    internal DeliveryServer First => servers[0];

    internal ServerStore Store => First.Store;

    internal async Task<DeliveryServer> StartAsync(WebhookOptions? options = null, string? name = null)
    {
        var server = await DeliveryServer.StartAsync(harness, Secret, options ?? Options, name ?? $"server-{servers.Count}");
        servers.Add(server);
        return server;
    }

    internal async Task StopAsync(DeliveryServer server)
    {
        servers.Remove(server);
        await server.DisposeAsync();
    }

    /// <summary>A new endpoint.</summary>
    internal async Task<string> RegisterAsync(string url, params string[] kinds)
    {
        var id = Store.Ids.Next(ResourceKind.Webhook);
        await DoAsync(id.ToString(), new WebhookCommand.Register(Noon, id, url, kinds.Length == 0 ? ["*"] : [.. kinds], "k1", PublicKey(id.ToString(), "k1")));
        return id.ToString();
    }

    internal async Task DoAsync(string id, WebhookCommand command) => Assert.True((await Store.Webhooks.DoAsync(id, command)).IsAccepted);

    internal Blob PublicKey(string webhook, string keyId)
    {
        using var key = Secret.KeyOf(webhook, keyId);
        return new(key.EncodedPublicKey.ToArray());
    }

    /// <summary>What a receiver knows of an endpoint that has these keys.</summary>
    internal WebhookReceiver Receiver(string webhook, params string[] keyIds) => new(WebhookKeys.ParseJwks(System.Text.Encoding.UTF8.GetBytes(Jwks(webhook, keyIds))));

    internal string Jwks(string webhook, params string[] keyIds) => $$"""{"keys":[{{string.Join(',', keyIds.Select(k =>
        $$"""{"kty":"OKP","crv":"Ed25519","kid":"{{k}}","x":"{{System.Buffers.Text.Base64Url.EncodeToString(PublicKey(webhook, k).Bytes.Span)}}"}"""))}}]}""";

    /// <summary>Something that happens: a vault is opened.</summary>
    internal async Task<string> OpenVaultAsync(int number, ServerStore? store = null)
    {
        var id = Id(ResourceKind.Vault, number);
        await (store ?? Store).Vaults.DoAsync(id.ToString(), new VaultCommand.Open(Noon, id, $"vault {number}", null));
        return id.ToString();
    }

    /// <summary>Something more that happens to it.</summary>
    internal Task RenameAsync(string vault, string name) => Store.Vaults.DoAsync(vault, new VaultCommand.Rename(Noon, name));

    internal async Task<IReadOnlyList<ListedDelivery>> DeliveriesAsync(string webhook) => (await First.Work.History.ListAsync(webhook, null, null, 200, null, default)).Page!.Items;

    /// <summary>Waits for what has to happen, however slow the machine is.</summary>
    internal static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var begun = TimeProvider.System.GetTimestamp(); !await condition(); await Task.Delay(10))
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < TimeSpan.FromSeconds(60), "It does not happen.");
    }

    internal static Task UntilAsync(Func<bool> condition) => UntilAsync(() => Task.FromResult(condition()));

    public async ValueTask DisposeAsync()
    {
        foreach (var server in servers)
            await server.DisposeAsync();
        Secret.Dispose();
        await harness.DisposeAsync();
    }
}
