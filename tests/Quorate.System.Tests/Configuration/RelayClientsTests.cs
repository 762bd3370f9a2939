using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Quorate.Cli;
using Quorate.Rpc.Security;
using Quorate.Server.Hosting;

namespace Quorate.System.Tests.Configuration;

/// <summary>relay.clients of server.json: mutual TLS of nodes, before they log in.</summary>
[Collection(Telemetry.ObservedDeployment.OneServer)]
public sealed class RelayClientsTests : IDisposable
{
    readonly X509Certificate2 server = NewCertificate("relay"), node = NewCertificate("node"), stranger = NewCertificate("stranger");
    readonly string pem = Path.GetTempFileName();

    static X509Certificate2 NewCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    string Relay(params string[] clients)
    {
        File.WriteAllText(pem, $"{server.ExportCertificatePem()}\n{server.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()}\n");
        return $"\"address\": \"127.0.0.1:0\", \"certificate\": \"{pem}\", \"clients\": [{string.Join(',', clients.Select(c => $"\"{c}\""))}]";
    }

    [Fact]
    public async Task Whose_certificate_is_pinned_gets_to_the_relay_and_nobody_else()
    {
        using var file = new ConfigurationFile(relay: Relay(SpkiPin.Of(node).ToString()));
        await using var running = await WalletServer.StartAsync(file.Read() with { RelayName = "relay.test" }, CancellationToken.None);
        // The relay has nothing to answer but gRPC, and says so.
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(running.RelayAddress, node));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(running.RelayAddress, stranger));
        await Assert.ThrowsAsync<HttpRequestException>(() => AskAsync(running.RelayAddress, null));
    }

    [Fact]
    public async Task Where_none_are_named_a_certificate_is_not_asked_for()
    {
        using var file = new ConfigurationFile(relay: Relay().Replace(", \"clients\": []", "", StringComparison.Ordinal));
        await using var running = await WalletServer.StartAsync(file.Read(), CancellationToken.None);
        Assert.Equal(HttpStatusCode.NotFound, await AskAsync(running.RelayAddress, null));
    }

    [Fact]
    public void A_pin_that_is_none_and_pins_without_a_certificate_are_named()
    {
        using (var wrong = new ConfigurationFile(relay: Relay("sha256/AAAA")))
            Assert.StartsWith("sha256/AAAA: ", Assert.Throws<CliException>(wrong.Read).Message, StringComparison.Ordinal);
        using var bare = new ConfigurationFile(relay: $"\"address\": \"127.0.0.1:0\", \"clients\": [\"{SpkiPin.Of(node)}\"]");
        Assert.Equal("relay.clients: certificates are shown to who has one.", Assert.Throws<CliException>(bare.Read).Message);
        using var open = new ConfigurationFile(relay: "\"address\": \"0.0.0.0:0\"");
        Assert.Equal("relay: without a certificate it listens on the loopback interface only, not at 0.0.0.0:0.", Assert.Throws<CliException>(open.Read).Message);
    }

    async Task<HttpStatusCode> AskAsync(Uri relay, X509Certificate2? certificate)
    {
        using var handler = new SocketsHttpHandler
        {
            SslOptions = new SslClientAuthenticationOptions
            {
                ClientCertificates = certificate is null ? null : [certificate],
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString() == server.GetCertHashString(),
            },
        };
        using var http = new HttpClient(handler) { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        using var response = await http.GetAsync(new Uri(relay, "/"));
        return response.StatusCode;
    }

    public void Dispose()
    {
        foreach (var certificate in (X509Certificate2[])[server, node, stranger])
            certificate.Dispose();
        File.Delete(pem);
    }
}
