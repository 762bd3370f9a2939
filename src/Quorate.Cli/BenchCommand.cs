using System.CommandLine;

namespace Quorate.Cli;

/// <summary><c>quorate bench</c>: the checkout's script <c>./quorate</c> carries it out, and this tells of it.</summary>
static class BenchCommand
{
    internal static Command Create()
    {
        var command = new Command("bench",
            """
            Measure this machine and print one table with ratios to peers: curves, FROST, DKLs23, signatures by three node processes,
            calls of the API, verification of an exported journal. It takes a checkout: the peers are no part of this executable.

            Example:
              ./quorate bench frost dkls23
            """) { TreatUnmatchedTokensAsErrors = false };
        command.SetAction(int (_) => throw new CliException("the benchmarks run from a checkout of Quorate: ./quorate bench", CliException.Usage));
        return command;
    }
}
