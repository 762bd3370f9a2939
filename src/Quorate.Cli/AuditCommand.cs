using System.CommandLine;
using Quorate.Cli.Api;

namespace Quorate.Cli;

/// <summary><c>quorate audit</c>: what an auditor does, with files alone on a machine that has nothing else of ours, and over the API.</summary>
static class AuditCommand
{
    internal static Command Create() => new Command("audit", "Check what was recorded, without the system that recorded it; and look at it there.")
    {
        AuditExportCommand.Create(), AuditVerifyCommand.Create(), AuditReceiptCommand.Create(),
    }.With(RecordCommands.Audit());
}
