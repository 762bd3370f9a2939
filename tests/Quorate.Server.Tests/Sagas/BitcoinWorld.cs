using Quorate.Chains;
using Quorate.Chains.Bitcoin;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;
using Quorate.Server.Lanes;
using Quorate.Server.Sagas;
using Quorate.Server.Transfers;
using Quorate.Testing;

namespace Quorate.Server.Tests.Sagas;

/// <summary>A wallet on one of Bitcoin's networks, with fewer coins than transfers, so that change is spent on its way.</summary>
sealed class BitcoinWorld : SagaWorld
{
    const int Deposits = 6;

    readonly BitcoinNetwork network = BitcoinNetwork.Regtest;
    readonly BitcoinPurse purse;
    readonly SimBitcoin chain;
    readonly Random random;
    readonly List<string> points = [];

    internal BitcoinWorld(Random random)
    {
        this.random = random;
        purse = new(network, random.Next(2) == 0 ? "wpkh" : "tr");
        chain = new(random);
        for (uint i = 0; i < Deposits; i++)
            chain.Deposit(purse.Open().Receive(i).Script, 4_000_000);
        points.AddRange(chain.Mined.Select(t => $"{t.Id}:0"));
        Scene = purse.Scene();
    }

    internal override SagaScene Scene { get; }

    internal override Amount MaxFee => 20_000;

    internal override ulong FinalDepth => SimBitcoin.FinalDepth;

    internal override ITransferDesk Desk(Turns turns, Turns.Life life, IEventLog log, SagaOptions options, ManualTime time)
    {
        var accounts = new BitcoinAccounts(network, chain.For(turns, life, () => IsAway), purse.Random, new() { FinalityDepth = SimBitcoin.FinalDepth });
        accounts.Add(purse.Open());
        return new BitcoinDesk(accounts, log);
    }

    internal override void Calm() => chain.Rate = FeeRate.Minimum;

    internal override void Mine(bool isSlow) => chain.Mine(isSlow);

    internal override void Drop() => chain.Drop();

    internal override void Reorganise(int depth) => chain.Reorganise(depth);

    internal override void ChangeFees() => chain.Rate = new((ulong)random.Next(1_000, 40_000));

    internal override TransferSubject? Special(TransferSubject.Payment wish, Random random)
    {
        var point = points[random.Next(points.Count)];
        return random.Next(6) switch
        {
            // Coin control.
            0 => wish with { Coins = new([point]) },
            // A transaction that somebody has built, over a coin that may be somebody else's by now.
            1 => new TransferSubject.Unsigned(wish.Chain, wish.From, new(Built(point, wish))),
            _ => null,
        };
    }

    byte[] Built(string point, TransferSubject.Payment wish)
    {
        var wallet = purse.Open();
        var at = OutPoint.Parse(point);
        var previous = chain.Mined.FirstOrDefault(t => t.Id == at.Transaction)!;
        var coin = new Coin(at, previous.Outputs[0].Value, wallet.Receive((uint)points.IndexOf(point)), previous, true);
        return Spending.Build(network, new()
        {
            Payments = [new(Scene.Format.ParseAddress(wish.To), Math.Max(1_000, wish.Amount.TryToUInt64(out var amount) ? amount : 0))], Required = [coin],
            Change = wallet.Change(0), FeeRate = new(5_000), MaxFee = 20_000,
        }, purse.Random).Psbt.Encode();
    }

    internal override bool IsMined(PreparedTransaction prepared)
    {
        var id = Psbt.Decode(prepared.Unsigned.Bytes.Span).Transaction.Id;
        return chain.Mined.Any(t => t.Id == id);
    }

    internal override Amount Received(string address)
    {
        var script = new BitcoinFormat(network).ScriptOf(Scene.Format.ParseAddress(address));
        return chain.Mined.SelectMany(t => t.Outputs).Where(o => o.Script.Span.SequenceEqual(script)).Aggregate(Amount.Zero, (sum, o) => sum + o.Value);
    }

    internal override async Task<string> LeftAsync(IEventLog log)
    {
        var lane = await new LaneStreams<CoinLane, CoinEvent>(log, CoinEvent.Catalog, CoinLane.Initial, (l, e) => l.After(e))
            .ReadAsync(CoinLane.Stream(network.Chain, Scene.Context.Signer.Text), default);
        return string.Join("; ", lane.Spends.Values.Where(s => !s.IsAbandoned));
    }
}

/// <summary>A Bitcoin wallet whose key is whole, in place of nodes that hold shares.</summary>
sealed class BitcoinPurse
{
    readonly BitcoinNetwork network;
    readonly string descriptor;
    readonly ExtendedPrivateKey master;

    internal BitcoinPurse(BitcoinNetwork network, string form, ulong seed = 1)
    {
        this.network = network;
        Random = new(seed, "purse");
        var bytes = new byte[32];
        Random.Fill(bytes);
        master = ExtendedPrivateKey.FromSeed(bytes);
        descriptor = $"{form}({master.Public.Encode(Bip32Network.Testnet)}/<0;1>/*)";
    }

    internal SeededRandom Random { get; }

    /// <summary>The wallet as somebody knows it who has just begun.</summary>
    internal DescriptorWallet Open() => DescriptorWallet.Parse(network, descriptor);

    /// <summary>Who plays along.</summary>
    internal SagaScene Scene()
    {
        var wallet = Open();
        var other = new BitcoinPurse(network, "wpkh", seed: 2).Open();
        return new(new BitcoinFormat(network, wallet), new(wallet.Receive(0).AddressOn(network), new(0, 0), wallet.Owns),
            other.Receive(0).AddressOn(network).Text, other.Receive(1).AddressOn(network).Text, Sign);
    }

    InputSignature Sign(SigningInput input)
    {
        using var child = master.Derive(input.Path!);
        if (input.Scheme == SignatureScheme.EcdsaSecp256k1)
        {
            using var ecdsa = new EcdsaKey(child.Secret.Copy());
            return new(input.Index, ecdsa.PublicKey.Encode(), ecdsa.Sign(input.Payload.Span).Signature.EncodeCompact());
        }
        using var schnorr = new Bip340Key(Bip341.TweakSecret(child.Secret, input.MerkleRoot!.Value.Span));
        return new(input.Index, schnorr.PublicKey.Encode(), schnorr.Sign(input.Payload.Span, new byte[32]).Encode());
    }
}
