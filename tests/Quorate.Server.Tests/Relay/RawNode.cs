using Google.Protobuf;
using Quorate.Cryptography.Signatures;
using Quorate.Relay.V1;
using Quorate.Rpc;
using Quorate.Rpc.Client;
using static Quorate.Server.Tests.Relay.RelayFleet;

namespace Quorate.Server.Tests.Relay;

/// <summary>A node that speaks the relay's contract by hand.</summary>
sealed class RawNode : IDisposable
{
    static readonly Method<FromNode, ToNode> connect = new(RelayReflection.Descriptor.Services[0], "Connect");

    readonly RpcChannel channel;
    readonly AsyncDuplexStreamingCall<FromNode, ToNode> call;

    internal RawNode(string address)
    {
        channel = RpcChannel.ForAddress(address);
        call = channel.AsyncDuplexStreamingCall(connect);
    }

    internal static ByteString Key(int node) => ByteString.CopyFrom(Id(node).AsSpan());

    /// <summary>Connects and logs in as a node.</summary>
    internal static async Task<RawNode> LogIn(RelayFleet fleet, int node)
    {
        var raw = new RawNode(fleet.Address);
        await raw.Answer(node, node, Name);
        Assert.NotNull((await raw.Next()).Welcome);
        return raw;
    }

    /// <summary>Answers the challenge, as one node, with the key of one, for one relay.</summary>
    internal async Task Answer(int claimed, int signer, string relay)
    {
        var nonce = (await Next()).Challenge.Nonce;
        Assert.Equal(ConnectionProof.ChallengeSize, nonce.Length);
        await Send(new() { Login = new() { Node = Key(claimed), Proof = ByteString.CopyFrom(ConnectionProof.Sign(Identity(signer), relay, nonce.Span)) } });
    }

    internal async Task<ToNode> Next()
    {
        Assert.True(await call.ResponseStream.MoveNext(default).WaitAsync(TimeSpan.FromSeconds(60)), "The relay has ended the connection.");
        return call.ResponseStream.Current;
    }

    /// <summary>The status with which the relay ends the connection.</summary>
    internal async Task<StatusCode> End()
    {
        try
        {
            while (await call.ResponseStream.MoveNext(default).WaitAsync(TimeSpan.FromSeconds(60)))
            {
            }
            return StatusCode.OK;
        }
        catch (RpcException e)
        {
            return e.StatusCode;
        }
    }

    internal Task Send(FromNode message) => call.RequestStream.WriteAsync(message);

    internal Task Send(int to, ulong id, int size = 4) =>
        Send(new() { Send = new() { Peer = Key(to), Id = id, Body = ByteString.CopyFrom(new byte[size]) } });

    internal Task Received(int from, ulong id) => Send(new() { Received = new() { Peer = Key(from), Id = id } });

    public void Dispose()
    {
        call.Dispose();
        channel.Dispose();
    }
}
