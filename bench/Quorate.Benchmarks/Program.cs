using Quorate.Benchmarks;
using Quorate.Benchmarks.Overview;

Dictionary<string, Action<string[]>> benchmarks = new()
{
    ["overview"] = OverviewBenchmarks.Run,
    ["curves"] = CurveBenchmarks.Run,
    ["ed25519"] = Ed25519Benchmarks.Run,
    ["signatures"] = SignatureBenchmarks.Run,
    ["frost"] = FrostBenchmarks.Run,
    ["bip340"] = Bip340Benchmarks.Run,
    ["dkls23"] = Dkls23Benchmarks.Run,
    ["dkls23-vectors"] = Dkls23Vectors.Run,
    ["journal"] = JournalBenchmarks.Run,
    ["rpc"] = RpcBenchmarks.Run,
    ["policies"] = PolicyBenchmarks.Run,
    ["gate"] = GateBenchmarks.Run,
    ["signing"] = SigningBenchmarks.Run,
    ["server"] = ServerBenchmarks.Run,
    ["api"] = ApiBenchmarks.Run,
    ["limits"] = LimitBenchmarks.Run,
    ["tracing"] = TracingBenchmarks.Run,
    ["transfers"] = TransferBenchmarks.Run,
    ["webhooks"] = WebhookBenchmarks.Run,
    ["chains-ethereum"] = ChainsEthereumBenchmarks.Run,
    ["chains-bitcoin"] = ChainsBitcoinBenchmarks.Run,
    ["chains-solana"] = ChainsSolanaBenchmarks.Run,
    ["timing"] = TimingLeak.Run,
};
if (args.Length == 0 || !benchmarks.TryGetValue(args[0], out var run))
{
    Console.Error.WriteLine($"usage: bench {string.Join(" | ", benchmarks.Keys)}");
    Console.Error.WriteLine("       bench overview [--json] [GROUP …]; bench timing [MEASUREMENTS]; bench journal or server [sqlite | postgres] [million]; bench transfers or webhooks [sqlite | postgres]; bench signing [relay | direct | trips | memory | start]");
    return 2;
}
run(args[1..]);
return Environment.ExitCode;
