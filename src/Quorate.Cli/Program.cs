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
    Quorate: threshold keys and signatures, a quorum of shares signs, the key itself never exists.

    This build generates keys and signs with share files on one machine, so that the library can be
    felt from a shell. All parties run in this one process: for real custody every share belongs on
    a machine of its own.

    Examples:
      quorate keygen --scheme frost-ed25519 --threshold 2 --parties 3 --out demo-key
      quorate sign --share demo-key/share-1.json --share demo-key/share-3.json --message "hello"
      quorate verify --key demo-key/key.json --message "hello" --signature <hex>

      quorate keygen --protocol dkls23 --threshold 2 --parties 3 --out ecdsa-key
      quorate sign --share ecdsa-key/share-1.json ecdsa-key/share-2.json --message "hello" --hash keccak256
      quorate policy test treasury.json
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
