using Quorate.Benchmarks;

switch (args.FirstOrDefault())
{
    case "curves":
        CurveBenchmarks.Run(args[1..]);
        return 0;
    default:
        Console.Error.WriteLine("usage: Quorate.Benchmarks curves");
        return 2;
}
