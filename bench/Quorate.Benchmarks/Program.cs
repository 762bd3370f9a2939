using Quorate.Benchmarks;

Action<string[]>? run = args.FirstOrDefault() switch
{
    "curves" => CurveBenchmarks.Run,
    "ed25519" => Ed25519Benchmarks.Run,
    "signatures" => SignatureBenchmarks.Run,
    "frost" => FrostBenchmarks.Run,
    "bip340" => Bip340Benchmarks.Run,
    "chains-bitcoin" => ChainsBitcoinBenchmarks.Run,
    "timing" => TimingLeak.Run,
    _ => null,
};
if (run is null)
{
    Console.Error.WriteLine("usage: bench curves | ed25519 | signatures | frost | bip340 | chains-bitcoin | timing [MEASUREMENTS]");
    return 2;
}
run(args[1..]);
return 0;
