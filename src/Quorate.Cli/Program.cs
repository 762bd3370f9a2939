using System.CommandLine;
using Quorate.Cli;
using Quorate.Cli.Acts;
using Quorate.Cli.Api;
using Quorate.Cli.Ceremonies;
using Quorate.Cli.Demo;
using Quorate.Cli.Devnet;
using Quorate.Cli.Local;
using Quorate.Cli.Node;
using Quorate.Cli.Server;
using Quorate.Cli.Telemetry;

var root = new RootCommand(
    """
    Quorate: a wallet in which no machine holds a whole key, and every node decides for itself what it signs.

    Examples:
      quorate demo                              the whole story on this machine, in about a minute
      quorate up                                a server, three nodes and local chains, until Ctrl-C
      quorate vault create --name Operations    what one does with them, from another terminal
      quorate transfer list --json
      quorate node init --help                  in earnest, on machines of their own
    """)
{
    UpCommand.Create(),
    DemoCommand.Create(),
    KeygenCommand.Create(),
    SignCommand.Create(),
    VerifyCommand.Create(),
    AuditCommand.Create(),
    PolicyCommand.Create(),
    NodeCommand.Create(),
    BackupCommand.Create(),
    DeviceCommand.Create(),
    CeremonyCommand.Create(),
    ActCommand.Create(),
    RelayCommand.Create(),
    ServerCommand.Create(),
    VaultCommand.Create(),
    WalletCommand.Create(),
    WalletCommand.CreateAddress(),
    TransferCommand.Create(),
    Requesting.CreateTransaction(),
    Requesting.CreateMessage(),
    ApprovalCommand.Create(),
    KeyCommand.Create(),
    BookCommands.Contacts(),
    BookCommands.Features(),
    WebhookCommand.Create(),
    RecordCommands.Events(),
    ProfileCommand.Create(),
    DevnetCommand.Create(),
    BenchCommand.Create(),
    HealthCommand.Create(),
    CompletionCommand.Create(),
    VersionCommand.Create(),
};

try
{
    var parsed = root.Parse(args);
    var code = await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
    return parsed.Errors.Count > 0 ? CliException.Usage : code;
}
catch (CliException problem)
{
    Console.Error.WriteLine($"quorate: {problem.Message}");
    return problem.ExitCode;
}
catch (Exception problem) when ((problem as PlatformNotSupportedException ?? problem.InnerException) is PlatformNotSupportedException lacking)
{
    Console.Error.WriteLine($"quorate: {lacking.Message}");
    return CliException.Usage;
}
