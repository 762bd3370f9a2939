using Quorate.Node.Gate;
using Quorate.Node.V1;
using Xunit.Abstractions;
using static Quorate.Node.Tests.Processes.ProcessFleet;

namespace Quorate.Node.Tests.Processes;

/// <summary>A node's disk fills up while it signs: a real file system without room.</summary>
public sealed class FullDiskTests(ITestOutputHelper output) : IDisposable
{
    const int Full = 1;

    SmallDisk? disk;

    public void Dispose() => disk?.Dispose();

    async Task<ProcessFleet> StartAsync()
    {
        var problem = "";
        var fleet = await ProcessFleet.StartAsync(new()
        {
            Patience = 4, Launch = (node, place) => node == Full ? new((disk ??= SmallDisk.Mount(place, 24, out problem))?.Wrapper) : new(),
        });
        if (disk is null)
            output.WriteLine($"not tested, for want of user namespaces: {problem}");
        return fleet;
    }

    static async Task<SignReply?> TryAsync(ProcessFleet fleet, int node, SigningRequest request)
    {
        try
        {
            return await fleet.Nodes[node].SignAsync(ToMessage(request));
        }
        catch (Rpc.RpcException e)
        {
            Assert.Contains("full", e.Status.Detail, StringComparison.OrdinalIgnoreCase);
            return null;
        }
    }

    [Fact]
    public async Task A_full_disk_stops_a_node_and_not_the_others_and_nothing_is_lost()
    {
        await using var fleet = await StartAsync();
        if (disk is null)
            return;
        var before = fleet.Payment();
        var signature = await fleet.Nodes[Full].SignAsync(ToMessage(before));
        fleet.RequireSigned(before, signature);

        // It fills up in the middle of work.
        SigningRequest[] batch = [.. Enumerable.Range(0, 24).Select(_ => fleet.Payment())];
        var asked = batch.Select(request => Task.Run(() => TryAsync(fleet, Full, request))).ToArray();
        await Task.Delay(60);
        disk.Fill();
        var replies = await Task.WhenAll(asked);
        foreach (var (request, reply) in batch.Zip(replies).Where(pair => pair.Second?.Signed is not null))
            fleet.RequireSigned(request, reply!);
        var refused = fleet.Payment();
        Assert.Null((await TryAsync(fleet, Full, refused))?.Signed);
        Assert.Equal((uint)Full, (await fleet.Nodes[Full].StatusAsync()).Number);
        // It is missed by nobody.
        fleet.RequireSigned(refused, await fleet.Nodes[2].SignAsync(ToMessage(refused)));

        // With room again it goes on, what it refused included.
        disk.Clear();
        var after = fleet.Payment();
        fleet.RequireSigned(after, (await TryAsync(fleet, Full, after))!);
        foreach (var request in batch)
            fleet.RequireSigned(request, (await TryAsync(fleet, Full, request))!);
        await fleet.Nodes[Full].KillAsync();
        var journal = Path.Combine(disk.Copy(), "journal.db");
        foreach (var (request, reply) in batch.Zip(replies).Append((before, signature)))
        {
            var events = await EventsAsync(journal, request);
            var (lent, ended) = (events.Count(e => e is NodeEvent.SessionOpened), events.OfType<NodeEvent.SessionEnded>().Where(e => e.Signature is not null).ToArray());
            Assert.IsType<NodeEvent.SigningAllowed>(events[0]);
            // Whatever it gave out it had lent its share for on record.
            Assert.True(lent > 0, $"{request.Intent.RequestId}: {string.Join(", ", events)}");
            if (reply?.Signed is not null)
                Assert.Contains(ended, e => e.Signature!.AsSpan().SequenceEqual(reply.Signed.Signatures[0].Signature_.Span));
        }
        // And it comes back from its files.
        await fleet.RestartAsync(Full);
        Assert.Equal(signature, await fleet.Nodes[Full].SignAsync(ToMessage(before)));
    }
}
