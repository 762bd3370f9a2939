using Quorate.Chains;
using Quorate.Chains.Bitcoin;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;
using Quorate.Testing.Interop;

namespace Quorate.Benchmarks;

/// <summary>
/// Building, decoding and digesting Bitcoin transactions, next to @scure/btc-signer on Node.js.
/// </summary>
static class ChainsBitcoinBenchmarks
{
    static readonly BitcoinNetwork network = BitcoinNetwork.Regtest;

    internal static void Run(string[] args)
    {
        using var peer = new JsonLineProcess("node", Repository.PathOf("bench/Quorate.Benchmarks/peers/bitcoin.mjs"), TimeSpan.FromMinutes(1));
        PeerProcess.Heading("ns for a whole transaction", "scure");
        foreach (var (kind, inputs) in new[] { (KeyScript.WitnessKeyHash, 2), (KeyScript.Taproot, 2), (KeyScript.WitnessKeyHash, 20) })
        {
            using var random = new SeededRandom(1, "bench");
            var coins = Enumerable.Range(0, inputs).Select(_ => MakeCoin(kind, random)).ToArray();
            var request = new SpendRequest
            {
                Required = [.. coins], Change = coins[0].Owner, FeeRate = new(2000), MaxFee = 1_000_000,
                Payments = [new(new BitcoinFormat(network).ParseAddress("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"), (ulong)inputs * 90_000)],
            };
            var psbt = Spending.Build(network, request, random).Psbt.Encode();
            var format = new BitcoinFormat(network);
            var own = coins.Select(c => c.Owner.AddressOn(network)).ToHashSet();
            var context = new DecodeContext(own.First(), Bip32Path.Root, own.Contains);
            var decoded = Psbt.Decode(psbt);
            var spent = coins.Length == 0 ? [] : SpentOutput.ReadAll(decoded).Select(s => s.Output!.Value).ToArray();
            var digest = new byte[32];

            Console.WriteLine($"{kind}, {inputs} inputs, 2 outputs");
            void Compare(string what, Action ours) => PeerProcess.Compare(
                peer, what, new() { ["what"] = what, ["psbt"] = Convert.ToHexStringLower(psbt) }, ours);
            Compare("build", () => Spending.Build(network, request, random).Psbt.Encode());
            Compare("decode", () => format.Decode(psbt, context));
            Compare("digest", () =>
            {
                var hash = new SignatureHash(decoded.Transaction, spent);
                for (var i = 0; i < spent.Length; i++)
                {
                    if (kind == KeyScript.Taproot)
                        hash.TaprootKey(i, SighashType.Default, digest);
                    else
                        hash.WitnessKeyHash(i, spent[i].Script.Span[2..], SighashType.All, digest);
                }
            });
        }
    }

    /// <summary>An output of 100,000 satoshi of an ordinary transaction with two outputs.</summary>
    static Coin MakeCoin(KeyScript kind, SeededRandom random)
    {
        using var key = EcdsaKey.Generate(random);
        var owner = WalletScript.Create(kind, key.PublicKey);
        var id = new byte[32];
        random.Fill(id);
        var previous = new BitcoinTransaction(
            2, [new(new(TxId.FromBytes(id), 0), 0xfffffffd, default, [new byte[71], new byte[33]])], [new(100_000, owner.Script), new(50_000, owner.Script)], 0);
        return new(new(previous.Id, 0), 100_000, owner, previous, isConfirmed: true);
    }
}
