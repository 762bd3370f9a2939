using System.Collections.Concurrent;
using System.Diagnostics;
using Quorate.Node.Gate;
using Quorate.Node.Signing;
using Quorate.Node.Tests;
using Quorate.Node.Tests.Processes;

namespace Quorate.Benchmarks;

/// <summary>
/// Signing with two of three over the loopback interface: three real node processes with their files, asked over their ports,
/// from the request to the reply with the signatures that the lead has verified. This process is client and relay; it verifies
/// every signature once more, after the clock has stopped.
/// </summary>
static class SigningBenchmarks
{
    // A node compiles what it does often while it does it, for some seconds: that is not what is measured.
    const int Lead = 1, Latency = 200, WarmUp = 500;

    static readonly (int InFlight, int Requests)[] levels = [(1, 150), (8, 400), (32, 600)];

    /// <summary>A kind of signature, and a request for one.</summary>
    sealed record Kind(string Name, Func<Deployment, int, SigningRequest> Request, int Presignatures = 0);

    static readonly Kind[] kinds =
    [
        new("FROST Ed25519, Solana", (acme, i) => acme.SolanaRequest($"sol_{i}", (ulong)i + 1, ProcessFleet.Soon)),
        new("FROST BIP 340, Taproot", (acme, i) => acme.TaprootRequest($"btc_{i}", i, ProcessFleet.Soon)),
        new("DKLs23, Ethereum", Ethereum),
        new("DKLs23, stock of 48", Ethereum, 48),
    ];

    static SigningRequest Ethereum(Deployment acme, int i)
    {
        var payment = Deployment.Payment(1, nonce: (ulong)i);
        return acme.Request(payment, acme.IntentOf(payment, $"eth_{i}", expiresAt: ProcessFleet.Soon), "alice");
    }

    static int made;

    internal static void Run(string[] args) => (args.FirstOrDefault() switch
    {
        "direct" => ThroughputAsync(isDirect: true, args[1..]),
        "trips" => TripsAsync(),
        "memory" => MemoryAsync(),
        "start" => StartsAsync(),
        _ => ThroughputAsync(isDirect: false, args.Length > 1 ? args[1..] : []),
    }).GetAwaiter().GetResult();

    static Task<ProcessFleet> StartAsync(Kind kind, bool isDirect = false, IReadOnlyDictionary<string, string>? environment = null) => ProcessFleet.StartAsync(new()
    {
        Policy = Deployment.AnythingGoes(), IsDirect = isDirect, Presignatures = kind.Presignatures, Patience = 30, Launch = (_, _) => new(null, environment),
    });

    /// <param name="isDirect">Without a relay.</param>
    /// <param name="only">Parts of the names of the kinds that are measured; all where empty.</param>
    static async Task ThroughputAsync(bool isDirect, string[] only)
    {
        Console.WriteLine(isDirect ? "directly from node to node" : "through a relay");
        Console.WriteLine($"{"",-26}{"in flight",10}{"p50 ms",9}{"p99 ms",9}{"per s",8}{"CPU ms",9}{"client ms",11}{"bytes",10}");
        foreach (var kind in kinds.Where(k => only.Length == 0 || only.Any(o => k.Name.Contains(o, StringComparison.Ordinal))))
            await foreach (var (inFlight, parts) in LevelsAsync(kind, isDirect))
                Print(kind, inFlight, parts);
    }

    static async IAsyncEnumerable<(int InFlight, Measured[] Parts)> LevelsAsync(Kind kind, bool isDirect)
    {
        await using var fleet = await StartAsync(kind, isDirect);
        await RunAsync(fleet, kind, 8, WarmUp);
        foreach (var (inFlight, requests) in levels)
            yield return (inFlight, kind.Presignatures == 0
                ? [await MeasureAsync(fleet, kind, inFlight, requests)]
                : await BurstsAsync(fleet, kind, inFlight, requests));
    }

    /// <summary>Through a relay, without presignatures: median milliseconds and signatures a second.</summary>
    internal static async IAsyncEnumerable<(string Kind, int InFlight, double Median, double PerSecond)> RelayedAsync()
    {
        foreach (var kind in kinds.Where(kind => kind.Presignatures == 0))
            await foreach (var (inFlight, parts) in LevelsAsync(kind, isDirect: false))
                yield return (kind.Name, inFlight, parts[0].Milliseconds.Order().ElementAt(parts[0].Milliseconds.Length / 2), parts[0].Milliseconds.Length / parts[0].Seconds);
    }

    /// <summary>No more at once than are in stock, and the next ones when it is full again.</summary>
    static async Task<Measured[]> BurstsAsync(ProcessFleet fleet, Kind kind, int inFlight, int requests)
    {
        var bursts = new List<Measured>();
        for (; requests > 0; requests -= kind.Presignatures)
        {
            await UntilQuietAsync(fleet);
            bursts.Add(await MeasureAsync(fleet, kind, inFlight, kind.Presignatures));
        }
        return [.. bursts];
    }

