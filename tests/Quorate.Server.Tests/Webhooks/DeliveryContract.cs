using Quorate.Client.Webhooks;
using Quorate.Server.Events;
using Quorate.Server.Tests.Store;
using Quorate.Server.Webhooks;
using static Quorate.Server.Tests.Transfers.TransferSamples;
using static Quorate.Server.Tests.Webhooks.DeliveryWorld;

namespace Quorate.Server.Tests.Webhooks;

/// <summary>Deliveries over real HTTP, whatever the database.</summary>
public abstract class DeliveryContract<THarness> : IAsyncLifetime where THarness : StoreHarness, new()
{
    DeliveryWorld world = null!;

    public async Task InitializeAsync()
    {
        world = DeliveryWorld.Of(new THarness());
        await world.StartAsync();
    }

    public async Task DisposeAsync() => await world.DisposeAsync();

    [Fact]
    public async Task What_an_endpoint_asks_for_comes_signed_in_order_and_once()
    {
        await using var endpoint = new Endpoint();
        await world.OpenVaultAsync(100);
        var hook = await world.RegisterAsync(endpoint.Url, "vault.*");
        var vaults = new List<string>();
        for (var i = 1; i <= 5; i++)
        {
            vaults.Add(await world.OpenVaultAsync(i));
            for (var n = 0; n < 4; n++)
                await world.RenameAsync(vaults[^1], $"vault {i}.{n}");
        }
        await UntilAsync(async () => (await world.DeliveriesAsync(hook)).Count(d => d.State == DeliveryState.Delivered) == 25);

        // Neither what was before it nor what it did not ask for.
        Assert.Equal(25, endpoint.All.Count);
        Assert.Equal(25, endpoint.All.Select(r => r.Id).Distinct().Count());
        foreach (var vault in vaults)
            Assert.Equal(["1", "2", "3", "4", "5"], endpoint.All.Where(r => r.Resource == vault).Select(r => r.Json().GetProperty("sequence").GetString()));
        var receiver = world.Receiver(hook, "k1");
        foreach (var came in endpoint.All)
        {
            var (fault, happened) = await receiver.ReceiveAsync(came.Header, came.Body);
            Assert.Equal(WebhookFault.None, fault);
            Assert.Equal(came.Id, happened!.Id);
        }
        Assert.All(await world.DeliveriesAsync(hook), d => Assert.Equal((1L, (int?)200, null), (d.Attempts.Single().Number, d.Attempts[0].Status, d.Attempts[0].Error)));
    }

    [Fact]
    public async Task What_fails_is_tried_again_with_the_same_id_and_keeps_only_its_own_resource_waiting()
    {
        // As often as it takes: nothing is given up here.
        await world.StopAsync(world.First);
        await world.StartAsync(Options with { Waits = [.. Enumerable.Repeat(TimeSpan.FromMilliseconds(50), 1_000)] });
        var mayPass = false;
        await using var endpoint = new Endpoint();
        var blocked = Id(Server.Ids.ResourceKind.Vault, 1).ToString();
        endpoint.Answer = (came, response) => Endpoint.Status(came.Resource == blocked && !Volatile.Read(ref mayPass) ? 503 : 204)(came, response);
        var hook = await world.RegisterAsync(endpoint.Url, "vault.*");
        await world.OpenVaultAsync(1);
        await world.RenameAsync(blocked, "behind it");
        var other = await world.OpenVaultAsync(2);
        await UntilAsync(() => endpoint.All.Any(r => r.Resource == other) && endpoint.All.Count(r => r.Resource == blocked) >= 2);
        Assert.Single(endpoint.All.Where(r => r.Resource == blocked).Select(r => r.Id).Distinct());
        Volatile.Write(ref mayPass, true);
        await UntilAsync(async () => (await world.DeliveriesAsync(hook)).Count(d => d.State == DeliveryState.Delivered) == 3);

        var deliveries = await world.DeliveriesAsync(hook);
        var first = deliveries.Single(d => d.Resource == blocked && d.Type == "vault.opened");
        Assert.Equal(Enumerable.Range(1, first.Attempts.Count).Select(n => (long)n), first.Attempts.Select(a => a.Number));
        Assert.All(first.Attempts.SkipLast(1), a => Assert.Equal(((int?)503, "refused"), (a.Status, a.Error)));
        Assert.Equal(204, first.Attempts[^1].Status);
        Assert.Equal(["vault.opened", "vault.renamed"], endpoint.All.Where(r => r.Resource == blocked).Select(r => r.Type).Distinct());
    }

