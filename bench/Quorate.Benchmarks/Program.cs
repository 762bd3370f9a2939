using Quorate.Benchmarks;
FrostBenchmarks.Run(args);
