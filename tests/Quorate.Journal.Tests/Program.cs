namespace Quorate.Journal.Tests;

static class Program
{
    static Task<int> Main(string[] args) => Task.FromResult(args.Length);
}
