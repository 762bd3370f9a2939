using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Quorate.Rpc.Security;

/// <summary>
/// TLS for one end of a connection. With pins the other end must prove one of the pinned keys during the handshake, and
/// nothing else about it matters; without pins a client asks the system's certificate authorities, and a server lets
/// anybody in.
/// </summary>
public sealed class RpcTls
{
    /// <summary>Our own certificate with its private key. A server needs one; a client where the server demands it.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>The keys of which the other end must have one; several while keys change. Null: no pins.</summary>
    public IReadOnlySet<SpkiPin>? PeerPins { get; init; }

    // Between pinned peers both ends are ours, and nothing older has to be spoken.
    SslProtocols Protocols => PeerPins is null ? SslProtocols.Tls12 | SslProtocols.Tls13 : SslProtocols.Tls13;

    internal HttpsConnectionAdapterOptions ForServer() => new()
    {
        ServerCertificate = Certificate ?? throw new InvalidOperationException("A server needs a certificate."),
        SslProtocols = Protocols,
        ClientCertificateMode = PeerPins is null ? ClientCertificateMode.NoCertificate : ClientCertificateMode.RequireCertificate,
        ClientCertificateValidation = (certificate, _, _) => IsPinned(certificate),
    };

    internal SslClientAuthenticationOptions ForClient()
    {
        var options = new SslClientAuthenticationOptions { EnabledSslProtocols = Protocols };
        if (Certificate is not null)
            options.ClientCertificateContext = SslStreamCertificateContext.Create(Certificate, null, offline: true);
        if (PeerPins is not null)
            options.RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 leaf && IsPinned(leaf);
        return options;
    }

    bool IsPinned(X509Certificate2 certificate) => PeerPins is not null && PeerPins.Contains(SpkiPin.Of(certificate));
}
