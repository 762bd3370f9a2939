using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf.WellKnownTypes;
using Quorate.Client.Signing;
using Quorate.Rpc;
using Quorate.Rpc.Server;
using Quorate.Rpc.V1;
using Quorate.V1;

namespace Quorate.Client.Tests.Calls;

/// <summary>A server on the loopback interface that answers vaults and events, and fails as it is told to before it does.</summary>
sealed class MoodyServer : IAsyncDisposable
{
    readonly RpcServer server;
    readonly RequestKey key = RequestKey.Ed25519("key_test", new byte[32]);

    MoodyServer(RpcServer server, VaultService vaults, EventService events) => (this.server, Vaults, Events) = (server, vaults, events);

    internal VaultService Vaults { get; }

    internal EventService Events { get; }

    internal static async Task<MoodyServer> StartAsync()
    {
        var (vaults, events) = (new VaultService(), new EventService());
        var services = new RpcServices().Add(VaultsReflection.Descriptor.Services[0], vaults).Add(EventsReflection.Descriptor.Services[0], events);
        return new(await RpcServer.StartAsync(services, new() { EndPoint = new(IPAddress.Loopback, 0), DrainSeconds = 0 }), vaults, events);
    }

    internal QuorateClient Client(QuorateClientOptions? options = null) =>
        new(server.Addresses[0], key, options ?? new() { Pause = TimeSpan.FromMilliseconds(1) });

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        key.Dispose();
    }

    internal static RpcException Problem(string code, StatusCode status, bool isRetryable, double? retryAfter = null) => new Problem
    {
        Code = code, Retryable = isRetryable, RetryAfter = retryAfter is { } seconds ? Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds)) : null,
    }.ToRpcException(status, $"{code}, said the server");

    /// <summary>Vaults, named by how many requests there were.</summary>
    internal sealed class VaultService
    {
        /// <summary>What the next requests end with, each once.</summary>
        internal ConcurrentQueue<RpcException> Failures { get; } = [];

        /// <summary>The headers of every request.</summary>
        internal ConcurrentQueue<Metadata> Seen { get; } = [];

        public Task<Vault> CreateVault(CreateVaultRequest request, ServerCallContext context) => AnswerAsync(context, () => new Vault { Name = request.Name });

        public Task<Vault> GetVault(GetVaultRequest request, ServerCallContext context) => AnswerAsync(context, () => new Vault { Id = request.Vault });

        public Task<Vault> FreezeVault(FreezeVaultRequest request, ServerCallContext context) => AnswerAsync(context, () => new Vault { Id = request.Vault, Frozen = true });

        public async Task<Vault> ThawVault(ThawVaultRequest request, ServerCallContext context)
        {
            await Task.Delay(Timeout.Infinite, context.CancellationToken);
            return new();
        }

        public Task<ListVaultsResponse> ListVaults(ListVaultsRequest request, ServerCallContext context) => AnswerAsync(context, () =>
        {
            // Pages of two, five vaults in all.
            var begin = request.PageToken.Length == 0 ? 0 : int.Parse(request.PageToken, null);
            var page = new ListVaultsResponse { NextPageToken = begin + 2 < 5 ? $"{begin + 2}" : "" };
            page.Vaults.Add(Enumerable.Range(begin, Math.Min(2, 5 - begin)).Select(i => new Vault { Name = $"{request.PageSize}/{i}" }));
            return page;
        });

        Task<T> AnswerAsync<T>(ServerCallContext context, Func<T> answer)
        {
            Seen.Enqueue(context.RequestHeaders);
            return Failures.TryDequeue(out var failure) ? Task.FromException<T>(failure) : Task.FromResult(answer());
        }
    }

    /// <summary>Events 1, 2, 3, … whose tokens are their numbers.</summary>
    internal sealed class EventService
    {
        /// <summary>How many events each of the next connections has before it ends, and how it ends; a stream without an entry waits for ever.</summary>
        internal ConcurrentQueue<(int Events, RpcException? End)> Connections { get; } = [];

        /// <summary>What was asked for, on every connection.</summary>
        internal ConcurrentQueue<StreamEventsRequest> Seen { get; } = [];

        public Task<ListEventsResponse> ListEvents(ListEventsRequest request, ServerCallContext context) => Task.FromResult(new ListEventsResponse());

        public Task<Event> GetEvent(GetEventRequest request, ServerCallContext context) => Task.FromResult(new Event());

        public async Task StreamEvents(StreamEventsRequest request, IServerStreamWriter<Event> events, ServerCallContext context)
        {
            Seen.Enqueue(request);
            var begin = request.ResumeToken.Length == 0 ? 10 : int.Parse(request.ResumeToken, null);
            await context.WriteResponseHeadersAsync(new() { { "resume-token", $"{begin}" } });
            if (!Connections.TryDequeue(out var connection))
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            for (var i = 1; i <= connection.Events; i++)
                await events.WriteAsync(new() { Id = $"evt_{begin + i}", ResumeToken = $"{begin + i}" });
            if (connection.End is { } end)
                throw end;
        }
    }
}