    [Fact]
    public async Task What_is_tried_in_vain_is_given_up_visibly_and_sent_again_by_id_by_resource_and_by_time()
    {
        var status = 500;
        await using var endpoint = new Endpoint();
        endpoint.Answer = (came, response) => Endpoint.Status(Volatile.Read(ref status))(came, response);
        var hook = await world.RegisterAsync(endpoint.Url, "vault.*");
        var vaults = new[] { await world.OpenVaultAsync(1), await world.OpenVaultAsync(2), await world.OpenVaultAsync(3) };
        await UntilAsync(async () => (await world.DeliveriesAsync(hook)).Count(d => d.State == DeliveryState.GivenUp) == 3);
        Assert.All(await world.DeliveriesAsync(hook), d => Assert.Equal(1 + Options.Waits.Length, d.Attempts.Count));
        Assert.NotNull(await world.First.Work.History.FailingSinceAsync(hook, default));

        Volatile.Write(ref status, 200);
        var before = endpoint.All.Count;
        var (ids, all) = (endpoint.All.Select(r => r.Id).Distinct().Order().ToArray(), new EventFilter { Types = ["vault.opened"] });
        Task<(int Count, long? Next)> Resend(EventFilter filter, bool undelivered = false, long after = 0, long upTo = long.MaxValue - 1) =>
            world.First.Work.Resending.ResendAsync(hook, filter, undelivered, after, upTo, default);
        async Task<int> DeliveredAsync(int count)
        {
            await UntilAsync(() => endpoint.All.Count == before + count);
            await UntilAsync(async () => (await world.DeliveriesAsync(hook)).All(d => d.State != DeliveryState.Pending));
            return (await world.DeliveriesAsync(hook)).Count(d => d.State == DeliveryState.Delivered);
        }

        var one = (await world.DeliveriesAsync(hook))[0].Position;
        Assert.Equal((1, null), await Resend(EventFilter.All, after: one - 1, upTo: one));
        Assert.Equal(1, await DeliveredAsync(1));
        Assert.Equal((1, null), await Resend(all with { Resource = vaults[0] }));
        Assert.Equal(2, await DeliveredAsync(2));
        var since = (await world.Store.Events.FindAsync(one, default))!.At.AddHours(-1);
        Assert.Equal((1, null), await Resend(all with { Since = since }, undelivered: true));
        Assert.Equal(3, await DeliveredAsync(3));
        Assert.Equal((3, null), await Resend(all with { Since = since }));
        Assert.Equal(3, await DeliveredAsync(6));
        Assert.Equal(ids, endpoint.All.Select(r => r.Id).Distinct().Order());
        Assert.Null(await world.First.Work.History.FailingSinceAsync(hook, default));
    }

    [Fact]
    public async Task A_paused_endpoint_gets_nothing_and_everything_once_it_goes_on_and_one_that_is_gone_pauses_itself()
    {
        await using var endpoint = new Endpoint();
        var hook = await world.RegisterAsync(endpoint.Url, "vault.*");
        await world.DoAsync(hook, new WebhookCommand.Pause(Noon, true, "holiday"));
        await world.OpenVaultAsync(1);
        await world.OpenVaultAsync(2);
        await UntilAsync(async () => (await world.DeliveriesAsync(hook)).Count == 2);
        await Task.Delay(150);
        Assert.Empty(endpoint.All);
        await world.DoAsync(hook, new WebhookCommand.Pause(Noon, false, ""));
        await UntilAsync(() => endpoint.All.Count == 2);

        endpoint.Answer = Endpoint.Status(410);
        await world.OpenVaultAsync(3);
        await UntilAsync(async () => (await world.Store.Webhooks.ReadAsync(hook)).State.IsPaused);
        Assert.Contains("410", (await world.Store.Webhooks.ReadAsync(hook)).State.PauseReason, StringComparison.Ordinal);
        endpoint.Answer = Endpoint.Status(200);
        await world.DoAsync(hook, new WebhookCommand.Pause(Noon, false, ""));
        await UntilAsync(async () => (await world.DeliveriesAsync(hook)).All(d => d.State == DeliveryState.Delivered));

        await world.DoAsync(hook, new WebhookCommand.Remove(Noon, "alice"));
        await world.OpenVaultAsync(4);
        var place = (await world.Store.Journal.HeadAsync()).Position;
        await UntilAsync(async () => await world.Store.Events.HeadAsync(default) >= place);
        await Task.Delay(150);
        Assert.Equal(3, (await world.DeliveriesAsync(hook)).Count);
    }

