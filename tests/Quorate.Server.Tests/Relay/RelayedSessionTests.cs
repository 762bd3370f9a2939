using Quorate.Cryptography.Curves;
using Quorate.Node.Channel;
using Quorate.Node.Transport;
using Quorate.Policies;
using Quorate.Testing;
using Quorate.Testing.Native;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Frost.Bip340;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Server.Tests.Relay.RelayFleet;

namespace Quorate.Server.Tests.Relay;

/// <summary>Whole sessions through a real relay over loopback, every node in tasks of its own.</summary>
public class RelayedSessionTests
{
    static readonly PartySet all = PartySet.Range(3);
    static readonly PartySet quorum = new([P(1), P(3)]);
    static readonly byte[] digest = [.. Enumerable.Range(1, 32).Select(i => (byte)i)];
    static readonly TimeSpan soon = TimeSpan.FromSeconds(120);

    static Func<PartyId, Func<SessionId, Protocol<KeyShare<Ed25519>>>> Keygen =>
        me => id => new FrostKeygen<Ed25519>(FrostSuite.Ed25519, id, me, all, 2, new SeededRandom(me.Value, "keygen"));

    [Fact]
    public async Task Frost_ed25519_generates_a_key_and_signs()
    {
        await using var fleet = await RelayFleet.Start(3);
        var shares = await fleet.Run([1, 2, 3], 1, Keygen).WaitAsync(soon);
        var signatures = await fleet.Run<SchnorrSignature<Ed25519>>([1, 3], 2, me => id => new FrostSign<Ed25519>(
            FrostSuite.Ed25519, id, shares[me], quorum, digest, new SeededRandom(me.Value, "sign"))).WaitAsync(soon);
        Assert.True(Libsodium.Verify(signatures[P(1)].Encode(), digest, shares[P(1)].Package.GroupKey.Encode()));
        await Until(() => fleet.Relay.Waiting == 0 && fleet.Transports.All(t => t.Unacknowledged == 0));
    }

    [Fact]
    public async Task Bip340_signs()
    {
        await using var fleet = await RelayFleet.Start(3);
        var shares = Bip340Runs.Deal(1, 2, 3);
        var key = TweakContext.Init(shares[P(1)].Package.GroupKey).ApplyTaproot();
        var signatures = await fleet.Run<Bip340Signed>([1, 3], 1, me => id => new Bip340Sign(
            id, shares[me], quorum, key, digest, new SeededRandom(me.Value, "sign"))).WaitAsync(soon);
        Assert.True(Libsecp256k1.SchnorrVerifyEncoded(signatures[P(3)].Signature.Encode(), digest, key.PublicKey.Encode()));
    }

    [Fact]
    public async Task Dkls23_generates_a_key_and_signs()
    {
        await using var fleet = await RelayFleet.Start(3);
        var shares = await fleet.Run<Dkls23KeyShare>([1, 2, 3], 1, me => id => new Dkls23Keygen(id, me, all, 2, new SeededRandom(me.Value, "keygen"))).WaitAsync(soon);
        var signatures = await fleet.Run<Dkls23Signature>([1, 3], 2, me => id => new Dkls23Sign(
            id, shares[me], quorum, digest, new BanList(), new SeededRandom(me.Value, "sign"))).WaitAsync(soon);
        Assert.True(signatures[P(1)].Value.Signature.Verify(shares[P(1)].Package.GroupKey, digest));
    }

    [Fact]
    public async Task Eight_sessions_run_beside_each_other()
    {
        await using var fleet = await RelayFleet.Start(3);
        var runs = await Task.WhenAll(Enumerable.Range(1, 8).Select(a => fleet.Run([1, 2, 3], (byte)a, Keygen))).WaitAsync(soon);
        Assert.All(runs, run => Assert.Single(run.Values.Select(s => s.Package.GroupKey).Distinct()));
    }

    // What the relay held is lost with it. The nodes send it again to the new one.
    [Fact]
    public async Task A_relay_that_starts_again_loses_no_session()
    {
        await using var fleet = await RelayFleet.Start(2);
        var ready = new TaskCompletionSource();
        // The third node is not there yet, so packets for it wait in the relay.
        var run = Task.Run(async () =>
        {
            while (fleet.Hosts.Count < 3)
                await Task.Delay(10);
            return await fleet.Run([1, 2, 3], 1, Keygen, ready.Task);
        });
        var early = fleet.Transports[0].SendAsync(new(Id(3), new byte[] { 0 }), default);
        await early;
        await Until(() => fleet.Relay.Waiting == 1);
        await fleet.StopRelay();
        await Until(() => !fleet.Transports[0].IsConnected);
        await fleet.StartRelay();
        await Until(() => fleet.Relay.Waiting == 1);

        fleet.Dial(3);
        // Everybody has greeted everybody; now it dies in the middle of the session.
        await Until(() => fleet.Boards.All(b => b.Open == 1) && fleet.Transports.All(t => t.IsConnected && t.Unacknowledged == 0));
        await fleet.StopRelay();
        ready.SetResult();
        await Until(() => fleet.Transports.All(t => !t.IsConnected) && fleet.Transports.Any(t => t.Unacknowledged > 0));
        await fleet.StartRelay();
        var shares = await run.WaitAsync(soon);
        Assert.Single(shares.Values.Select(s => s.Package.GroupKey).Distinct());
    }

    // Whoever runs the relay repeats, changes, delays, reflects and mixes what it carries.
    [Fact]
    public async Task A_hostile_relay_delays_and_no_more()
    {
        var recorded = new List<Packet>();
        var seed = 0UL;
        await using var fleet = await RelayFleet.Start(3, wrap: t => new HostileWay(t, ++seed, recorded));
        for (byte attempt = 1; attempt <= 4; attempt++)
        {
            var shares = await fleet.Run([1, 2, 3], attempt, Keygen).WaitAsync(soon);
            Assert.Single(shares.Values.Select(s => s.Package.GroupKey).Distinct());
        }
    }

    /// <summary>Does at the node's end what a hostile relay would do on the way.</summary>
    sealed class HostileWay(ITransport inner, ulong seed, List<Packet> recorded) : ITransport
    {
        readonly SeededRandom random = new(seed, "hostile way");
        readonly SemaphoreSlim turn = new(1);

        public NodeId Me => inner.Me;

        public async ValueTask SendAsync(Packet packet, CancellationToken cancellationToken)
        {
            await turn.WaitAsync(cancellationToken);
            try
            {
                Packet[] older;
                lock (recorded)
                {
                    recorded.Add(packet);
                    older = [.. recorded];
                }
                var changed = packet.Bytes.ToArray();
                changed[random.Below(changed.Length)] ^= (byte)(1 << random.Below(8));
                await inner.SendAsync(packet with { Bytes = changed }, cancellationToken);
                if (random.Below(2) == 0)
                    await inner.SendAsync(packet, cancellationToken);
                // Anything of anybody from any session, to this recipient, now from this node.
                for (var i = 0; i < 2; i++)
                    await inner.SendAsync(packet with { Bytes = older[random.Below(older.Length)].Bytes }, cancellationToken);
                if (random.Below(3) == 0)
                    _ = Task.Delay(50 + random.Below(200), CancellationToken.None).ContinueWith(_ => inner.SendAsync(packet, default).AsTask(), TaskScheduler.Default);
                else
                    await inner.SendAsync(packet, cancellationToken);
            }
            finally
            {
                turn.Release();
            }
        }

        public ValueTask<Arrival> ReceiveAsync(CancellationToken cancellationToken) => inner.ReceiveAsync(cancellationToken);

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
