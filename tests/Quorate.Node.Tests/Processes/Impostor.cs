using Quorate.Chains;
using Quorate.Cryptography.Curves;
using Quorate.Cryptography.Secrets;
using Quorate.Node.Channel;
using Quorate.Node.Letters;
using Quorate.Node.Sessions;
using Quorate.Node.Signing;
using Quorate.Node.Tests.Sessions;
using Quorate.Node.Transport;
using Quorate.Policies;
using Quorate.Rpc.Client;
using Quorate.Threshold.Dkls23;
using Quorate.Threshold.Frost;
using Quorate.Threshold.Lifecycle;
using Quorate.Threshold.Sessions;

namespace Quorate.Node.Tests.Processes;

/// <summary>
/// One of a fleet's nodes, played by the test: its identity, its shares and its connection to the relay are real. It joins
/// whatever it is offered, follows the protocols, and changes what a test has it change.
/// </summary>
sealed class Impostor : IAsyncDisposable
{
    readonly ProcessFleet fleet;
    readonly PartyId me;
    readonly RelayTransport transport;
    readonly Switchboard board;
    readonly Correspondence letters;
    readonly CancellationTokenSource closing = new();
    int offers;

    internal Impostor(ProcessFleet fleet, int me)
    {
        (this.fleet, this.me) = (fleet, new(me));
        var key = fleet.Acme.Key($"node-{me}");
        transport = new(RpcChannel.ForAddress(fleet.RelayAddress), "relay.test", key, new(), TimeProvider.System, SystemRandom.Shared);
        board = new(transport, fleet.Acme.Genesis.Nodes.Select(n => n.Id).ToHashSet());
        letters = new(board, key, fleet.Acme.Genesis.Hash.ToArray(), TimeProvider.System, SystemRandom.Shared);
        letters.Answer(Topic.Sign, AnswerAsync);
    }

    /// <summary>Changes a frame, by its round.</summary>
    internal Func<byte, byte[], byte[]> Change { get; set; } = (_, frame) => frame;

    /// <summary>From this round on it says nothing.</summary>
    internal byte MuteFrom { get; set; } = byte.MaxValue;

    /// <summary>Whether it comes to the sessions that it has joined.</summary>
    internal bool Comes { get; set; } = true;

    /// <summary>What it answers to an offer; that it joins, if a test says nothing else.</summary>
    internal byte[] Answer { get; set; } = new SigningAnswer.Joining().Encode();

    /// <summary>Offers that have reached it.</summary>
    internal int Offers => offers;

    /// <summary>Waits until the relay has let it in.</summary>
    internal async Task UntilConnectedAsync()
    {
        for (var i = 0; !transport.IsConnected; i++)
        {
            Assert.True(i < 300);
            await Task.Delay(20);
        }
    }

    /// <summary>Writes to a node, as a lead does.</summary>
    internal Task<byte[]?> AskAsync(int node, byte[] body) =>
        letters.AskAsync(fleet.Acme.Id($"node-{node}"), Topic.Sign, body, TimeSpan.FromSeconds(5), closing.Token);

    Task<byte[]> AnswerAsync(NodeId lead, ReadOnlyMemory<byte> body, CancellationToken cancellation)
    {
        var (offer, _) = SigningOffer.Decode(body.Span);
        if (offer is null)
            return Task.FromResult<byte[]>([]);
        Interlocked.Increment(ref offers);
        if (Comes)
            foreach (var input in offer.Inputs)
                _ = Task.Run(() => TakePartAsync(offer, input), CancellationToken.None);
        return Task.FromResult(Answer);
    }

    Task TakePartAsync(SigningOffer offer, int index)
    {
        var intent = offer.Request.Intent;
        var path = intent.Signatures[0].Path;
        var input = Deployment.Judges[intent.Chain].Judge(offer.Request.Payload, fleet.Acme.Wallet, path).Inputs.Single(i => i.Index == index);
        var description = Signer.Describe(fleet.Acme.Genesis, intent, fleet.Acme.Wallet, input, offer.AttemptOf(index), offer.Quorum, null);
        return input.Scheme == SignatureScheme.EcdsaSecp256k1
            ? RunAsync(description, id => new Dkls23Sign(
                id, ProcessFleet.EcdsaOf(me).Derive(path), offer.Quorum, input.Payload.Span, new Testing.BanList(), SystemRandom.Shared))
            : RunAsync(description, id => new FrostSign<Ed25519>(
                FrostSuite.Ed25519, id, ProcessFleet.Ed25519Of(me).DeriveChild(path), offer.Quorum, input.Payload.Span, SystemRandom.Shared));
    }

    async Task RunAsync<TOutput>(SessionDescription description, Func<SessionId, Protocol<TOutput>> protocol) where TOutput : class
    {
        using var turncoat = new Turncoat<TOutput>(description, me.Value, fleet.Acme.Key($"node-{me.Value}"), protocol)
        {
            SaysProgress = false, Change = (_, round, frame) => Change(round, frame), MuteFrom = MuteFrom,
        };
        using var line = board.Connect(description.Attempt);
        while (turncoat.Group.Failure is null)
        {
            foreach (var packet in turncoat.Group.TakeOutgoing())
                await line.SendAsync(packet, closing.Token);
            var arrival = await line.ReceiveAsync(closing.Token);
            turncoat.Receive(arrival.From, arrival.Bytes.ToArray());
        }
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        await letters.DisposeAsync();
        await board.DisposeAsync();
        closing.Dispose();
    }
}
