using System.Security.Cryptography;
using System.Text;
using Quorate.Chains;
using Quorate.Chains.Solana;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;
using Quorate.Server.Lanes;
using Quorate.Server.Sagas;
using Quorate.Server.Transfers;
using Quorate.Testing;

namespace Quorate.Server.Tests.Sagas;

/// <summary>An account on a cluster, with two durable nonces or none: fewer than transfers.</summary>
sealed class SolanaWorld : SagaWorld
{
    static readonly SeededRandom seeded = new(1, "solana");

    internal static readonly Ed25519Key Key = Ed25519Key.Generate(seeded);

    readonly SolanaFormat format = new(new("local", new(SHA256.HashData("cluster"u8))));
    readonly SimSolana chain;
    readonly Random random;
    readonly Address[] nonces;

    internal SolanaWorld(Random random)
    {
        this.random = random;
        Scene = SceneOn(format);
        chain = new(format, Scene.Context, random);
        nonces = [.. Enumerable.Range(0, random.Next(2) * 2).Select(i => Place($"nonce {i}"))];
        foreach (var nonce in nonces)
            chain.AddNonce(format.ToBytes(nonce));
    }

    /// <summary>Who plays along on any cluster.</summary>
    internal static SagaScene SceneOn(SolanaFormat format) => new(
        format, new(format.ToAddress(SolanaAddress.FromPublicKey(Key.PublicKey)), Bip32Path.Root), Keyed(format, "to").Text, Keyed(format, "never").Text,
        input => new(input.Index, Key.EncodedPublicKey.ToArray(), Key.Sign(input.Payload.Span)));

    internal override SagaScene Scene { get; }

    internal override Amount MaxFee => 20_000;

    internal override ulong FinalDepth => SimSolana.FinalDepth;

    internal override ITransferDesk Desk(Turns turns, Turns.Life life, IEventLog log, SagaOptions options, ManualTime time)
    {
        var desk = new SolanaDesk(chain.For(turns, life, () => IsAway), log, options);
        _ = AddAsync();
        return desk;

        // As a server does when it begins; where the node is away it does without until the next time.
        async Task AddAsync()
        {
            try
            {
                foreach (var nonce in nonces)
                    await desk.AddNonceAsync(Scene.Context.Signer, nonce, default);
            }
            catch (ChainException)
            {
            }
        }
    }

    internal override void Calm() => chain.Price = 1_000;

    internal override void Mine(bool isSlow) => chain.Mine(isSlow);

    internal override void Drop() => chain.Drop();

    internal override void Reorganise(int depth) => chain.Reorganise(depth);

    internal override void ChangeFees() => chain.Price = (ulong)random.Next(1_000, 100_000);

    internal override TransferSubject? Special(TransferSubject.Payment wish, Random random)
    {
        if (nonces.Length == 0 || random.Next(8) > 0)
            return null;
        // A message that somebody has built under a nonce as it was in the beginning.
        var nonce = format.ToBytes(nonces[0]);
        var life = new MessageLifetime.Durable(nonce, format.ToBytes(Scene.Context.Signer), new(SHA256.HashData(Encoding.UTF8.GetBytes($"{nonces[0].Text} after "))));
        var message = format.Build(new(Scene.Context.Signer, format.ParseAddress(wish.To), wish.Asset, wish.Amount), new(life) { UnitLimit = 100_000, UnitPrice = 2_000 });
        return new TransferSubject.Unsigned(wish.Chain, wish.From, new(message.Encode()));
    }

    internal override bool IsMined(PreparedTransaction prepared)
    {
        var message = SolanaMessage.Decode(prepared.Unsigned.Bytes.Span);
        return chain.Mined.Any(message.Equals);
    }

    internal override Amount Received(string address) => chain.Mined.SelectMany(m => chain.EffectsOf(m).Items.OfType<Effect.Transfer>())
        .Where(t => t.Recipient?.Text == address).Aggregate(Amount.Zero, (sum, t) => sum + t.Amount);

    internal override async Task<string> LeftAsync(IEventLog log)
    {
        var account = Scene.Context.Signer;
        var lane = await new LaneStreams<LifetimeLane, LifetimeEvent>(log, LifetimeEvent.Catalog, LifetimeLane.Initial, (l, e) => l.After(e)).ReadAsync(LifetimeLane.Stream(account), default);
        var funds = await new LaneStreams<FundsLane, FundsEvent>(log, FundsEvent.Catalog, FundsLane.Initial, (l, e) => l.After(e)).ReadAsync(FundsLane.Stream(account), default);
        return string.Join("; ", lane.Lives.Where(l => !l.Value.IsAbandoned).Select(l => $"{l}").Concat(funds.Holds.Keys.Select(h => $"funds of {h}")));
    }

    Address Place(string name) => format.ToAddress(new(SHA256.HashData(Encoding.UTF8.GetBytes(name))));

    static Address Keyed(SolanaFormat format, string name)
    {
        using var random = new SeededRandom(7, name);
        using var key = Ed25519Key.Generate(random);
        return format.ToAddress(SolanaAddress.FromPublicKey(key.PublicKey));
    }
}
