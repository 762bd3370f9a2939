using Quorate.Benchmarks;

Action<string[]>? run = args.FirstOrDefault() switch
{
    "frost" => FrostBenchmarks.Run,
    "timing" => TimingLeak.Run,
    _ => null,
};
if (run is null)
{
    Console.Error.WriteLine("usage: bench frost | timing [MEASUREMENTS]");
    return 2;
}
run(args[1..]);
return 0;
