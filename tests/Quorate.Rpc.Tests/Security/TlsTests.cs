using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Quorate.Rpc.Client;
using Quorate.Rpc.Security;
using Quorate.Rpc.Server;
using Quorate.Rpc.Tests.Services;
using Quorate.Rpc.Tests.V1;

namespace Quorate.Rpc.Tests.Security;

/// <summary>Mutual TLS between pinned keys.</summary>
public sealed class TlsTests
{
    static readonly X509Certificate2 serverKey = Certificate("server"), clientKey = Certificate("client"), otherKey = Certificate("other");

    [Fact]
    public async Task Pinned_peers_talk_and_the_server_knows_the_client()
    {
        await using var server = await Start();
        using var channel = Channel(server, clientKey, serverKey);
        using var call = channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest { Text = "who" });
        Assert.Equal(SpkiPin.Of(clientKey).ToString(), (await call).Text);
    }

    [Theory]
    [InlineData("client", "other")]
    [InlineData("other", "server")]
    [InlineData("none", "server")]
    public async Task With_a_wrong_key_at_either_end_no_method_is_reached(string own, string pinned)
    {
        await using var server = await Start();
        using var channel = Channel(server, Named(own), Named(pinned)!);
        await AssertUnavailable(channel);
        Assert.Equal(0, server.Identity.Calls);
    }

    [Fact]
    public async Task Without_pins_the_system_s_authorities_decide()
    {
        await using var server = await Start();
        using var channel = RpcChannel.ForAddress(server.Server.Addresses[0], new() { Tls = new() { Certificate = clientKey } });
        await AssertUnavailable(channel);
    }

    [Fact]
    public async Task Two_pins_let_a_key_change()
    {
        await using var server = await Start();
        using var channel = RpcChannel.ForAddress(server.Server.Addresses[0], new()
        {
            Tls = new() { Certificate = clientKey, PeerPins = new HashSet<SpkiPin> { SpkiPin.Of(otherKey), SpkiPin.Of(serverKey) } },
        });
        using var call = channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest());
        await call;
    }

    [Fact]
    public void A_pin_reads_what_it_writes_and_nothing_else()
    {
        var pin = SpkiPin.Of(serverKey);
        Assert.Equal(pin, SpkiPin.Parse(pin.ToString()));
        Assert.NotEqual(pin, SpkiPin.Of(clientKey));
        Assert.NotEqual(pin, default);
        Assert.Equal("sha256/" + Convert.ToBase64String(SHA256.HashData(serverKey.PublicKey.ExportSubjectPublicKeyInfo())), pin.ToString());
        foreach (var wrong in new[] { "", "sha256/", "sha256/AAAA", pin.ToString()[7..], "sha1/" + pin.ToString()[7..], pin + "AAAA" })
            Assert.Throws<FormatException>(() => SpkiPin.Parse(wrong));
    }

    [Fact]
    public void Pins_without_tls_are_a_mistake_of_the_caller() =>
        Assert.Throws<ArgumentException>(() => RpcChannel.ForAddress("http://127.0.0.1:1", new() { Tls = new() }));

    static X509Certificate2? Named(string name) => name switch { "server" => serverKey, "client" => clientKey, "other" => otherKey, _ => null };

    static async Task AssertUnavailable(RpcChannel channel)
    {
        using var call = channel.AsyncUnaryCall(EchoMethods.Unary, new EchoRequest());
        Assert.Equal(StatusCode.Unavailable, (await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync)).StatusCode);
    }

    static RpcChannel Channel(Pinned server, X509Certificate2? own, X509Certificate2 pinned) => RpcChannel.ForAddress(server.Server.Addresses[0], new()
    {
        Tls = new() { Certificate = own, PeerPins = new HashSet<SpkiPin> { SpkiPin.Of(pinned) } },
    });

    static async Task<Pinned> Start()
    {
        var identity = new IdentityService();
        var tls = new RpcTls { Certificate = serverKey, PeerPins = new HashSet<SpkiPin> { SpkiPin.Of(clientKey) } };
        return new(await RpcServer.StartAsync(new RpcServices().Add(EchoMethods.Service, identity), new() { Tls = tls }), identity);
    }

    static X509Certificate2 Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
    }

    sealed record Pinned(RpcServer Server, IdentityService Identity) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    public sealed class IdentityService
    {
        int calls;

        internal int Calls => Volatile.Read(ref calls);

        public Task<EchoReply> Unary(EchoRequest request, ServerCallContext context)
        {
            Interlocked.Increment(ref calls);
            return Task.FromResult(new EchoReply { Text = context.PeerIdentity.ToString() });
        }

        public Task<EchoReply> Collect(IAsyncStreamReader<EchoRequest> requests, ServerCallContext context) => Unary(new(), context);

        public Task Expand(EchoRequest request, IServerStreamWriter<EchoReply> replies, ServerCallContext context) => Unary(request, context);

        public Task Chat(IAsyncStreamReader<EchoRequest> requests, IServerStreamWriter<EchoReply> replies, ServerCallContext context) => Unary(new(), context);
    }
}
