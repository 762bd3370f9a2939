using System.Net;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Quorate.Chains.Ethereum;
using Quorate.Rpc;
using Quorate.Rpc.Client;
using Quorate.Server.Hosting;
using Quorate.Server.Limits;
using Quorate.Testing;
using Quorate.V1;

namespace Quorate.Server.Tests.Api;

/// <summary>
/// Whatever a caller sends, it is the caller's mistake: no input is answered with a fault of the server, and nothing that was
/// answered as done is missing in the journal.
/// </summary>
public sealed class ApiFuzzTests : IAsyncLifetime
{
    readonly ApiServer server = Generous();
    readonly List<string> known = ["", "x", "*", "alice", "0", "-1", "340282366920938463463374607431768211456", "eip155:31337", "eip155:31337/slip44:60",
        "0x00000000000000000000000000000000000000B0", "\0", "ä\u202e\ud83d\ude00", "../..", "%2e%2e%2f", new string('a', 5_000), "'; DROP TABLE events; --", "{}", "[]", "null", "2026-11-21T12:00:00Z"];
    readonly List<string> made = [];

    static ApiServer Generous()
    {
        var much = new Rate(Rate.MaxQuota, TimeSpan.FromSeconds(1));
        return new()
        {
            With = options => options with
            {
                Chains = [new EthereumSettings(new EthereumFormat(31_337, KnownContracts.None), new("http://127.0.0.1:9"))],
                Limits = new() { Reads = much, Writes = much, Replays = much, ApiKey = much, Wallet = much, Address = much, WalletVelocity = much, SameMessage = much },
            },
        };
    }

    static IEnumerable<MethodDescriptor> Methods =>
        typeof(VaultsReflection).Assembly.GetTypes().Where(t => t.Namespace == "Quorate.V1" && t.Name.EndsWith("Reflection", StringComparison.Ordinal))
            .Select(t => (FileDescriptor)t.GetProperty("Descriptor")!.GetValue(null)!).SelectMany(f => f.Services).SelectMany(s => s.Methods)
            // It would end the caller's own key, or rotate it.
            .Where(m => m.Name is not ("RevokeKey" or "RotateKey" or "SetKeyNetworks") && !m.IsServerStreaming && !m.IsClientStreaming);

    public async Task InitializeAsync()
    {
        await server.InitializeAsync();
        var vault = await server.CallAsync<Vault>(VaultsReflection.Descriptor, new CreateVaultRequest { Name = "Real" });
        var wallet = await server.CallAsync<Wallet>(WalletsReflection.Descriptor, new CreateWalletRequest { Vault = vault.Id, Name = "real" });
        known.AddRange([vault.Id, wallet.Id, vault.Id.ToUpperInvariant(), vault.Id[..^1]]);
    }

    public Task DisposeAsync() => server.DisposeAsync();

    [Fact]
    public Task No_request_in_gRPC_or_JSON_is_answered_with_a_fault_of_the_server() => RunAsync(1, 6);

    [Fact]
    [Trait("Category", "Slow")]
    public Task Nor_are_many_more() => RunAsync(2, 600);

    async Task RunAsync(ulong seed, int rounds)
    {
        using var random = new SeededRandom(seed, "api");
        using var channel = server.Channel();
        using var http = server.Http();
        for (var round = 0; round < rounds; round++)
        {
            foreach (var method in Methods)
            {
                var request = Message(method.InputType, random, 0);
                await InGrpcAsync(channel, method, request);
                foreach (var rule in Bindings(method))
                    await InJsonAsync(http, method, rule.Verb, PathOf(rule.Path, random), random.Below(3) == 0 ? Mutate(JsonFormatter.Default.Format(request), random) : JsonFormatter.Default.Format(request));
            }
        }
        // What was answered with an id is there, and the whole journal verifies.
        await server.RestartAsync();
        foreach (var vault in made)
            Assert.Equal(1, (await server.Store.Vaults.ReadAsync(vault)).Version);
        Assert.NotEmpty(made);
    }

    async Task InGrpcAsync(RpcChannel channel, MethodDescriptor method, IMessage request)
    {
        try
        {
            var answer = await ApiServer.CallAsync(channel, method, request, method.GetOptions().GetExtension(AccessExtensions.Access).Cost is CallCost.Read or CallCost.Replay ? null : Guid.NewGuid().ToString());
            if (answer is Vault { Version: 1 } vault && method.Name == "CreateVault")
                made.Add(vault.Id);
        }
        catch (RpcException refused)
        {
            Assert.True(IsCallers(refused.StatusCode, refused.GetProblem()?.Code), $"{method.FullName} {request}: {refused.Status}");
        }
    }

    // A chain whose node is away and webhooks without a key are no fault of a request, and said so.
    static bool IsCallers(StatusCode status, string? code) =>
        status is not (StatusCode.Unknown or StatusCode.Internal or StatusCode.DataLoss or StatusCode.Unavailable or StatusCode.Unauthenticated or StatusCode.DeadlineExceeded) && code is not null;

