using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Quorate.Cryptography.Signatures;
using Quorate.Node.Channel;
using Quorate.Node.Sessions;
using Quorate.Node.Tests.Sessions;
using Quorate.Node.Transport;
using Quorate.Relay.V1;
using Quorate.Rpc;
using Quorate.Rpc.Client;
using Quorate.Rpc.Security;
using Quorate.Rpc.Server;
using Quorate.Testing;
using Quorate.Threshold.Sessions;
using Quorate.Threshold.Sharing;
using static Quorate.Node.Tests.Channel.Nodes;

namespace Quorate.Node.Tests.Transport;

public class DirectTransportTests
{
    static readonly TimeSpan soon = TimeSpan.FromSeconds(60);

    static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    sealed class Fleet : IAsyncDisposable
    {
        readonly List<RpcServer> servers = [];

        internal List<DirectTransport> Transports { get; } = [];

        internal List<int> Ports { get; } = [];

        internal static async Task<Fleet> Start(int n, bool tls)
        {
            var fleet = new Fleet();
            fleet.Ports.AddRange(Enumerable.Range(0, n).Select(_ => FreePort()));
            X509Certificate2[] certificates = [.. Enumerable.Range(0, n).Select(_ => Certificate())];
            for (var i = 0; i < n; i++)
            {
                RpcTls? Tls(IEnumerable<int> pins) => tls
                    ? new() { Certificate = certificates[i], PeerPins = pins.Select(p => SpkiPin.Of(certificates[p])).ToHashSet() } : null;
                var others = Enumerable.Range(0, n).Where(o => o != i).ToArray();
                var transport = new DirectTransport(Identity(i + 1), others.ToDictionary(o => Id(o + 1), o => RpcChannel.ForAddress(
                    $"{(tls ? "https" : "http")}://localhost:{fleet.Ports[o]}", new() { Tls = Tls([o]) })), new(), TimeProvider.System, new SeededRandom((ulong)i));
                fleet.Transports.Add(transport);
                fleet.servers.Add(await RpcServer.StartAsync(
                    transport.AddTo(new()), new() { EndPoint = new(IPAddress.Loopback, fleet.Ports[i]), Tls = Tls(others), DrainSeconds = 0 }));
            }
            return fleet;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var transport in Transports)
                await transport.DisposeAsync();
            foreach (var server in servers)
                await server.DisposeAsync();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nodes_without_a_relay_generate_a_key(bool tls)
    {
        await using var fleet = await Fleet.Start(3, tls);
        var members = Enumerable.Range(1, 3).Select(Id).ToHashSet();
        Switchboard[] boards = [.. fleet.Transports.Select(t => new Switchboard(t, members))];
        var outcomes = await Task.WhenAll(boards.Select((board, i) => Task.Run(() =>
            new SessionHost(board, Identity(i + 1), TimeProvider.System, new SeededRandom((ulong)i)).RunAsync(
                Session(), P(i + 1), SecuredRuns.Ed25519Keygen(PartySet.Range(3))(P(i + 1)), new(), Task.CompletedTask, default)))).WaitAsync(soon);
        Assert.Single(outcomes.Select(o =>
            Assert.IsType<SessionOutcome<KeyShare<Cryptography.Curves.Ed25519>>.Completed>(o).Output.Package.GroupKey).Distinct());
        foreach (var board in boards)
            await board.DisposeAsync();
    }

    [Fact]
    public async Task A_packet_comes_from_whoever_logged_in_and_only_for_this_node()
    {
        await using var fleet = await Fleet.Start(2, tls: false);
        await fleet.Transports[0].SendAsync(new(Id(2), new byte[] { 1, 2, 3 }), default);
        var arrival = await fleet.Transports[1].ReceiveAsync(default).AsTask().WaitAsync(soon);
        Assert.Equal(Id(1), arrival.From);
        Assert.Equal([1, 2, 3], arrival.Bytes.ToArray());
        await Assert.ThrowsAsync<ArgumentException>(async () => await fleet.Transports[0].SendAsync(new(Id(5), new byte[1]), default));
        await Assert.ThrowsAsync<ArgumentException>(async () => await fleet.Transports[0].SendAsync(new(Id(2), new byte[PacketFormat.MaxPacket + 1]), default));
    }

    [Theory]
    [InlineData("stranger")]
    [InlineData("another's name")]
    [InlineData("another verifier")]
    [InlineData("no login")]
    public async Task Who_does_not_prove_to_be_a_peer_is_not_let_in(string who)
    {
        await using var fleet = await Fleet.Start(2, tls: false);
        using var channel = RpcChannel.ForAddress($"http://localhost:{fleet.Ports[1]}");
        using var call = channel.AsyncDuplexStreamingCall(
            new Method<FromNode, ToNode>(RelayReflection.Descriptor.Services[0], "Connect"));
        Assert.True(await call.ResponseStream.MoveNext(default));
        var nonce = call.ResponseStream.Current.Challenge.Nonce.Span.ToArray();
        var (key, claimed, verifier) = who switch
        {
            "stranger" => (Identity(3), Identity(3), Id(2).ToString()),
            "another's name" => (Identity(3), Identity(1), Id(2).ToString()),
            _ => (Identity(1), Identity(1), Id(1).ToString()),
        };
        await call.RequestStream.WriteAsync(who == "no login"
            ? new() { Send = new() { Peer = ByteString.CopyFrom(Id(2).AsSpan()), Body = ByteString.CopyFrom(1) } }
            : new()
            {
                Login = new()
                {
                    Node = ByteString.CopyFrom(claimed.EncodedPublicKey),
                    Proof = ByteString.CopyFrom(ConnectionProof.Sign(key, verifier, nonce)),
                },
            });
        var refused = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(default).WaitAsync(soon));
        Assert.Equal(StatusCode.Unauthenticated, refused.StatusCode);
        Assert.False(fleet.Transports[1].ReceiveAsync(default).AsTask().IsCompleted);
    }
}
