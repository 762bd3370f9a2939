using Quorate.Benchmarks;

Action<string[]>? run = args.FirstOrDefault() switch
{
    "curves" => CurveBenchmarks.Run,
    "ed25519" => Ed25519Benchmarks.Run,
    "signatures" => SignatureBenchmarks.Run,
    "frost" => FrostBenchmarks.Run,
    "bip340" => Bip340Benchmarks.Run,
    "dkls23" => Dkls23Benchmarks.Run,
    "dkls23-vectors" => Dkls23Vectors.Run,
    "journal" => JournalBenchmarks.Run,
    "rpc" => RpcBenchmarks.Run,
    "policies" => PolicyBenchmarks.Run,
    "chains-ethereum" => ChainsEthereumBenchmarks.Run,
    "chains-bitcoin" => ChainsBitcoinBenchmarks.Run,
    "timing" => TimingLeak.Run,
    _ => null,
};
if (run is null)
{
    Console.Error.WriteLine("usage: bench curves | ed25519 | signatures | frost | bip340 | dkls23 | dkls23-vectors | timing [MEASUREMENTS]");
    Console.Error.WriteLine("usage: bench curves | ed25519 | signatures | frost | bip340 | journal [sqlite | postgres] [million] | timing [MEASUREMENTS]");
    Console.Error.WriteLine("usage: bench curves | ed25519 | signatures | frost | bip340 | rpc | timing [MEASUREMENTS]");
    Console.Error.WriteLine("usage: bench curves | ed25519 | signatures | frost | bip340 | policies | timing [MEASUREMENTS]");
    Console.Error.WriteLine("usage: bench curves | ed25519 | signatures | frost | bip340 | chains-ethereum | timing [MEASUREMENTS]");
    Console.Error.WriteLine("usage: bench curves | ed25519 | signatures | frost | bip340 | chains-bitcoin | timing [MEASUREMENTS]");
    return 2;
}
run(args[1..]);
return 0;