    async Task InJsonAsync(HttpClient http, MethodDescriptor method, string verb, string path, string body)
    {
        using var request = new HttpRequestMessage(new(verb), path);
        if (verb is not ("GET" or "DELETE"))
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = new("application/json") } };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", Guid.NewGuid().ToString());
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True((int)answer.StatusCode is >= 200 and < 500 && answer.StatusCode != HttpStatusCode.Unauthorized, $"{verb} {path} {body}: {(int)answer.StatusCode} {text}");
        if (!answer.IsSuccessStatusCode)
            Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    static IEnumerable<(string Verb, string Path)> Bindings(MethodDescriptor method)
    {
        var rule = method.GetOptions().GetExtension(Google.Api.AnnotationsExtensions.Http);
        foreach (var http in rule.AdditionalBindings.Prepend(rule))
            yield return http.PatternCase switch
            {
                Google.Api.HttpRule.PatternOneofCase.Get => ("GET", http.Get),
                Google.Api.HttpRule.PatternOneofCase.Post => ("POST", http.Post),
                Google.Api.HttpRule.PatternOneofCase.Put => ("PUT", http.Put),
                Google.Api.HttpRule.PatternOneofCase.Patch => ("PATCH", http.Patch),
                _ => ("DELETE", http.Delete),
            };
    }

    string PathOf(string template, SeededRandom random) => string.Concat(template.Split('{', '}').Select((part, i) => i % 2 == 0 ? part : Escaped(known[random.Below(known.Count)])));

    static string Escaped(string segment) => segment.Length is 0 or > 2_000 ? "x" : Uri.EscapeDataString(segment.Replace("\0", "0", StringComparison.Ordinal));

    const string Marks = "{}[]\",:\\0e-\u00e9";

    static string Mutate(string json, SeededRandom random)
    {
        var text = new StringBuilder(json);
        for (var changes = 1 + random.Below(4); changes > 0; changes--)
        {
            var at = random.Below(text.Length + 1);
            switch (random.Below(3))
            {
                case 0: text.Insert(at, Marks[random.Below(Marks.Length)]); break;
                case 1 when at < text.Length: text.Remove(at, 1); break;
                default: text.Insert(at, at < text.Length ? text.ToString(0, at) : ""); break;
            }
            if (text.Length > 100_000)
                break;
        }
        return text.ToString();
    }

    static byte[] Bytes(int count, SeededRandom random)
    {
        var bytes = new byte[count];
        random.Fill(bytes);
        return bytes;
    }

    IMessage Message(MessageDescriptor type, SeededRandom random, int depth)
    {
        var message = (IMessage)Activator.CreateInstance(type.ClrType)!;
        foreach (var field in type.Fields.InDeclarationOrder())
        {
            if (random.Below(4) == 0)
                continue;
            if (field.IsMap)
                continue;
            if (field.IsRepeated)
            {
                var list = (System.Collections.IList)field.Accessor.GetValue(message);
                for (var count = random.Below(4); count > 0; count--)
                    list.Add(Value(field, random, depth));
            }
            else if (Value(field, random, depth) is { } value)
                field.Accessor.SetValue(message, value);
        }
        return message;
    }

    object? Value(FieldDescriptor field, SeededRandom random, int depth) => field.FieldType switch
    {
        FieldType.String => known[random.Below(known.Count)],
        FieldType.Bytes => ByteString.CopyFrom(Bytes(random.Below(3) == 0 ? 32 : random.Below(200), random)),
        FieldType.Bool => random.Below(2) == 0,
        FieldType.Int32 => (int[])[0, 1, -1, 200, 201, int.MaxValue, int.MinValue] is var ints ? ints[random.Below(ints.Length)] : 0,
        FieldType.Int64 => (long[])[0, 1, -1, long.MaxValue, long.MinValue] is var longs ? longs[random.Below(longs.Length)] : 0L,
        FieldType.UInt32 => (uint[])[0, 1, 7, uint.MaxValue] is var uints ? uints[random.Below(uints.Length)] : 0U,
        FieldType.UInt64 => (ulong[])[0, 1, ulong.MaxValue] is var ulongs ? ulongs[random.Below(ulongs.Length)] : 0UL,
        FieldType.Double => (double[])[0, -1.5, double.MaxValue] is var doubles ? doubles[random.Below(doubles.Length)] : 0D,
        FieldType.Enum => System.Enum.ToObject(field.EnumType.ClrType, random.Below(9)),
        FieldType.Message when field.MessageType == Timestamp.Descriptor => ((Timestamp[])
        [
            new(), Timestamp.FromDateTime(DateTime.UtcNow.AddHours(1)), new() { Seconds = 253_402_300_799 }, new() { Seconds = -62_135_596_800 }, Timestamp.FromDateTime(DateTime.UtcNow.AddDays(20)),
        ])[random.Below(5)],
        FieldType.Message when field.MessageType == Struct.Descriptor => Struct.Parser.ParseJson((string[])
        [
            "{}", """{"quorateAct":1}""", """{"a":{"b":[1,null,"x"]}}""", """{"quorateCeremony":1,"deployment":"x","id":"a","expiresAt":"z","ceremony":{}}""", """{"rawId":"AA","response":{}}""", """{"member":"alice","device":"laptop","signature":"00"}""",
        ] is var texts ? texts[random.Below(texts.Length)] : ""),
        FieldType.Message when depth < 3 => Message(field.MessageType, random, depth + 1),
        _ => null,
    };
}
