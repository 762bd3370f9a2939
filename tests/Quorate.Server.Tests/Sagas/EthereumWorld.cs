using System.Security.Cryptography;
using Quorate.Chains;
using Quorate.Chains.Ethereum;
using Quorate.Policies;
using Quorate.Server.Lanes;
using Quorate.Server.Sagas;
using Quorate.Server.Transfers;
using Quorate.Testing;
using NonceLane = Quorate.Server.Lanes.NonceLane;

namespace Quorate.Server.Tests.Sagas;

/// <summary>An account on a chain of Ethereum's kind.</summary>
sealed class EthereumWorld : SagaWorld
{
    readonly EthereumFormat format = new(31337);
    readonly SimEthereum chain;
    readonly Random random;

    internal EthereumWorld(Random random)
    {
        (this.random, Scene) = (random, new(format));
        chain = new(format, Scene.Context, random);
    }

    internal override SagaScene Scene { get; }

    /// <summary>How often the chain was asked how many transactions there are.</summary>
    internal int Counts => chain.Asked;

    internal override Amount MaxFee => 21_000UL * 400;

    internal override ulong FinalDepth => SimEthereum.FinalDepth;

    internal override ITransferDesk Desk(Turns turns, Turns.Life life, IEventLog log, SagaOptions options, ManualTime time) =>
        new EthereumDesk(chain.For(turns, life, () => IsAway), log, options, time);

    internal override void Calm() => chain.BaseFee = 10;

    internal override void Mine(bool isSlow) => chain.Mine(isSlow);

    internal override void Drop() => chain.Drop();

    internal override void Reorganise(int depth) => chain.Reorganise(depth);

    internal override void ChangeFees() => chain.BaseFee = (ulong)random.Next(1, 60);

    internal override bool IsMined(PreparedTransaction prepared) =>
        chain.Mined.Any(t => new Digest(SHA256.HashData(EthereumTransactionCodec.Encode(t))) == prepared.Hash);

    internal override Amount Received(string address) =>
        chain.Mined.Where(t => format.ToAddress(t.To!.Value).Text == address).Aggregate(Amount.Zero, (sum, t) => sum + t.Value);

    internal override async Task<string> LeftAsync(IEventLog log)
    {
        var account = Scene.Context.Signer;
        var lane = await new LaneStreams<NonceLane, NonceEvent>(log, NonceEvent.Catalog, NonceLane.Initial, (l, e) => l.After(e)).ReadAsync(NonceLane.Stream(account), default);
        var funds = await new LaneStreams<FundsLane, FundsEvent>(log, FundsEvent.Catalog, FundsLane.Initial, (l, e) => l.After(e)).ReadAsync(FundsLane.Stream(account), default);
        return lane.Slots.Values.All(s => s.IsAbandoned) && !lane.Gaps().Any() && funds.Holds.IsEmpty
            ? ""
            : $"lane {lane.Mined} {lane.Pending} {lane.Final} {string.Join(", ", lane.Slots)}; funds of {string.Join(", ", funds.Holds.Keys)}";
    }
}
