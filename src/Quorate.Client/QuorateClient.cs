using Quorate.Client.Calls;
using Quorate.Client.Services;
using Quorate.Client.Signing;
using Quorate.Rpc.Client;

namespace Quorate.Client;

/// <summary>
/// A wallet server's API, over gRPC, as one caller. Requests are signed; what changes something carries a key by which the server knows a
/// repetition, so what fails on the way is sent again without anything being done twice. Any number of threads may use one client.
/// </summary>
public sealed class QuorateClient : IDisposable
{
    readonly RpcChannel channel;

    /// <summary>A client. Nothing connects until the first request.</summary>
    /// <param name="address">The API's address for gRPC: https://wallet.example.org:7080.</param>
    /// <param name="key">What signs the requests; stays the caller's to dispose of.</param>
    /// <param name="options">How to connect, wait and try again.</param>
    /// <exception cref="ArgumentException">The address is not of the form http(s)://host:port, or there are pins without TLS.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A timeout, a pause or the number of tries is not positive.</exception>
    public QuorateClient(Uri address, RequestKey key, QuorateClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        options ??= new();
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Attempts, 1);
        foreach (var time in (TimeSpan[])[options.Timeout, options.Pause, options.MaxPause])
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(time, TimeSpan.Zero);
        channel = RpcChannel.ForAddress(address, new() { Tls = options.Tls, Time = options.Time, Around = inner => new RequestSigner(key, inner, options.Time) });
        var calls = new ApiCalls(channel, options);
        (Vaults, Wallets, Transfers, Approvals) = (new(calls), new(calls), new(calls), new(calls));
        (Governance, Policies, Contacts, Passkeys) = (new(calls), new(calls), new(calls), new(calls));
        (Keys, Features, Events, Webhooks) = (new(calls), new(calls), new(calls), new(calls));
        (Audit, Operations, Contract) = (new(calls), new(calls), new(calls));
    }

    /// <summary>What wallets are kept in.</summary>
    public VaultsClient Vaults { get; }

    /// <summary>Wallets, their addresses and balances.</summary>
    public WalletsClient Wallets { get; }

    /// <summary>What wallets are asked to sign.</summary>
    public TransfersClient Transfers { get; }

    /// <summary>What waits for somebody.</summary>
    public ApprovalsClient Approvals { get; }

    /// <summary>Ceremonies, acts, freezes.</summary>
    public GovernanceClient Governance { get; }

    /// <summary>Policies, drafted and in force.</summary>
    public PoliciesClient Policies { get; }

    /// <summary>The address book.</summary>
    public ContactsClient Contacts { get; }

    /// <summary>Approvals and registrations by passkey.</summary>
    public PasskeysClient Passkeys { get; }

    /// <summary>Who may call.</summary>
    public KeysClient Keys { get; }

    /// <summary>What is new, and for whom.</summary>
    public FeaturesClient Features { get; }

    /// <summary>What has happened.</summary>
    public EventsClient Events { get; }

    /// <summary>Endpoints that are told of it.</summary>
    public WebhooksClient Webhooks { get; }

    /// <summary>The record.</summary>
    public AuditClient Audit { get; }

    /// <summary>Nodes, heads, read models.</summary>
    public OperationsClient Operations { get; }

    /// <summary>What the API is.</summary>
    public ContractClient Contract { get; }

    /// <summary>Cancels what is under way and closes the connections.</summary>
    public void Dispose() => channel.Dispose();
}
