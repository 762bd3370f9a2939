using System.Net;
using System.Net.Sockets;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Channel;
using Quorate.Node.Sessions;
using Quorate.Node.Transport;
using Quorate.Policies;
using Quorate.Rpc.Client;
using Quorate.Rpc.Server;
using Quorate.Server.Relay;
using Quorate.Testing;
using Quorate.Threshold.Sessions;

namespace Quorate.Server.Tests.Relay;

/// <summary>A relay on a port of the loopback interface, and nodes that dial it, each in tasks of its own.</summary>
sealed class RelayFleet : IAsyncDisposable
{
    internal const string Name = "relay.test";

    readonly int port = FreePort();
    readonly Func<ITransport, ITransport> wrap;
    RpcServer? server;

    RelayFleet(Func<ITransport, ITransport>? wrap) => this.wrap = wrap ?? (t => t);

    internal static PartyId P(int number) => new(number);

    internal static Ed25519Key Identity(int number)
    {
        using var random = new SeededRandom((ulong)number, "relay identity");
        return Ed25519Key.Generate(random);
    }

    internal static NodeId Id(int number) => NodeId.FromPublicKey(Identity(number).EncodedPublicKey);

    internal RelayService Relay { get; private set; } = null!;

    internal string Address => $"http://localhost:{port}";

    internal List<RelayTransport> Transports { get; } = [];

    internal List<Switchboard> Boards { get; } = [];

    internal List<SessionHost> Hosts { get; } = [];

    /// <summary>A relay, and nodes 1 to n with hosts.</summary>
    internal static async Task<RelayFleet> Start(int n, Func<RelayOptions, RelayOptions>? options = null, Func<ITransport, ITransport>? wrap = null, TimeProvider? time = null)
    {
        var fleet = new RelayFleet(wrap);
        await fleet.StartRelay(options, time);
        for (var i = 1; i <= n; i++)
            fleet.Dial(i);
        return fleet;
    }

    internal async Task StartRelay(Func<RelayOptions, RelayOptions>? options = null, TimeProvider? time = null)
    {
        var plain = new RelayOptions { Name = Name, Nodes = Enumerable.Range(1, 4).Select(Id).ToHashSet() };
        Relay = new(options?.Invoke(plain) ?? plain, time ?? TimeProvider.System, new SeededRandom(99, "relay"));
        server = await RpcServer.StartAsync(Relay.AddTo(new()), new() { EndPoint = new(IPAddress.Loopback, port), DrainSeconds = 0 });
    }

    /// <summary>The relay dies, with everything in it.</summary>
    internal async Task StopRelay()
    {
        await server!.DisposeAsync();
        server = null;
    }

    internal void Dial(int node)
    {
        var transport = new RelayTransport(
            RpcChannel.ForAddress(Address), Name, Identity(node), new() { ReconnectMax = TimeSpan.FromSeconds(1) }, TimeProvider.System, new SeededRandom((ulong)node, "link"));
        Transports.Add(transport);
        var board = new Switchboard(wrap(transport), Enumerable.Range(1, 4).Select(Id).ToHashSet());
        Boards.Add(board);
        Hosts.Add(new(board, Identity(node), TimeProvider.System, new SeededRandom((ulong)node, "host")));
    }

    internal static SessionDescription Session(IEnumerable<int> seats, byte attempt, string protocol)
    {
        var filled = new byte[32];
        filled.AsSpan().Fill(attempt);
        return new(new byte[32], filled, protocol, new byte[32], seats.ToDictionary(P, Id));
    }

    /// <summary>One session at all its nodes; every one must complete.</summary>
    internal async Task<SortedDictionary<PartyId, T>> Run<T>(
        IEnumerable<int> seats, byte attempt, Func<PartyId, Func<SessionId, Protocol<T>>> protocol, Task? ready = null) where T : class
    {
        var description = Session(seats, attempt, "test/1");
        var outcomes = await Task.WhenAll(description.Parties.Select(p => Task.Run(async () => (Party: p, Outcome: await Hosts[p.Value - 1].RunAsync(
            description, p, protocol(p), new() { Ready = TimeSpan.FromSeconds(90), Round = TimeSpan.FromSeconds(90) }, ready ?? Task.CompletedTask, default)))));
        return new(outcomes.ToDictionary(o => o.Party, o => o.Outcome switch
        {
            SessionOutcome<T>.Completed done => done.Output,
            var other => throw new InvalidOperationException($"{o.Party}: {other}"),
        }));
    }

    internal static async Task Until(Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 3000, "It did not come to pass.");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var board in Boards)
            await board.DisposeAsync();
        if (server is not null)
            await server.DisposeAsync();
    }

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
