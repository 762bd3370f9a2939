using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Npgsql;
using Quorate.Client.Signing;
using Quorate.Cryptography.Secrets;
using Quorate.Cryptography.Signatures;
using Quorate.Rpc;
using Quorate.Rpc.Client;
using Quorate.Server.ApiKeys;
using Quorate.Server.Hosting;
using Quorate.Server.Ids;
using Quorate.Server.Store;
using Quorate.Server.Tests.Governance;
using Quorate.Testing;

namespace Quorate.Server.Tests.Api;

/// <summary>A wallet server on loopback with files of its own and callers with keys; no node dials it.</summary>
public sealed class ApiServer : IAsyncLifetime, IAsyncDisposable
{
    readonly string directory = Directory.CreateTempSubdirectory("quorate-api-").FullName;
    // Keys are added at the same time.
    readonly ConcurrentDictionary<string, RequestKey> keys = [];
    WalletServer server = null!;

    /// <summary>The same files, to look and to do what nodes would have done.</summary>
    internal ServerStore Store { get; private set; } = null!;

    internal Uri Grpc => server.ApiAddresses[0];

    internal Uri Json => server.ApiAddresses[1];

    /// <summary>What the server is started with beside what it needs.</summary>
    internal Func<ServerOptions, ServerOptions> With { get; init; } = options => options;

    /// <summary>Whether its database is one of PostgreSQL, of its own.</summary>
    internal bool IsPostgres { get; init; }

    /// <summary>That database.</summary>
    internal string Postgres { get; private set; } = "";

    public async Task InitializeAsync()
    {
        if (IsPostgres)
            Postgres = await NewDatabaseAsync();
        Store = IsPostgres ? await ServerStore.OpenPostgresAsync(Postgres) : await ServerStore.OpenSqliteAsync(directory);
        await StartAsync();
        // As Alice, with everything.
        await AddKeyAsync("alice", "alice", Enum.GetValues<Role>());
    }

    internal async Task StartAsync() => server = await WalletServer.StartAsync(With(new()
    {
        Genesis = Acme.Genesis(), DataDirectory = IsPostgres ? null : directory, Postgres = IsPostgres ? Postgres : null, RelayName = "relay.test", Relay = new() { DrainSeconds = 1 },
        Api = new() { Http1EndPoint = new(IPAddress.Loopback, 0), DrainSeconds = 1 }, Name = "test",
    }), CancellationToken.None);

    static async Task<string> NewDatabaseAsync()
    {
        var name = $"api_{Guid.NewGuid():N}";
        await using var connection = new NpgsqlConnection($"{PostgresCluster.Shared.ConnectionString};Pooling=False");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"CREATE DATABASE {name}", connection);
        await command.ExecuteNonQueryAsync();
        return new NpgsqlConnectionStringBuilder(PostgresCluster.Shared.ConnectionString) { Database = name, MaxPoolSize = 16 }.ToString();
    }

    internal async Task RestartAsync()
    {
        await server.DisposeAsync();
        await StartAsync();
    }

    /// <summary>A caller with a key of Ed25519, known by its name here.</summary>
    internal async Task<RequestKey> AddKeyAsync(string name, string? member, IEnumerable<Role> roles, IEnumerable<string>? networks = null, TimeSpan? lifetime = null)
    {
        using var key = Ed25519Key.Generate(SystemRandom.Shared);
        using var seed = key.ExportSeed();
        return keys[name] = RequestKey.Ed25519(await AddKeyAsync(name, member, KeyAlgorithm.Ed25519, key.EncodedPublicKey.ToArray(), roles, networks, lifetime), seed.Expose());
    }

    internal async Task<string> AddKeyAsync(
        string name, string? member, KeyAlgorithm algorithm, byte[] publicKey, IEnumerable<Role> roles, IEnumerable<string>? networks = null, TimeSpan? lifetime = null)
    {
        var (id, now) = (Store.Ids.Next(ResourceKind.ApiKey), DateTimeOffset.UtcNow);
        var outcome = await Store.ApiKeys.DoAsync(id.ToString(), new ApiKeyCommand.Issue(
            now, id, name, member, algorithm, new(publicKey), [.. roles], [.. networks ?? []], now + (lifetime ?? TimeSpan.FromDays(1)), "test"));
        Assert.Null(outcome.Refusal);
        return id.ToString();
    }

    /// <summary>JSON as one of the callers.</summary>
    internal HttpClient Http(string caller = "alice", TimeProvider? time = null) => new(new RequestSigner(keys[caller], new HttpClientHandler(), time)) { BaseAddress = Json };

    /// <summary>JSON as a caller whose requests are changed after they were signed.</summary>
    internal HttpClient Tampered(Action<HttpRequestMessage> change, RequestKey? key = null, TimeProvider? time = null) =>
        new(new RequestSigner(key ?? keys["alice"], new Tamper(change), time)) { BaseAddress = Json };

    internal RpcChannel Channel(string caller = "alice") => RpcChannel.ForAddress(Grpc, new() { Around = inner => new RequestSigner(keys[caller], inner) });

    internal RpcChannel Channel(RequestKey key) => RpcChannel.ForAddress(Grpc, new() { Around = inner => new RequestSigner(key, inner) });

    /// <summary>Calls the method that the request is named for.</summary>
    internal async Task<TResponse> CallAsync<TResponse>(FileDescriptor file, IMessage request, string caller = "alice", string? idempotencyKey = null)
        where TResponse : class, IMessage<TResponse>, new()
    {
        using var channel = Channel(caller);
        return (TResponse)await CallAsync(channel, file.Services[0].FindMethodByName(request.Descriptor.Name[..^"Request".Length]), request, idempotencyKey);
    }

    /// <summary>Calls any method with one request and one answer.</summary>
    internal static async Task<IMessage> CallAsync(RpcChannel channel, MethodDescriptor method, IMessage request, string? idempotencyKey = null)
    {
        var call = (Task<IMessage>)typeof(ApiServer).GetMethod(nameof(UnaryAsync), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(method.InputType.ClrType, method.OutputType.ClrType).Invoke(null, [channel, method, request, idempotencyKey])!;
        return await call;
    }

    static async Task<IMessage> UnaryAsync<TRequest, TResponse>(RpcChannel channel, MethodDescriptor method, IMessage request, string? idempotencyKey)
        where TRequest : class, IMessage<TRequest>, new() where TResponse : class, IMessage<TResponse>, new()
    {
        Metadata headers = [];
        if (idempotencyKey is not null)
            headers.Add("idempotency-key", idempotencyKey);
        using var call = channel.AsyncUnaryCall(new Method<TRequest, TResponse>(method.Service, method.Name), (TRequest)request, new(headers, DateTime.UtcNow.AddSeconds(30)));
        return await call.ResponseAsync;
    }

    public async Task DisposeAsync()
    {
        await server.DisposeAsync();
        await Store.DisposeAsync();
        foreach (var key in keys.Values)
            key.Dispose();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(directory, recursive: true);
    }

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    sealed class Tamper(Action<HttpRequestMessage> change) : DelegatingHandler(new HttpClientHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            change(request);
            return base.SendAsync(request, cancellationToken);
        }
    }
}