    [Fact]
    public async Task While_one_key_follows_another_both_sign()
    {
        await using var endpoint = new Endpoint();
        var hook = await world.RegisterAsync(endpoint.Url, "vault.*");
        var now = TimeProvider.System.GetUtcNow();
        await world.DoAsync(hook, new WebhookCommand.RollKey(now, "k2", world.PublicKey(hook, "k2"), now.AddHours(1)));
        await world.OpenVaultAsync(1);
        await UntilAsync(() => endpoint.All.Count == 1);
        Assert.Equal(2, endpoint.All[0].Signatures.Split(' ').Length);
        foreach (var known in (string[])["k1", "k2"])
            Assert.True((await world.Receiver(hook, known).ReceiveAsync(endpoint.All[0].Header, endpoint.All[0].Body)).IsValid);
        Assert.Equal(WebhookFault.WrongSignature, (await world.Receiver(hook, "k3").ReceiveAsync(endpoint.All[0].Header, endpoint.All[0].Body)).Fault);

        now = TimeProvider.System.GetUtcNow();
        await world.DoAsync(hook, new WebhookCommand.RollKey(now, "k3", world.PublicKey(hook, "k3"), now));
        await world.OpenVaultAsync(2);
        await UntilAsync(() => endpoint.All.Count == 2);
        Assert.False((await world.Receiver(hook, "k2").ReceiveAsync(endpoint.All[1].Header, endpoint.All[1].Body)).IsValid);
        Assert.True((await world.Receiver(hook, "k3").ReceiveAsync(endpoint.All[1].Header, endpoint.All[1].Body)).IsValid);
    }

    [Fact]
    public async Task An_endpoint_that_never_answers_keeps_no_other_waiting()
    {
        var release = new TaskCompletionSource();
        await using var live = new Endpoint();
        await using var dead = new Endpoint((_, _) => release.Task);
        var (liveHook, _) = (await world.RegisterAsync(live.Url, "vault.*"), await world.RegisterAsync(dead.Url, "vault.*"));
        for (var i = 1; i <= 40; i++)
            await world.OpenVaultAsync(i);
        await UntilAsync(async () => (await world.DeliveriesAsync(liveHook)).Count(d => d.State == DeliveryState.Delivered) == 40);
        Assert.InRange(dead.All.Count, 1, Options.PerEndpoint);
        release.SetResult();
    }

    [Fact]
    public async Task Two_servers_deliver_every_event_once_and_what_a_dead_one_had_claimed_comes_after_its_lease()
    {
        var options = Options with { Lease = TimeSpan.FromMilliseconds(1_500) };
        await using var endpoint = new Endpoint();
        var second = await world.StartAsync();
        var hook = await world.RegisterAsync(endpoint.Url, "vault.*");
        await Task.WhenAll(Enumerable.Range(1, 60).Select(i => world.OpenVaultAsync(i, i % 2 == 0 ? second.Store : world.Store)));
        await UntilAsync(async () => (await world.DeliveriesAsync(hook)).Count(d => d.State == DeliveryState.Delivered) == 60);
        Assert.Equal(60, endpoint.All.Count);
        Assert.Equal(60, endpoint.All.Select(r => r.Id).Distinct().Count());

        // Killed between a claim and what follows from it: it neither tries nor gives back.
        await world.StopAsync(second);
        await world.DoAsync(hook, new WebhookCommand.Pause(Noon, true, "to claim it in peace"));
        await world.OpenVaultAsync(61);
        await UntilAsync(async () => (await world.DeliveriesAsync(hook)).Count == 61);
        var queue = new DeliveryQueue(world.Store.Deliveries);
        Assert.Single(await queue.ClaimAsync(hook, "killed", TimeProvider.System.GetUtcNow(), options.Lease, 8, default));
        var begun = TimeProvider.System.GetTimestamp();
        // Going on would make everything due that nobody has claimed.
        await world.DoAsync(hook, new WebhookCommand.Pause(Noon, false, ""));
        await UntilAsync(() => endpoint.All.Count == 61);
        Assert.InRange(TimeProvider.System.GetElapsedTime(begun), TimeSpan.FromMilliseconds(900), TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_server_that_stops_amid_a_delivery_and_starts_again_makes_it_once_more_under_the_same_id()
    {
        var release = new TaskCompletionSource();
        await using var endpoint = new Endpoint((_, _) => release.Task);
        var hook = await world.RegisterAsync(endpoint.Url, "vault.*");
        await world.OpenVaultAsync(1);
        await UntilAsync(() => endpoint.All.Count == 1);
        await world.StopAsync(world.First);
        release.SetResult();
        await world.StartAsync();
        await UntilAsync(async () => (await world.DeliveriesAsync(hook)) is [{ State: DeliveryState.Delivered }]);
        Assert.Equal(2, endpoint.All.Count);
        Assert.Single(endpoint.All.Select(r => r.Id).Distinct());
        Assert.Equal(endpoint.All[0].Body, endpoint.All[1].Body);
    }
}

public sealed class SqliteDeliveryTests : DeliveryContract<SqliteStoreHarness>;

public sealed class PostgresDeliveryTests : DeliveryContract<PostgresStoreHarness>;
