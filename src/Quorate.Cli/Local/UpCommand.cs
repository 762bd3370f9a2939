using System.CommandLine;
using Quorate.Cli.Node;

namespace Quorate.Cli.Local;

/// <summary><c>quorate up</c>.</summary>
static class UpCommand
{
    internal static Command Create()
    {
        var command = new Command("up",
            """
            Run a whole organisation on this machine, for trying: a wallet server, three nodes of which two sign, and chains to try
            them on, each a process of its own. The first start founds it: identities, a genesis document, three members with
            device keys, a policy, a key for the API. Later starts go on where it was. It runs until Ctrl-C.

            The chains are those of `quorate devnet`, which take Node.js and npm, or others by --rpc.

            Examples:
              quorate up
              quorate up --data ~/quorate --chain ethereum
              quorate up --rpc ethereum=https://sepolia.example.org --postgres 'Host=localhost;Database=quorate;Username=me'
            """)
        {
            UpOptions.Data, UpOptions.PostgresOption, UpOptions.RedisOption, UpOptions.ChainOption, UpOptions.RpcOption, UpOptions.NoDevnetOption,
            UpOptions.FreePortsOption, StopSignals.UntilEndOfInput,
        };
        command.SetAction((parsed, cancellation) => DataDirectory.RunAsync(async () =>
        {
            var options = UpOptions.Of(parsed);
            using var screen = new LocalScreen();
            await StopSignals.RunAsync(stop => new UpRun(options, screen).RunAsync(stop), parsed.GetValue(StopSignals.UntilEndOfInput), cancellation);
        }));
        return command;
    }
}
