using System.Buffers;
using System.Text;
using Google.Protobuf;
using Quorate.Rpc.Framing;
using Quorate.Rpc.Server;
using Quorate.Rpc.Tests.Services;
using Quorate.Rpc.Tests.V1;
using Quorate.Rpc.Transcoding;
using Quorate.Testing;

namespace Quorate.Rpc.Tests.Fuzzing;

/// <summary>What comes from the network is refused as documented, or means what it says; nothing else is thrown.</summary>
public sealed class FuzzTests
{
    const int Runs = 5_000, SizeMax = 64 * 1024;

    static readonly byte[] request = new EchoRequest { Text = "text", Payload = ByteString.CopyFrom(new byte[40]), Count = 3 }.ToByteArray();

    static readonly byte[] compressed = Gzip.Compress(request).WrittenMemory.ToArray();

    static readonly RouteTable routes = new RpcServices().Add(VaultsReflection.Descriptor.Services[0], new VaultService()).Routes;

    static readonly FuzzTarget framing = new(typeof(Frame), nameof(Frame), [Wire.Frames.Raw(0, request), [.. Wire.Frames.Raw(0, []), .. Wire.Frames.Raw(1, [1, 2])]], input =>
    {
        var buffer = new ReadOnlySequence<byte>(input);
        var output = new ArrayBufferWriter<byte>();
        try
        {
            while (Frame.TryRead(ref buffer, SizeMax, out var isCompressed, out var payload))
                output.Write(Wire.Frames.Raw(isCompressed ? (byte)1 : (byte)0, payload.ToArray()));
        }
        catch (RpcException)
        {
            return null;
        }
        // What is left is the beginning of a frame.
        output.Write(buffer.ToArray());
        return output.WrittenSpan.ToArray();
    });

    // Protobuf and gzip have many encodings of one value, so only the value has to survive.
    static readonly FuzzTarget messages = new(typeof(EchoRequest), "messages", [[0, .. request], [1, .. compressed]], input =>
    {
        if (input.Length == 0)
            return null;
        try
        {
            var message = Frame.Parse(new(input.AsMemory(1)), (input[0] & 1) == 1, true, SizeMax, EchoRequest.Parser);
            Assert.Equal(message, EchoRequest.Parser.ParseFrom(message.ToByteArray()));
            return input;
        }
        catch (RpcException)
        {
            return null;
        }
    })
    { AllocationLimit = (200, 10 * SizeMax) };

    static FuzzTarget Body(string path, params string[] samples) => new(typeof(JsonRequest), path, [.. samples.Select(Encoding.UTF8.GetBytes)], input =>
    {
        Assert.True(routes.TryMatch("POST", path, out var match, out _));
        return Accepts(match, input, []) ? input : null;
    })
    { AllocationLimit = (3_000, 2_000_000) };

    static readonly FuzzTarget query = new(typeof(RouteTable), "query", [.. new[]
    {
        "/v1/vaults/a/wallets?pageSize=7", "/v1/vaults/a%2Fb/wallets?states=STATE_ACTIVE", "/v1/vaults/a/wallets?createdAfter=2026-01-02T03:04:05Z",
        "/v1/vaults/a/wallets?age=1.5s", "/v1/vaults/a/wallets?owner.displayName=x", "/v1/vaults/a/wallets?readMask=a,b.c", "/v1/vaults/a/wallets?ratio=1e9",
        "/v1/tags/a/b:c", "/v1/wallets/eip155:1", "/v1/vaults/a/wallets?cursor=AAE=", "/v1/vaults/a/wallets?includeEmpty=true",
    }.Select(Encoding.Latin1.GetBytes)], input =>
    {
        var parts = Encoding.Latin1.GetString(input).Split('?', 2);
        if (!routes.TryMatch("GET", parts[0], out var match, out _))
            return null;
        var pair = parts.Length == 1 ? [] : parts[1].Split('=', 2);
        return Accepts(match, [], pair.Length == 2 ? [KeyValuePair.Create(pair[0], pair[1])] : []) ? input : null;
    })
    { AllocationLimit = (3_000, 2_000_000) };

    public static TheoryData<string> Names => [.. Targets.Keys];

    static Dictionary<string, FuzzTarget> Targets => new()
    {
        ["framing"] = framing,
        ["messages"] = messages,
        ["whole body"] = Body("/v1/transfers:preview", """{"wallet":"w","amount":"1","nonce":"-9","approvals":{"a":{"id":"1","counter":2}}}""", "{}"),
        ["body field"] = Body("/v1/vaults/a/wallets", """{"state":"STATE_ACTIVE","balance":12,"tags":["a"],"labels":{"k":"v"},"owner":{"devices":[{"counter":1e2}]}}""", "null"),
        ["query"] = query,
    };

    [Theory, MemberData(nameof(Names))]
    public void No_mutation_surprises_a_decoder(string name)
    {
        using var fuzzer = new Fuzzer(1);
        fuzzer.Run(Targets[name], Runs);
    }

    [Fact, Trait("Category", "Slow")]
    public void No_long_series_of_mutations_surprises_a_decoder()
    {
        using var fuzzer = new Fuzzer(1_000_000);
        foreach (var target in Targets.Values)
            fuzzer.Run(target, 20 * Runs);
    }

    // What was understood says the same when it is written and read again.
    static bool Accepts(RouteMatch match, ReadOnlySpan<byte> body, KeyValuePair<string, string>[] parameters)
    {
        try
        {
            var message = JsonRequest.Read(match, body, parameters);
            Assert.Equal(message, JsonKinds.Parse(message.Descriptor, JsonFormatter.Default.Format(message)));
            return true;
        }
        catch (RpcException e)
        {
            Assert.NotEmpty(e.GetProblem()!.Errors);
            return false;
        }
    }
}
