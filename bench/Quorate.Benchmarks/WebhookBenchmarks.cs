using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using Quorate.Server.Ids;
using Quorate.Server.Store;
using Quorate.Server.Vaults;
using Quorate.Server.Webhooks;
using Quorate.Testing;

namespace Quorate.Benchmarks;

/// <summary>Deliveries over real HTTP on the loopback interface, from events that are acknowledged to answers.</summary>
static class WebhookBenchmarks
{
    const int Events = 2_000;

    internal static void Run(string[] args) => RunAsync(args).GetAwaiter().GetResult();

    static async Task RunAsync(string[] args)
    {
        if (!args.Contains("postgres"))
        {
            var directory = Directory.CreateTempSubdirectory("quorate-bench-").FullName;
            try
            {
                Console.WriteLine("\nSQLite");
                await using var store = await ServerStore.OpenSqliteAsync(directory);
                await MeasureAsync(store);
            }
            finally
            {
                Directory.Delete(directory, recursive: true);
            }
        }
        if (!args.Contains("sqlite"))
        {
            using var cluster = new PostgresCluster();
            Console.WriteLine("\nPostgreSQL");
            await using var store = await ServerStore.OpenPostgresAsync(cluster.ConnectionString);
            await MeasureAsync(store);
        }
    }

    static async Task MeasureAsync(ServerStore store)
    {
        using var stop = new CancellationTokenSource();
        using var secret = new WebhookSecret(new byte[WebhookSecret.Size]);
        using var receiver = new Sink();
        foreach (var projector in store.Projectors)
            await projector.CatchUpAsync();
        using var work = new WebhookWork(store, secret, new() { AllowedNetworks = [IPNetwork.Parse("127.0.0.0/8")] }, "bench", TimeProvider.System, NullLogger.Instance);
        await work.BeginAsync(default);
        Task[] running = [store.ProjectAsync(stop.Token), work.FanOut.RunAsync(stop.Token), work.Dispatch.RunAsync(stop.Token)];
        await MeasureAsync(store, secret, receiver);
        await stop.CancelAsync();
        await Task.WhenAll(running).ContinueWith(_ => { }, TaskScheduler.Default);
    }

    static async Task MeasureAsync(ServerStore store, WebhookSecret secret, Sink receiver)
    {
        foreach (var endpoints in (int[])[1, 4])
        {
            var hooks = new List<string>();
            for (var i = 0; i < endpoints; i++)
                hooks.Add(await RegisterAsync(store, secret, receiver.Url));
            // Queued while they are paused, so that nothing but deliveries is measured.
            foreach (var hook in hooks)
                await store.Webhooks.DoAsync(hook, new WebhookCommand.Pause(Now, true, "to begin together"));
            await Parallel.ForEachAsync(Enumerable.Range(0, Events), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, _) => await HappenAsync(store));
            var head = (await store.Journal.HeadAsync()).Position;
            while (await store.Events.HeadAsync(default) < head)
                await Task.Delay(10);
            await Task.Delay(500);
            receiver.Clear();
            var clock = Stopwatch.StartNew();
            foreach (var hook in hooks)
                await store.Webhooks.DoAsync(hook, new WebhookCommand.Pause(Now, false, ""));
            while (receiver.Count < endpoints * Events)
                await Task.Delay(5);
            Console.WriteLine($"  {$"{Events:N0} deliveries to each of {endpoints}, queued before",-46} {clock.Elapsed.TotalSeconds,8:N2} s {endpoints * Events / clock.Elapsed.TotalSeconds,9:N0} deliveries/s");
            foreach (var hook in hooks)
                await store.Webhooks.DoAsync(hook, new WebhookCommand.Remove(Now, "bench"));
        }

        await RegisterAsync(store, secret, receiver.Url);
        await Task.Delay(500);
        var times = new List<double>();
        for (var i = 0; i < 200; i++)
        {
            receiver.Clear();
            await HappenAsync(store);
            var begun = Stopwatch.GetTimestamp();
            while (receiver.Count == 0)
                await Task.Yield();
            times.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            await Task.Delay(5);
        }
        times.Sort();
        Console.WriteLine($"  {"from acknowledged to received, one at a time",-46} p50 {times[times.Count / 2],8:N2}  p95 {times[times.Count * 95 / 100],8:N2} ms");
    }

    static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    static async Task HappenAsync(ServerStore store)
    {
        var vault = store.Ids.Next(ResourceKind.Vault);
        await store.Vaults.DoAsync(vault.ToString(), new VaultCommand.Open(Now, vault, vault.ToString(), null));
    }

    static async Task<string> RegisterAsync(ServerStore store, WebhookSecret secret, string url)
    {
        var id = store.Ids.Next(ResourceKind.Webhook);
        using var key = secret.KeyOf(id.ToString(), "k1");
        await store.Webhooks.DoAsync(id.ToString(), new WebhookCommand.Register(Now, id, url, ["vault.*"], "k1", new(key.EncodedPublicKey.ToArray())));
        return id.ToString();
    }

    /// <summary>An endpoint that costs as little as one can: it looks for the end of the request and answers.</summary>
    sealed class Sink : IDisposable
    {
        static readonly byte[] answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray();

        readonly TcpListener listener = new(IPAddress.Loopback, 0);
        readonly ConcurrentBag<TcpClient> clients = [];
        int count;

        internal Sink()
        {
            listener.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";
            _ = Task.Run(AcceptAsync);
        }

        internal string Url { get; }

        internal int Count => Volatile.Read(ref count);

        internal void Clear() => Volatile.Write(ref count, 0);

        async Task AcceptAsync()
        {
            try
            {
                while (true)
                {
                    var client = await listener.AcceptTcpClientAsync();
                    client.NoDelay = true;
                    clients.Add(client);
                    _ = Task.Run(() => ServeAsync(client.GetStream()));
                }
            }
            catch (Exception over) when (over is SocketException or ObjectDisposedException)
            {
            }
        }

        async Task ServeAsync(NetworkStream stream)
        {
            try
            {
                var buffer = new byte[1 << 16];
                for (var length = 0; ;)
                {
                    var read = await stream.ReadAsync(buffer.AsMemory(length));
                    if (read == 0)
                        return;
                    length += read;
                    var text = Encoding.ASCII.GetString(buffer, 0, length);
                    var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
                    if (end < 0 || length < end + 4 + SizeOf(text))
                        continue;
                    length = 0;
                    Interlocked.Increment(ref count);
                    await stream.WriteAsync(answer);
                }
            }
            catch (IOException)
            {
            }
        }

        static int SizeOf(string text)
        {
            const string header = "Content-Length: ";
            var begin = text.IndexOf(header, StringComparison.OrdinalIgnoreCase) + header.Length;
            return int.Parse(text.AsSpan(begin, text.IndexOf('\r', begin) - begin));
        }

        public void Dispose()
        {
            listener.Dispose();
            foreach (var client in clients)
                client.Dispose();
        }
    }
}
