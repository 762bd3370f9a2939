using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace Quorate.Server.Webhooks;

/// <summary>
/// Which addresses an endpoint may have: those of the public internet, and of networks that the operator allows. What is
/// judged is the address a connection is made to, whatever was written or resolved before.
/// </summary>
/// <param name="allowed">Networks that are allowed whatever they are.</param>
sealed class AddressGuard(ImmutableArray<IPNetwork> allowed)
{
    // IANA's registries of special-purpose addresses (RFC 6890) whose addresses are not globally reachable, multicast, and
    // what clouds answer at: 169.254.169.254, fd00:ec2::254, 100.100.100.200 and 192.0.0.192 are within these.
    static readonly ImmutableArray<IPNetwork> special =
    [
        .. ((string[])
        [
            "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24",
            "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
            // Azure's own, in the midst of public ones.
            "168.63.129.16/32",
            // IPv6 below 2000::/3: Teredo and other protocols, documentation, 6to4, segment routing.
            "2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20",
        ]).Select(text => IPNetwork.Parse(text)),
    ];

    // Everything else of IPv6 is unassigned or special: mapped and translated IPv4 (::ffff:0:0/96, 64:ff9b::/96, 64:ff9b:1::/48), unique-local,
    // link-local, site-local, multicast, loopback.
    static readonly IPNetwork global6 = IPNetwork.Parse("2000::/3");

    // An IPv4 address in an IPv6 one is of no network here, and refused: a resolver has no business with it.

    /// <summary>Whether the operator has allowed the network: then without TLS, too.</summary>
    internal bool IsAllowed(IPAddress address) => !address.IsIPv4MappedToIPv6 && allowed.Any(network => network.Contains(address));

    /// <summary>Whether a connection may be made to it.</summary>
    internal bool IsFine(IPAddress address) => IsAllowed(address) || IsPublic(address);

    /// <summary>Whether any network is allowed beside the public internet.</summary>
    internal bool AllowsAny => !allowed.IsEmpty;

    static bool IsPublic(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => !special.Any(network => network.Contains(address)),
        AddressFamily.InterNetworkV6 => address.ScopeId == 0 && !address.IsIPv4MappedToIPv6 && global6.Contains(address) && !special.Any(network => network.Contains(address)),
        _ => false,
    };
}