    static async Task UntilQuietAsync(ProcessFleet fleet)
    {
        for (double before = -1, now = Cpu(fleet); now - before > 20; (before, now) = (now, Cpu(fleet)))
            await Task.Delay(250);
    }

    sealed record Measured(double[] Milliseconds, double Seconds, double Cpu, double ClientCpu, long? Bytes);

    static void Print(Kind kind, int inFlight, IReadOnlyList<Measured> parts)
    {
        var times = parts.SelectMany(part => part.Milliseconds).Order().ToArray();
        double PerSignature(Func<Measured, double> of) => parts.Sum(of) / times.Length;
        var bytes = parts.All(part => part.Bytes is not null) ? $"{PerSignature(part => part.Bytes!.Value),10:N0}" : $"{"?",10}";
        Console.WriteLine($"{kind.Name,-26}{inFlight,10}{times[times.Length / 2],9:F1}{times[times.Length * 99 / 100],9:F1}"
            + $"{times.Length / parts.Sum(part => part.Seconds),8:F0}{PerSignature(part => part.Cpu),9:F1}{PerSignature(part => part.ClientCpu),11:F1}{bytes}");
    }

    static double Cpu(ProcessFleet fleet) => fleet.Nodes.Values.Sum(node => ProcessCost.CpuMilliseconds(node.Id));

    static async Task<Measured> MeasureAsync(ProcessFleet fleet, Kind kind, int inFlight, int requests)
    {
        int[] nodes = [.. fleet.Nodes.Values.Select(node => node.Id)];
        long? Bytes() => ProcessCost.BytesSent(nodes, fleet.RelayPort);
        var prepared = Prepare(fleet, kind, requests);
        GC.Collect();
        var (bytes, cpu, client) = (Bytes(), Cpu(fleet), ProcessCost.CpuMilliseconds(Environment.ProcessId));
        var (times, seconds, replies) = await AskAsync(fleet, prepared, inFlight);
        var measured = new Measured(times, seconds, Cpu(fleet) - cpu, ProcessCost.CpuMilliseconds(Environment.ProcessId) - client, Bytes() - bytes);
        Verify(fleet, prepared, replies);
        return measured;
    }

    static SigningRequest[] Prepare(ProcessFleet fleet, Kind kind, int requests) =>
        [.. Enumerable.Range(0, requests).Select(_ => kind.Request(fleet.Acme, ++made))];

    /// <summary>Signs so many, and measures nothing.</summary>
    static async Task RunAsync(ProcessFleet fleet, Kind kind, int inFlight, int requests)
    {
        var prepared = Prepare(fleet, kind, requests);
        Verify(fleet, prepared, (await AskAsync(fleet, prepared, inFlight)).Replies);
    }

