using Quorate.Benchmarks;

Action<string[]>? run = args.FirstOrDefault() switch
{
    "curves" => CurveBenchmarks.Run,
    "frost" => FrostBenchmarks.Run,
    "signatures" => SignatureBenchmarks.Run,
    "timing" => TimingLeak.Run,
    _ => null,
};
if (run is null)
{
    Console.Error.WriteLine("usage: bench curves | frost | signatures | timing [MEASUREMENTS]");
    return 2;
}
run(args[1..]);
return 0;
