using System.Text.Json.Nodes;
using Quorate.Chains;
using Quorate.Chains.Solana;
using Quorate.Chains.Solana.Programs;
using Quorate.Cryptography.Derivation;
using Quorate.Cryptography.Signatures;
using Quorate.Testing;
using Quorate.Testing.Interop;

namespace Quorate.Benchmarks;

/// <summary>Building, decoding and digesting transfers of SOL and of a token, next to @solana/web3.js on Node.js.</summary>
static class ChainsSolanaBenchmarks
{
    internal static void Run(string[] args)
    {
        using var peer = new JsonLineProcess("node", Repository.PathOf("bench/Quorate.Benchmarks/peers/solana.mjs"), TimeSpan.FromMinutes(1));
        using var random = new SeededRandom(1, "bench");
        using var key = Ed25519Key.Generate(random);
        using var other = Ed25519Key.Generate(random);
        var format = new SolanaFormat(SolanaCluster.Mainnet);
        var (from, to) = (format.ToAddress(SolanaAddress.FromPublicKey(key.PublicKey)), format.ToAddress(SolanaAddress.FromPublicKey(other.PublicKey)));
        var mint = SolanaAddress.Parse("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v");
        var context = new DecodeContext(from, Bip32Path.Root);
        var terms = new TransferTerms(new MessageLifetime.Recent(SolanaCluster.Mainnet.GenesisHash))
        {
            UnitLimit = 60_000, UnitPrice = 10_000, Mint = new(ProgramIds.Token, 6),
        };

        PeerProcess.Heading("a transfer, ns", "web3.js");
        foreach (var (name, asset) in new[] { ("SOL", format.Coin), ("a token", format.Token(mint)) })
        {
            var transfer = new Transfer(from, to, asset, 250_000_000);
            var unsigned = format.Build(transfer, terms).Encode();
            Console.WriteLine(name);
            void Compare(string what, string label, Action ours) => PeerProcess.Compare(peer, label, new()
            {
                ["what"] = what, ["bytes"] = Convert.ToHexStringLower(unsigned), ["from"] = from.Text, ["to"] = to.Text,
                ["mint"] = asset == format.Coin ? null : JsonValue.Create(mint.ToString()),
            }, ours);
            Compare("build", "build", () => format.Build(transfer, terms).Encode());
            Compare("decode", "decode into effects", () => format.Decode(unsigned, context));
            if (asset != format.Coin)
                Compare("decodeWithOwners", "the same, peer tells the owners too", () => format.Decode(unsigned, context));
            Compare("digest", "digest, from the bytes", () => format.GetSigningInputs(unsigned, context));
        }
    }
}