    // So many loops, each with one request at a time.
    static async Task<(double[] Milliseconds, double Seconds, Reply[] Replies)> AskAsync(ProcessFleet fleet, SigningRequest[] requests, int inFlight)
    {
        var messages = requests.Select(ProcessFleet.ToMessage).ToArray();
        var (times, replies) = (new double[requests.Length], new Reply[requests.Length]);
        var left = new ConcurrentQueue<int>(Enumerable.Range(0, requests.Length));
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, inFlight).Select(_ => Task.Run(async () =>
        {
            while (left.TryDequeue(out var i))
            {
                var asked = Stopwatch.GetTimestamp();
                var reply = await fleet.Nodes[Lead].SignAsync(messages[i]);
                times[i] = Stopwatch.GetElapsedTime(asked).TotalMilliseconds;
                replies[i] = new(reply.Signed?.Signatures.ToDictionary(s => (int)s.Input, s => s.Signature_.ToByteArray()) ?? [], reply.ToString());
            }
        })));
        return (times, Stopwatch.GetElapsedTime(begun).TotalSeconds, replies);
    }

    /// <summary>What a node has answered: the signatures by input, none where it refuses.</summary>
    sealed record Reply(IReadOnlyDictionary<int, byte[]> Signatures, string Text);

    static void Verify(ProcessFleet fleet, SigningRequest[] requests, Reply[] replies)
    {
        foreach (var (request, reply) in requests.Zip(replies))
        {
            var inputs = Deployment.Judges[request.Intent.Chain].Judge(request.Payload, fleet.Acme.Wallet, Deployment.Path).Inputs;
            if (reply.Signatures.Count != inputs.Length || !inputs.All(input => SigningKeys.Complete(fleet.Acme.Wallet, input, reply.Signatures[input.Index]) is not null))
                throw new InvalidOperationException($"not signed: {reply.Text}");
        }
    }

    /// <summary>What nodes that have just started take, while they still compile what they do.</summary>
    static async Task StartsAsync()
    {
        Console.WriteLine($"{"",-26}{"signatures",14}{"in flight",10}{"p50 ms",9}{"p99 ms",9}{"per s",8}{"CPU ms each",13}");
        foreach (var kind in (Kind[])[kinds[0], kinds[2]])
        {
            var begun = Stopwatch.GetTimestamp();
            await using var fleet = await StartAsync(kind);
            Console.WriteLine($"{kind.Name,-26}{"started",14}{"",10}{Stopwatch.GetElapsedTime(begun).TotalMilliseconds,9:F0}{"",17}{Cpu(fleet),13:F0}");
            foreach (var (from, to, inFlight) in ((int, int, int)[])[(1, 1, 1), (2, 10, 1), (11, 100, 1), (101, 500, 8), (501, 1_000, 8), (1_001, 1_100, 1)])
            {
                var part = await MeasureAsync(fleet, kind, inFlight, to - from + 1);
                var times = part.Milliseconds.Order().ToArray();
                Console.WriteLine($"{kind.Name,-26}{$"{from} to {to}",14}{inFlight,10}{times[times.Length / 2],9:F1}{times[times.Length * 99 / 100],9:F1}"
                    + $"{times.Length / part.Seconds,8:F0}{part.Cpu / times.Length,13:F1}");
            }
        }
    }

    /// <summary>How often nodes wait for each other: what a signature takes longer when every packet takes longer.</summary>
    static async Task TripsAsync()
    {
        Console.WriteLine($"{"",-26}{"p50 ms",9}{"p50 ms, " + Latency + " ms each way",24}{"trips one after the other",27}");
        foreach (var kind in kinds)
        {
            await using var fleet = await StartAsync(kind);
            await RunAsync(fleet, kind, 8, 100);
            await using var relay = await fleet.BetrayAsync(new(), 1);
            async Task<double> Median()
            {
                await UntilQuietAsync(fleet);
                return (await MeasureAsync(fleet, kind, 1, 15)).Milliseconds.Order().ElementAt(7);
            }
            // The nodes find the relay again.
            await Task.Delay(1_000);
            await RunAsync(fleet, kind, 1, 10);
            var near = await Median();
            relay.Latency = Latency;
            var far = await Median();
            Console.WriteLine($"{kind.Name,-26}{near,9:F1}{far,24:F1}{(far - near) / Latency,27:F1}");
        }
    }

    /// <summary>Resident memory of idle nodes, and what it grows by with sessions that wait for each other on a slow relay.</summary>
    static async Task MemoryAsync()
    {
        const int sessions = 24;
        Console.WriteLine($"{"KiB",-26}{"",-22}{"resident",10}{"anonymous",11}{"proportional",14}");
        foreach (var kind in kinds)
        {
            // Small generations, so that what is resident is near what is in use.
            await using var fleet = await StartAsync(kind, environment: new Dictionary<string, string> { ["DOTNET_GCgen0size"] = "100000" });
            void Show(string when)
            {
                foreach (var (number, node) in fleet.Nodes)
                {
                    var (resident, anonymous, proportional) = ProcessCost.Memory(node.Id);
                    Console.WriteLine($"{kind.Name,-26}{$"node {number}, {when}",-22}{resident,10:N0}{anonymous,11:N0}{proportional,14:N0}");
                }
            }
            await Task.Delay(2_000);
            Show("started");
            await RunAsync(fleet, kind, 24, 600);
            await UntilQuietAsync(fleet);
            Show("idle");
            await using var relay = await fleet.BetrayAsync(new(), 1);
            await Task.Delay(1_000);
            await RunAsync(fleet, kind, 1, 5);
            relay.Latency = 600;
            var before = fleet.Nodes.ToDictionary(node => node.Key, node => ProcessCost.Memory(node.Value.Id).Anonymous);
            var most = fleet.Nodes.Keys.ToDictionary(node => node, _ => (Sessions: 0u, Anonymous: 0L));
            var signing = RunAsync(fleet, kind, sessions, sessions);
            while (!signing.IsCompleted)
            {
                foreach (var (number, node) in fleet.Nodes)
                {
                    var now = ((await node.StatusAsync()).Sessions, ProcessCost.Memory(node.Id).Anonymous);
                    if (now.Item1 > 0 && now.Item2 > most[number].Anonymous)
                        most[number] = now;
                }
                await Task.Delay(50);
            }
            await signing;
            foreach (var (number, (open, anonymous)) in most.Where(m => m.Value.Sessions > 0))
                Console.WriteLine($"{kind.Name,-26}{$"node {number}, {open} sessions",-22}{"",10}{anonymous,11:N0}   {(anonymous - before[number]) / (double)open:N0} KiB a session");
        }
    }
}
